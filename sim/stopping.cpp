#include "sim/stopping.h"

#include <algorithm>
#include <cmath>

namespace fleetsim {
namespace {

// The present half width as a multiple of the target.
double excess(const StoppingRule& rule, const Estimate& now) {
  const double target = rule.half_width * (rule.relative ? std::abs(now.mean) : 1);
  return now.half_width() <= target ? 1 : now.half_width() / target;
}

}  // namespace

bool StoppingRule::met(const Estimate& now, std::size_t n) const {
  return n >= std::max<std::size_t>(1, min) && excess(*this, now) <= 1;
}

std::size_t StoppingRule::more(const Estimate& now, std::size_t n) const {
  const std::size_t least = std::min(std::max<std::size_t>(1, min), max);
  if (n < least) return least - n;
  if (n >= max || met(now, n)) return 0;
  const double size = static_cast<double>(n), wide = excess(*this, now);
  const double wanted = std::clamp(size * wide * wide, 1.3 * size, 2 * size);
  return std::min(static_cast<std::size_t>(std::ceil(wanted)), max) - n;
}

}  // namespace fleetsim
