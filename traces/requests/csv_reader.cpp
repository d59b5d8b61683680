#include "traces/requests/csv_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "sim/nearest.h"
#include "sim/printable.h"
#include "traces/csv_lines.h"
#include "traces/requests/clock_text.h"

namespace fleetsim::requests {
namespace {

// A cell that is a number but for what comes behind it brings a unit of its own.
Flaw no_number(std::string_view text, std::string_view heading) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  const bool unit = read.ec == std::errc{} && read.ptr != end &&
                    std::string_view(read.ptr, end).find_first_of("0123456789:-") == text.npos;
  return {
      unit ? Trouble::mixed_units : Trouble::no_number,
      fmt::format("found {} in {}; expected a plain number", in_quotes(text), printable(heading))};
}

class CsvReader : public FormatReader {
 public:
  CsvReader(LineBlocks blocks, CsvFormat format, const std::vector<std::string>& headings)
      : blocks_(std::move(blocks)),
        lines_(blocks_.block()),
        format_(std::move(format)),
        cells_(headings.size()) {
    const auto column = [&](const std::string& name) {
      if (name.empty()) return headings.size();
      return static_cast<std::size_t>(std::find(headings.begin(), headings.end(), name) -
                                      headings.begin());
    };
    time_ = column(format_.time);
    prompt_ = column(format_.prompt);
    output_ = column(format_.output);
    session_ = column(format_.session);
    lines_.next();  // the headings
  }

  Result<Outcome> read(RequestRow& row) override {
    while (!lines_.next()) {
      const std::size_t before = lines_.number();
      const Result<bool> more = blocks_.next();
      if (!more) return more.error();
      if (!*more) return Outcome::end;
      lines_ = CsvLines(blocks_.block(), before);
    }
    line_ = lines_.number();
    return take(lines_.cells(), row);
  }

 private:
  Outcome take(const std::vector<CsvCell>& cells, RequestRow& row) {
    if (cells.size() != cells_)
      return bad({Trouble::unreadable, fmt::format("found {} cells; expected {} as in the headings",
                                                   cells.size(), cells_)});
    row.hashes.clear();
    std::optional<Flaw> flaw = time(cells[time_].text, row.arrival);
    if (!flaw) flaw = tokens(cells[prompt_].text, format_.prompt, 1, row.prompt);
    if (!flaw)
      flaw =
          tokens(cells[output_].text, format_.output, format_.zero_is_failure ? 0 : 1, row.output);
    if (flaw) return bad(*std::move(flaw));
    row.session = session_ < cells_ ? sessions_.number(cells[session_].text) : 0;
    return row.output == 0 ? Outcome::failed : Outcome::row;
  }

  // The first time decides whether all are of the calendar.
  std::optional<Flaw> time(std::string_view text, Instant& arrival) {
    std::optional<std::int64_t> count, clock;
    if (!by_calendar_ || !*by_calendar_) count = parse_count(text, format_.time_unit);
    if (!count) clock = clock_.parse(text);
    if (!count && !clock && by_calendar_ && *by_calendar_ && parse_count(text, 1))
      return mixed(text);
    if (!count && !clock) return no_number(text, format_.time);
    if (!by_calendar_) by_calendar_ = clock.has_value();
    if (clock.has_value() != *by_calendar_) return mixed(text);
    arrival.ns = clock ? *clock : *count;
    if (arrival.ns >= 0) return std::nullopt;
    return Flaw{Trouble::negative, fmt::format("found the time {}", in_quotes(text))};
  }

  Flaw mixed(std::string_view text) const {
    return {Trouble::mixed_units,
            fmt::format("found {} in {}; expected {} as in the first row", in_quotes(text),
                        printable(format_.time), *by_calendar_ ? "a date" : "a plain number")};
  }

  static std::optional<Flaw> tokens(std::string_view text, const std::string& heading,
                                    std::uint32_t least, std::uint32_t& out) {
    const char *from = text.data(), *to = from + text.size();
    const auto read = std::from_chars(from, to, out);
    if (read.ec == std::errc{} && read.ptr == to && out >= least) return std::nullopt;
    const auto found = [&](Trouble trouble) {
      return Flaw{trouble, fmt::format("found {} in {}; expected a number of tokens",
                                       in_quotes(text), printable(heading))};
    };
    if (read.ec == std::errc{} && read.ptr == to) return found(Trouble::zero_tokens);
    double number = 0;
    const auto wide = std::from_chars(from, to, number);
    if (wide.ptr != to || wide.ec == std::errc::invalid_argument) return no_number(text, heading);
    if (text.starts_with('-')) return found(Trouble::negative);
    if (wide.ec == std::errc{} && std::isnan(number)) return found(Trouble::no_number);
    if (wide.ec != std::errc{} || number > std::numeric_limits<std::uint32_t>::max())
      return found(Trouble::too_large);
    if (number != std::floor(number)) return found(Trouble::no_number);
    out = static_cast<std::uint32_t>(number);  // "12.0"
    if (out < least) return found(Trouble::zero_tokens);
    return std::nullopt;
  }

  LineBlocks blocks_;
  CsvLines lines_;
  CsvFormat format_;
  std::size_t cells_;
  std::size_t time_ = 0, prompt_ = 0, output_ = 0, session_ = 0;
  std::optional<bool> by_calendar_{};
  ClockText clock_{};
  SessionNumbers sessions_{};
};

Error no_column(const std::string& path, const std::string& wanted,
                const std::vector<std::string>& headings) {
  return {fmt::format("{}: no column is called {}{}; found {}", printable(path, 500),
                      in_quotes(wanted), did_you_mean(wanted, headings),
                      printable(fmt::format("{}", fmt::join(headings, ", ")), 300))};
}

}  // namespace

Result<std::unique_ptr<FormatReader>> read_csv_requests(LineBlocks blocks,
                                                        std::optional<CsvFormat>& format) {
  CsvLines lines(blocks.block());
  std::vector<std::string> headings;
  if (lines.next())
    for (const CsvCell& cell : lines.cells()) headings.emplace_back(cell.text);
  if (!format) format = csv_format_of(headings);
  if (!format)
    return Error{fmt::format(
        "{}: found the headings {}; expected those of {}; or name its columns: --columns "
        "time=HEADING,prompt=HEADING,output=HEADING",
        printable(blocks.path(), 500), in_quotes(fmt::format("{}", fmt::join(headings, ",")), 200),
        known_csv_formats())};
  for (const std::string* name :
       {&format->time, &format->prompt, &format->output, &format->session})
    if (!name->empty() && std::find(headings.begin(), headings.end(), *name) == headings.end())
      return no_column(blocks.path(), *name, headings);
  return std::unique_ptr<FormatReader>(
      std::make_unique<CsvReader>(std::move(blocks), *format, headings));
}

}  // namespace fleetsim::requests
