#pragma once
#include <cmath>
#include <cstdint>

#include "sim/units.h"

namespace fleetsim::serving {

// Time in whole parts of 2^-40 ns. Iterations of a replica are added up in these, so that many at
// once come to what they come to one by one; a double would round on the way.
__extension__ typedef __int128 Fine;
inline constexpr int fine_bits = 40;

inline Fine fine_of(double seconds) {
  return static_cast<Fine>(std::nearbyint(std::ldexp(seconds * 1e9, fine_bits)));
}
constexpr Fine fine_of(Instant t) {
  return Fine{t.ns} << fine_bits;
}
// The first instant of the clock that is not before it. REQUIRES: at >= 0.
constexpr Instant instant_of(Fine at) {
  return {static_cast<std::int64_t>((at + ((Fine{1} << fine_bits) - 1)) >> fine_bits)};
}
inline double nanoseconds_of(Fine length) {
  return static_cast<double>(length) * 0x1p-40;  // exact but for the rounding of the first
}
inline double seconds_of(Fine length) {
  return nanoseconds_of(length) / 1e9;
}

}  // namespace fleetsim::serving
