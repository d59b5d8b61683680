#include "sim/pooled_quantile.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fleetsim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Half the width of the interval for the share of observations <= x: by the spread over sections,
// but never less than independent observations would have. So few sections that happen to agree,
// because none has seen the tail, don't pass for certainty.
double share_half_width(std::span<const QuantileSketch> sections, double x, double share, double p,
                        double total, double level) {
  double squares = 0, used = 0;
  for (const QuantileSketch& section : sections) {
    if (section.count() == 0) continue;
    const double off = static_cast<double>(section.count()) * (section.cdf(x) - share);
    squares += off * off;
    ++used;
  }
  if (used < 2) return infinity;
  const double spread = std::sqrt(squares * used / (used - 1)) / total;
  return student_t(used - 1, level) * std::max(spread, std::sqrt(p * (1 - p) / total));
}

}  // namespace

Estimate pooled_quantile(std::span<const QuantileSketch> sections, double p, double level) {
  check(p > 0 && p < 1, "a quantile lies strictly inside (0, 1)");
  QuantileSketch all;
  for (const QuantileSketch& section : sections) all.merge(section);
  if (all.count() == 0) {
    const double nothing = std::numeric_limits<double>::quiet_NaN();
    return {nothing, nothing, nothing, level};
  }
  const double q = all.quantile(p);
  const double half =
      share_half_width(sections, q, all.cdf(q), p, static_cast<double>(all.count()), level);
  return {q, p - half > 0 ? all.quantile(p - half) : (std::isinf(half) ? -infinity : 0),
          p + half < 1 ? all.quantile(p + half) : infinity, level};
}

}  // namespace fleetsim
