#pragma once
#include <algorithm>
#include <cmath>
#include <compare>
#include <cstdint>

namespace fleetsim {

// A length of simulated time. Whole nanoseconds in 64 bits reach 292 years, so a year of fleet time
// never rounds, and equal inputs give equal instants everywhere.
struct Duration {
  std::int64_t ns = 0;

  friend constexpr auto operator<=>(Duration, Duration) = default;
  friend constexpr Duration operator+(Duration a, Duration b) { return {a.ns + b.ns}; }
  friend constexpr Duration operator-(Duration a, Duration b) { return {a.ns - b.ns}; }
  friend constexpr Duration operator*(std::int64_t k, Duration d) { return {k * d.ns}; }
};

// A point on the simulated clock. Two instants subtract; they never add.
struct Instant {
  std::int64_t ns = 0;

  friend constexpr auto operator<=>(Instant, Instant) = default;
  friend constexpr Instant operator+(Instant t, Duration d) { return {t.ns + d.ns}; }
  friend constexpr Duration operator-(Instant a, Instant b) { return {a.ns - b.ns}; }
};

// 146 years: longer than any horizon, and two of them still add without overflow.
inline constexpr Duration longest_duration{std::int64_t{1} << 62};

constexpr double seconds(Duration d) {
  return static_cast<double>(d.ns) / 1e9;  // the nearest double; times 1e-9 would not be
}

// To the nearest nanosecond, but never to none: work that takes no time could loop for ever. A draw
// from a heavy tail may exceed the clock; it becomes the longest duration. REQUIRES: s >= 0.
inline Duration from_seconds(double s) {
  const double ns = s * 1e9;
  if (ns >= static_cast<double>(longest_duration.ns)) return longest_duration;
  return {std::max<std::int64_t>(s > 0 ? 1 : 0, std::llround(ns))};
}

inline namespace literals {
constexpr Duration operator""_ns(unsigned long long n) {
  return {static_cast<std::int64_t>(n)};
}
constexpr Duration operator""_us(unsigned long long n) {
  return {static_cast<std::int64_t>(n) * 1'000};
}
constexpr Duration operator""_ms(unsigned long long n) {
  return {static_cast<std::int64_t>(n) * 1'000'000};
}
constexpr Duration operator""_s(unsigned long long n) {
  return {static_cast<std::int64_t>(n) * 1'000'000'000};
}
}  // namespace literals

}  // namespace fleetsim
