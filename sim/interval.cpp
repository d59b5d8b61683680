#include "sim/interval.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

#include "sim/tally.h"

namespace fleetsim {
namespace {

// The least k in [0, n] with P(B <= k) >= share, for B binomial(n, p).
std::size_t binomial_quantile(std::size_t n, double p, double share) {
  const boost::math::binomial_distribution<double> law(static_cast<double>(n), p);
  std::size_t low = 0, high = n;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (boost::math::cdf(law, static_cast<double>(middle)) >= share)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

}  // namespace

double student_t(double degrees, double level) {
  check(degrees > 0 && level > 0 && level < 1, "student_t has degrees of freedom and a level");
  const boost::math::students_t_distribution<double> law(degrees);
  return boost::math::quantile(boost::math::complement(law, (1 - level) / 2));
}

Estimate t_interval(std::span<const double> values, double level) {
  check(!values.empty(), "an interval is drawn from values");
  Tally tally;
  for (const double x : values) tally.add(x);
  const double n = static_cast<double>(values.size());
  const double half = values.size() == 1
                          ? std::numeric_limits<double>::infinity()
                          : student_t(n - 1, level) * std::sqrt(tally.variance() / n);
  return {tally.mean(), tally.mean() - half, tally.mean() + half, level};
}

Result<Estimate> quantile_interval(std::vector<double> values, double p, double level) {
  check(p > 0 && p < 1 && level > 0 && level < 1, "probabilities lie strictly inside (0, 1)");
  const double miss = (1 - level) / 2;  // on each side
  const std::size_t n = values.size();
  const double needed = std::ceil(std::log(miss) / std::log(std::max(p, 1 - p)) * (1 - 1e-12));
  if (static_cast<double>(n) < needed)
    return Error{"an interval for this quantile needs at least " +
                 std::to_string(static_cast<std::uint64_t>(needed)) + " values (got " +
                 std::to_string(n) + ")"};
  std::sort(values.begin(), values.end());
  // 1-based ranks: P(B < lower) <= miss and P(B >= upper) <= miss.
  const std::size_t lower = std::max<std::size_t>(1, binomial_quantile(n, p, miss));
  const std::size_t upper = std::min(n, binomial_quantile(n, p, 1 - miss) + 1);
  const double rank = std::ceil(p * static_cast<double>(n) * (1 - 1e-15));
  const std::size_t middle = std::clamp<std::size_t>(static_cast<std::size_t>(rank), 1, n);
  return Estimate{values[middle - 1], values[lower - 1], values[upper - 1], level};
}

}  // namespace fleetsim
