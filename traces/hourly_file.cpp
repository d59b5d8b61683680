#include "traces/hourly_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "sim/nearest.h"
#include "sim/printable.h"
#include "traces/calendar.h"
#include "traces/csv_lines.h"
#include "traces/hourly_layout.h"
#include "traces/read_file.h"

namespace fleetsim {
namespace {

constexpr std::size_t largest = std::size_t{256} << 20;     // bytes
constexpr std::int64_t most_steps = std::int64_t{1} << 22;  // 478 years of hours
constexpr double blank = std::numeric_limits<double>::quiet_NaN();
constexpr double many_estimates = 0.1;  // share that is worth a warning
constexpr double dirtiest = 2000;       // g/kWh, beyond any fuel

class Reader {
 public:
  Reader(const std::string& path, const HourlyRequest& request) : path_(path), request_(request) {}

  Result<HourlySeries> read() {
    const auto bytes = read_file(path_, largest);
    if (!bytes) return bytes.error();
    for (CsvLines lines(*bytes); lines.next();) {
      line_ = lines.number();
      if (auto bad = line(lines.cells()); !bad) return bad.error();
    }
    if (out_.values.empty()) return nothing_found();
    if (out_.values.size() == 1) return Error{where() + ": holds one time; expected two or more"};
    if (auto bad = fill_gaps(); !bad) return bad.error();
    finish();
    return std::move(out_);
  }

 private:
  std::string where() const { return printable(path_, 500); }
  Error error(std::size_t column, const std::string& what) const {
    return {fmt::format("{}:{}:{}: {}", where(), line_, column, what)};
  }

  Error nothing_found() const {
    if (seen_.empty()) return Error{where() + ": holds no rows of times and values"};
    return Error{fmt::format("{}: no zone is called {}; found {}{}", where(),
                             in_quotes(request_.zone), some_of(seen_),
                             did_you_mean(request_.zone, seen_))};
  }

  Status line(const std::vector<CsvCell>& cells) {
    if (headings_.empty()) {
      for (const CsvCell& cell : cells) {
        headings_.emplace_back(cell.text);
        heading_columns_.push_back(cell.column);
      }
      heading_line_ = line_;
      if (parse_calendar(cells[0].text))
        return error(1, "found a time in the first line; expected headings");
      if (cells.size() == 1 && cells[0].text.find(';') != cells[0].text.npos)
        return error(1, "found " + in_quotes(cells[0].text) + "; expected commas between cells");
      return Done{};
    }
    if (cells.size() != headings_.size())
      return error(1, fmt::format("found {} cells; expected {} as in the first line", cells.size(),
                                  headings_.size()));
    if (!laid_out_) {
      if (const auto bad = read_layout(headings_, cells, request_, layout_)) {
        line_ = heading_line_;
        return error(heading_columns_[bad->column], bad->what);
      }
      laid_out_ = true;
    }
    const Result<bool> wanted = of_zone(cells);
    if (!wanted) return wanted.error();
    if (!*wanted) return Done{};
    if (auto bad = time(cells[layout_.time]); !bad) return bad;
    return value(cells);
  }

  // Whether a row of a long file is of the zone that is asked for.
  Result<bool> of_zone(const std::vector<CsvCell>& cells) {
    if (layout_.zones.empty()) return true;
    bool wanted = false;
    for (const std::size_t column : layout_.zones) {
      const std::string name(cells[column].text);
      if (std::find(seen_.begin(), seen_.end(), name) == seen_.end()) seen_.push_back(name);
      wanted |= name == request_.zone;
    }
    if (!request_.zone.empty()) return wanted;
    const std::string_view name = cells[layout_.zones.back()].text;
    if (out_.values.empty()) layout_.zone = name;
    if (name != layout_.zone)
      return error(cells[layout_.zones.back()].column,
                   fmt::format("found zone {} beside {}; expected the name of the one that counts",
                               in_quotes(name), in_quotes(layout_.zone)));
    return true;
  }

  // A clock that is put forward leaves out an hour, one that is put back repeats one.
  std::string of_clocks() const {
    return absolute_ ? ""
                     : "; local clocks do so twice a year: expected UTC, or an offset such as "
                       "+02:00 behind each time";
  }

