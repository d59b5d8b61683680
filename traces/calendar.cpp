#include "traces/calendar.h"

#include <fmt/format.h>

#include <chrono>

namespace fleetsim {
namespace {

// Reads a text from left to right.
class Scan {
 public:
  explicit Scan(std::string_view text) : rest_(text) {}

  bool word(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // So many digits, of a number up to `most`.
  bool digits(std::size_t count, unsigned most, unsigned& out) {
    if (rest_.size() < count) return false;
    out = 0;
    for (const char c : rest_.substr(0, count)) {
      if (c < '0' || c > '9') return false;
      out = 10 * out + static_cast<unsigned>(c - '0');
    }
    rest_.remove_prefix(count);
    return out <= most;
  }
  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

// Seconds since 1970 of a date.
std::optional<std::int64_t> read_date(Scan& scan) {
  using namespace std::chrono;
  unsigned y = 0, m = 0, d = 0;
  if (!scan.digits(4, 2100, y) || y < 1970 || !scan.word('-') || !scan.digits(2, 12, m) ||
      !scan.word('-') || !scan.digits(2, 31, d))
    return std::nullopt;
  const year_month_day date{year{static_cast<int>(y)}, month{m}, day{d}};
  if (!date.ok()) return std::nullopt;
  return std::int64_t{86400} * sys_days{date}.time_since_epoch().count();
}

// HH, HH:MM, HH:MM:SS, HH:MM:SS.0
bool read_clock(Scan& scan, std::int64_t& seconds) {
  unsigned h = 0, m = 0, s = 0, part = 0;
  if (!scan.digits(2, 23, h)) return false;
  if (scan.word(':')) {
    if (!scan.digits(2, 59, m)) return false;
    if (scan.word(':')) {
      if (!scan.digits(2, 59, s)) return false;
      if (scan.word('.')) {
        if (!scan.digits(1, 0, part)) return false;
        while (scan.digits(1, 0, part)) continue;
      }
    }
  }
  seconds += std::int64_t{3600} * h + std::int64_t{60} * m + s;
  return true;
}

// Z, +HH, +HH:MM, +HHMM; or nothing.
bool read_offset(Scan& scan, CalendarTime& out) {
  out.has_offset = true;
  if (scan.word('Z')) return true;
  const bool east = scan.word('+');
  if (!east && !scan.word('-')) {
    out.has_offset = false;
    return true;
  }
  unsigned h = 0, m = 0;
  if (!scan.digits(2, 14, h)) return false;
  const bool colon = scan.word(':');
  if ((colon || !scan.done()) && !scan.digits(2, 59, m)) return false;
  const std::int64_t offset = std::int64_t{3600} * h + std::int64_t{60} * m;
  out.seconds -= east ? offset : -offset;
  return true;
}

}  // namespace

std::optional<CalendarTime> parse_calendar(std::string_view text) {
  Scan scan(text);
  const auto date = read_date(scan);
  if (!date) return std::nullopt;
  CalendarTime out{.seconds = *date};
  if (scan.word('T') || scan.word(' ')) {
    if (!read_clock(scan, out.seconds)) return std::nullopt;
    scan.word(' ');
    if (!read_offset(scan, out)) return std::nullopt;
  }
  if (!scan.done()) return std::nullopt;
  return out;
}

std::string format_calendar(std::int64_t seconds) {
  using namespace std::chrono;
  const sys_days day{days{(seconds >= 0 ? seconds : seconds - 86399) / 86400}};
  const year_month_day date{day};
  const std::int64_t minutes =
      (seconds - std::int64_t{86400} * day.time_since_epoch().count()) / 60;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     minutes / 60, minutes % 60);
}

}  // namespace fleetsim
