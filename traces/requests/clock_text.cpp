#include "traces/requests/clock_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "sim/units.h"
#include "traces/calendar.h"

namespace fleetsim::requests {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::optional<std::int64_t> parse_count(std::string_view text, std::int64_t unit_ns) {
  const char *from = text.data(), *to = from + text.size();
  double value = 0;
  const auto number = std::from_chars(from, to, value);
  const double limit = static_cast<double>(longest_duration.ns);
  if (number.ec != std::errc{} || number.ptr != to) return std::nullopt;
  if (!(std::abs(value) * static_cast<double>(unit_ns) < limit)) return std::nullopt;
  // A double holds 16 digits, which is too few for nanoseconds since 1970: the whole part apart.
  const auto point = std::min(text.find('.'), text.size());
  std::int64_t whole = 0;
  double part = 0;
  const bool plain = text.find_first_of("eE") == text.npos && point > 0 && is_digit(text[0]);
  if (!plain || std::from_chars(from, from + point, whole).ptr != from + point)
    return std::llround(value * static_cast<double>(unit_ns));
  if (point + 1 < text.size()) std::from_chars(from + point, to, part);
  return whole * unit_ns + std::llround(part * static_cast<double>(unit_ns));
}

std::optional<std::int64_t> ClockText::parse(std::string_view text) {
  const auto point = std::min(text.find('.'), text.size());
  auto end = std::min(point + 1, text.size());
  std::int64_t fraction = 0, place = second_ns;
  for (; end < text.size() && is_digit(text[end]); ++end) {
    place /= 10;
    fraction += place * (text[end] - '0');
  }
  if (point < text.size() && (end == point + 1 || point < 19)) return std::nullopt;
  const std::string_view head = text.substr(0, point), tail = text.substr(end);
  if (head != head_ || tail != tail_ || head_.empty()) {
    const auto read = parse_calendar(std::string(head) + std::string(tail));
    if (!read) return std::nullopt;
    head_ = head;
    tail_ = tail;
    seconds_ = read->seconds;
  }
  return seconds_ * second_ns + fraction;
}

}  // namespace fleetsim::requests
