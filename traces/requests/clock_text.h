#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fleetsim::requests {

// "12.5" of a unit that has so many nanoseconds, to the nearest of them; a decimal number keeps
// all its digits. Empty: no number, or beyond 146 years.
std::optional<std::int64_t> parse_count(std::string_view text, std::int64_t unit_ns);

// Times such as "2023-11-16 18:15:46.6805900+00:00" in ns since 1970. What is before and behind the
// fraction of a second is remembered, since the next row mostly has the same.
class ClockText {
 public:
  std::optional<std::int64_t> parse(std::string_view text);

 private:
  std::string head_{}, tail_{};
  std::int64_t seconds_ = 0;
};

}  // namespace fleetsim::requests