  // Puts blanks where hours are left out.
  Status time(const CsvCell& cell) {
    const auto read = parse_calendar(cell.text);
    if (!read)
      return error(cell.column,
                   "found " + in_quotes(cell.text) + "; expected a time such as 2023-01-01T00:00Z");
    const bool absolute = read->has_offset || layout_.utc;
    if (!out_.values.empty() && absolute != absolute_)
      return error(cell.column, "times with and without an offset; expected one or the other");
    absolute_ = absolute;
    const std::int64_t gone = read->seconds - last_;
    last_ = read->seconds;
    if (out_.values.empty()) {
      out_.start = read->seconds;
      return Done{};
    }
    if (gone == 0)
      return error(cell.column, fmt::format("{} comes twice{}", printable(cell.text), of_clocks()));
    if (gone < 0)
      return error(cell.column,
                   fmt::format("{} goes back in time by {} min; expected rising times{}",
                               printable(cell.text), -gone / 60, of_clocks()));
    if (step_ == 0) step_ = gone;
    if (gone % step_ != 0)
      return error(
          cell.column,
          fmt::format("a step of {} s; expected {} s as between the first two", gone, step_));
    if (gone != step_ && !absolute_)
      return error(cell.column, fmt::format("{} min are left out before {}{}", (gone - step_) / 60,
                                            printable(cell.text), of_clocks()));
    const std::int64_t missing = gone / step_ - 1;
    if (missing + static_cast<std::int64_t>(out_.values.size()) >= most_steps)
      return error(cell.column, fmt::format("more than {} steps", most_steps));
    out_.values.insert(out_.values.end(), static_cast<std::size_t>(missing), blank);
    return Done{};
  }

  Status value(const std::vector<CsvCell>& cells) {
    const auto [text, column] = cells[layout_.value];
    ++rows_;
    if (layout_.estimated) {
      const std::string_view said = cells[*layout_.estimated].text;
      if (said == "true" || said == "True" || said == "TRUE" || said == "1") ++estimated_;
    }
    double number = blank;
    if (!text.empty()) {
      const char* end = text.data() + text.size();
      const auto read = std::from_chars(text.data(), end, number);
      if (read.ec != std::errc{} || read.ptr != end || !(std::abs(number) < 1e12))
        return error(column, "found " + in_quotes(text) + "; expected a number or nothing");
      if (number < 0 && request_.what == Hourly::carbon)
        return error(column, "found " + in_quotes(text) + "; expected an intensity of at least 0");
    }
    out_.values.push_back(number * layout_.factor);
    return Done{};
  }

  // A blank keeps the value before it; at the beginning that is the last, for a series goes round.
  Status fill_gaps() {
    const auto is_known = [](double v) { return !std::isnan(v); };
    const auto last = std::find_if(out_.values.rbegin(), out_.values.rend(), is_known);
    if (last == out_.values.rend()) return Error{where() + ": all values are blank"};
    double before = *last;
    std::size_t run = 0;
    for (double& value : out_.values) {
      run = is_known(value) ? 0 : run + 1;
      if (run > 0) ++out_.gaps;
      out_.longest_gap = std::max(out_.longest_gap, run);
      if (run > 0) value = before;
      before = value;
    }
    return Done{};
  }

  void finish() {
    out_.step = step_ * 1_s;
    out_.kind = layout_.kind;
    out_.zone = request_.zone.empty() ? layout_.zone : request_.zone;
    out_.estimated = static_cast<double>(estimated_) / static_cast<double>(rows_);
    const std::string who = where() + (out_.zone.empty() ? "" : ", " + printable(out_.zone));
    if (out_.gaps > 0)
      out_.warnings.push_back(fmt::format(
          "{}: {} of {} steps have no value and keep the one before (up to {} in a row)", who,
          out_.gaps, out_.values.size(), out_.longest_gap));
    if (out_.estimated > many_estimates)
      out_.warnings.push_back(fmt::format("{}: {:.0f} % of the values are estimates by its author",
                                          who, 100 * out_.estimated));
    const double most = *std::max_element(out_.values.begin(), out_.values.end()) / layout_.factor;
    if (request_.what == Hourly::carbon && most > dirtiest)
      out_.warnings.push_back(
          fmt::format("{}: holds up to {:.6g} g/kWh, and the dirtiest power stations emit 1200; is "
                      "it in another "
                      "unit?",
                      who, most));
    if (!absolute_)
      out_.warnings.push_back(who + ": nothing says the offset of its times; taken as UTC");
  }

  const std::string& path_;
  const HourlyRequest& request_;
  std::vector<std::string> headings_, seen_;  // names of zones
  std::vector<std::size_t> heading_columns_;  // where they stand in their line
  HourlyLayout layout_;
  bool laid_out_ = false, absolute_ = false;
  std::int64_t last_ = 0, step_ = 0;  // s
  std::size_t line_ = 0, heading_line_ = 0, rows_ = 0, estimated_ = 0;
  HourlySeries out_;
};

}  // namespace

StepSeries HourlySeries::from(std::int64_t time_0) const {
  const std::int64_t period = static_cast<std::int64_t>(values.size()) * (step.ns / 1'000'000'000);
  const std::int64_t into = ((time_0 - start) % period + period) % period;
  return StepSeries(values, step, into * 1_s);
}

Result<HourlySeries> read_hourly(const std::string& path, const HourlyRequest& request) {
  return Reader(path, request).read();
}

}  // namespace fleetsim
