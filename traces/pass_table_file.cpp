#include "traces/pass_table_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>

#include "sim/nearest.h"
#include "sim/printable.h"
#include "sim/unit_text.h"
#include "traces/csv_lines.h"
#include "traces/hourly_layout.h"
#include "traces/number_file.h"
#include "traces/read_file.h"

namespace fleetsim {
namespace {

constexpr std::size_t largest = std::size_t{64} << 20;  // bytes

enum Kind : std::size_t { prompt, batch, prefill, decode, kinds };

struct Names {
  const char* what;
  std::vector<std::string> names;  // the first is told
};

const std::array<Names, kinds>& known_names() {
  static const std::array<Names, kinds> names = {
      {{"tokens of a prompt",
        {"prompt_size", "prompt_tokens", "input_tokens", "input_toks", "input_len", "input_length",
         "prompt"}},
       {"sequences", {"batch_size", "batch", "num_seqs", "sequences"}},
       {"the time of prompts", {"prompt_time", "prefill_time", "ttft", "prefill"}},
       {"the time of a token", {"token_time", "decode_time", "tpot", "itl", "decode"}}}};
  return names;
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (bad != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

bool counts_devices(const std::string& name) {
  const auto begins = [&](std::string_view with) { return name.starts_with(with); };
  return begins("tensor") || begins("pipeline") || name == "tp" || name == "pp";
}

struct Condition {
  std::size_t column = 0;
  std::string text;
};

class Reading {
 public:
  Reading(const std::string& path, const std::string& where) : path_(path), where_(where) {}

  Result<ReadPassTable> read() {
    const auto bytes = read_file(path_, largest);
    if (!bytes) return bytes.error();
    for (CsvLines lines(*bytes); lines.next();) {
      line_ = lines.number();
      if (auto bad = names_.empty() ? header(lines.cells()) : row(lines.cells()); !bad)
        return bad.error();
    }
    if (points_.empty())
      return Error{fmt::format("{}: no row{} counts{}", printable(path_, 500),
                               where_.empty() ? "" : " where " + in_quotes(where_), seen())};
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (must_agree(i) && kept_[i].size() > 1)
        return Error{
            fmt::format("{}: found rows of {} in column {}; expected one of them, chosen "
                        "by the field \"where\"",
                        printable(path_, 500), list(kept_[i]), in_quotes(names_[i]))};
    return table();
  }

 private:
  Error error(std::size_t column, const std::string& what) const {
    return {fmt::format("{}:{}:{}: {}", printable(path_, 500), line_, column, what)};
  }

  static std::string list(const std::set<std::string>& texts) {
    std::vector<std::string> names;
    for (const std::string& text : texts) names.push_back(in_quotes(text));
    return some_of(names);
  }

  // What there is in the columns that were asked for.
  std::string seen() const {
    std::string out;
    for (const Condition& condition : conditions_)
      out += fmt::format("; column {} has {}", in_quotes(names_[condition.column]),
                         list(all_[condition.column]));
    return out;
  }

  bool must_agree(std::size_t column) const {
    return std::find(columns_.begin(), columns_.end(), column) == columns_.end() &&
           (words_[column] || counts_devices(names_[column]));
  }

  Status header(const std::vector<CsvCell>& cells) {
    for (const CsvCell& cell : cells) {
      const Heading heading = heading_of(cell.text);
      names_.push_back(heading.name);
      units_.push_back(heading.unit);
    }
    all_.resize(names_.size());
    kept_.resize(names_.size());
    words_.resize(names_.size());
    for (std::size_t kind = 0; kind < kinds; ++kind) {
      const Names& known = known_names()[kind];
      const auto found =
          std::find_first_of(names_.begin(), names_.end(), known.names.begin(), known.names.end());
      if (found == names_.end())
        return error(1, fmt::format("no column with {}; expected one called {}", known.what,
                                    some_of(known.names)));
      columns_[kind] = static_cast<std::size_t>(found - names_.begin());
    }
    for (const std::size_t column : {columns_[prefill], columns_[decode]})
      if (!units_[column].empty())
        if (auto bad = parse_in("1 " + units_[column], "s"); !bad)
          return error(cells[column].column, bad.error().message);
    return conditions();
  }

  Status conditions() {
    std::string_view rest = where_;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(','), rest.size());
      const std::string_view one = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const auto equals = one.find('=');
      const std::string name(one.substr(0, equals));
      const auto found = std::find(names_.begin(), names_.end(), name);
      if (equals == one.npos || found == names_.end())
        return error(1, fmt::format("found the condition {}; expected \"column=text\" with a "
                                    "column of the table{}",
                                    in_quotes(std::string(one)), did_you_mean(name, names_)));
      conditions_.push_back(
          {static_cast<std::size_t>(found - names_.begin()), std::string(one.substr(equals + 1))});
    }
    return Done{};
  }

  Status row(const std::vector<CsvCell>& cells) {
    if (cells.size() != names_.size())
      return error(1, fmt::format("found {} cells; expected {} as in the first line", cells.size(),
                                  names_.size()));
    for (const Condition& condition : conditions_)
      all_[condition.column].emplace(cells[condition.column].text);
    for (const Condition& condition : conditions_)
      if (cells[condition.column].text != condition.text) return Done{};
    for (std::size_t i = 0; i < cells.size(); ++i) {
      words_[i] = words_[i] || !number(cells[i].text);
      if (words_[i] || counts_devices(names_[i])) kept_[i].emplace(cells[i].text);
    }
    std::array<double, kinds> values{};
    for (std::size_t kind = 0; kind < kinds; ++kind) {
      const CsvCell& cell = cells[columns_[kind]];
      const auto value = number(cell.text);
      const bool count = kind == prompt || kind == batch;
      if (!value || *value < (count ? 1 : 0) || *value > 1e9 ||
          (count && *value != std::floor(*value)))
        return error(cell.column,
                     fmt::format("found {}; expected {}", in_quotes(std::string(cell.text)),
                                 count ? "a whole number, 1 at least" : "a time"));
      values[kind] = *value;
    }
    points_.push_back({values[prompt], values[batch], values[prefill], values[decode]});
    return Done{};
  }

  double unit_of(Kind kind, double guess) const {
    const std::string& unit = units_[columns_[kind]];
    return unit.empty() ? guess : *parse_in("1 " + unit, "s");
  }

  Result<ReadPassTable> table() {
    std::vector<double> times;
    for (const auto& point : points_) times.push_back(point.decode);
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    const double guess = *middle >= 0.5 ? 1e-3 : 1;
    const std::size_t rows = points_.size();
    for (auto& point : points_) {
      point.prefill *= unit_of(prefill, guess);
      point.decode *= unit_of(decode, guess);
    }
    auto made = serving::PassTable::make(std::move(points_));
    if (!made) return Error{printable(path_, 500) + ": " + made.error().message};
    return ReadPassTable{*std::move(made), rows, unit_of(decode, guess)};
  }

  const std::string& path_;
  const std::string& where_;
  std::vector<std::string> names_, units_;
  std::array<std::size_t, kinds> columns_{};
  std::vector<Condition> conditions_;
  std::vector<std::set<std::string>> all_, kept_;  // texts by column: of all rows, of those kept
  std::vector<bool> words_;                        // a cell is no number
  std::vector<serving::PassTable::Point> points_;
  std::size_t line_ = 0;
};

}  // namespace

Result<ReadPassTable> read_pass_table(const std::string& path, const std::string& where) {
  return Reading(path, where).read();
}

}  // namespace fleetsim
