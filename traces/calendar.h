#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fleetsim {

// A point in the time that people keep, of the years 1970 to 2100.
struct CalendarTime {
  std::int64_t seconds = 0;  // since 1970-01-01T00:00Z; without an offset, as if it were in UTC
  bool has_offset = false;   // it is known where on earth: "Z", "+02:00", "-05"
};

// 2023-01-01, 2023-01-01T00, 2023-01-01 00:00:00, each perhaps with an offset. Empty: none of it.
std::optional<CalendarTime> parse_calendar(std::string_view text);

// "2023-01-01T00:00Z"
std::string format_calendar(std::int64_t seconds);

}  // namespace fleetsim
