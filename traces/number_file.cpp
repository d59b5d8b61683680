#include "traces/number_file.h"

#include <charconv>
#include <optional>
#include <string_view>

#include "sim/nearest.h"
#include "sim/printable.h"
#include "sim/unit_text.h"
#include "traces/csv_lines.h"
#include "traces/read_file.h"

namespace fleetsim {
namespace {

constexpr std::size_t largest = std::size_t{256} << 20;  // bytes

bool begins_as_number(std::string_view text) {
  double ignored = 0;
  return std::from_chars(text.data(), text.data() + text.size(), ignored).ec !=
         std::errc::invalid_argument;
}

class Reader {
 public:
  Reader(const std::string& path, std::span<const ColumnRequest> requests)
      : path_(path),
        requests_(requests),
        answers_(requests.size()) {}

  Result<std::vector<std::vector<double>>> read() {
    const auto bytes = read_file(path_, largest);
    if (!bytes) return bytes.error();
    for (CsvLines lines(*bytes); lines.next();) {
      line_ = lines.number();
      if (auto bad = line(lines.cells()); !bad) return bad.error();
    }
    if (rows_ == 0) return Error{printable(path_, 500) + ": holds no numbers"};
    return std::move(answers_);
  }

 private:
  Error error(std::size_t column, const std::string& what) const {
    return {printable(path_, 500) + ':' + std::to_string(line_) + ':' + std::to_string(column) +
            ": " + what};
  }

  Status line(const std::vector<CsvCell>& cells) {
    if (headings_.empty()) {
      const bool header = !begins_as_number(cells[0].text);
      for (const CsvCell& cell : cells)
        headings_.push_back(header ? heading_of(cell.text) : Heading{});
      if (auto bad = choose(cells, header); !bad || header) return bad;
    }
    if (cells.size() != headings_.size())
      return error(1, "found " + std::to_string(cells.size()) + " cells; expected " +
                          std::to_string(headings_.size()) + " as in the first line");
    ++rows_;
    for (std::size_t i = 0; i < requests_.size(); ++i)
      if (chosen_[i])
        if (auto bad = cell(cells[*chosen_[i]], headings_[*chosen_[i]].unit, i); !bad) return bad;
    return Done{};
  }

  // Finds the column of each request.
  Status choose(const std::vector<CsvCell>& cells, bool header) {
    std::vector<std::string> names;
    for (const Heading& heading : headings_) names.push_back(heading.name);
    for (const ColumnRequest& request : requests_) {
      std::optional<std::size_t> found;
      for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == request.name) found = i;
      if (!found && request.required && names.size() == 1) found = 0;
      if (!found && request.required)
        return error(1, header ? "no column is called \"" + request.name + '"' +
                                     did_you_mean(request.name, names)
                               : "several columns; expected a header that names them");
      chosen_.push_back(found);
      if (found && !parse_unit(headings_[*found].unit))
        return error(cells[*found].column, parse_unit(headings_[*found].unit).error().message);
    }
    return Done{};
  }

  Status cell(const CsvCell& cell, const std::string& unit, std::size_t request) {
    std::string text(cell.text);
    double plain = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), plain).ptr;
    if (!unit.empty() && end == text.data() + text.size()) text += ' ' + unit;
    const auto value = parse_in(text, requests_[request].unit);
    if (!value)
      return error(cell.column,
                   value.error().message +
                       (unit.empty() ? "; a header such as \"" + requests_[request].name +
                                           " (ms)\" gives all cells a unit"
                                     : ""));
    if (*value < 0) return error(cell.column, "found " + in_quotes(text) + "; expected at least 0");
    answers_[request].push_back(*value);
    return Done{};
  }

  const std::string& path_;
  std::span<const ColumnRequest> requests_;
  std::vector<Heading> headings_;
  std::vector<std::optional<std::size_t>> chosen_;  // the column of each request
  std::vector<std::vector<double>> answers_;
  std::size_t line_ = 0, rows_ = 0;
};

}  // namespace

Heading heading_of(std::string_view text) {
  const auto open = text.find_first_of("([");
  if (open == text.npos) return {std::string(text), ""};
  const auto close = text.find_last_of(")]");
  const auto name = text.substr(0, text.find_last_not_of(" \t", open == 0 ? 0 : open - 1) + 1);
  if (close == text.npos || close < open) return {std::string(name), ""};
  return {std::string(name), std::string(text.substr(open + 1, close - open - 1))};
}

Result<std::vector<std::vector<double>>> read_columns(const std::string& path,
                                                      std::span<const ColumnRequest> requests) {
  return Reader(path, requests).read();
}

}  // namespace fleetsim
