#include "sim/spread.h"

#include <cmath>
#include <limits>
#include <numeric>

#include "sim/check.h"
#include "sim/pooled_mean.h"

namespace fleetsim {

std::vector<double> spread_terms(std::span<const double> values) {
  check(!values.empty(), "something scatters");
  const auto n = static_cast<double>(values.size());
  if (n == 1) return {std::numeric_limits<double>::quiet_NaN()};
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  std::vector<double> terms;
  for (const double x : values) terms.push_back((x - mean) * (x - mean) * n / (n - 1));
  const double variance = std::accumulate(terms.begin(), terms.end(), 0.0) / n;
  if (variance == 0) return terms;
  const double s = std::sqrt(variance);
  for (double& term : terms) term = s + (term - variance) / (2 * s);
  return terms;
}

std::vector<double> metric_terms(const std::string& metric, std::span<const double> values,
                                 std::span<const double> weights) {
  if (metric.ends_with(".std")) return spread_terms(values);
  return weights.empty() ? std::vector<double>(values.begin(), values.end())
                         : pooled_terms(values, weights);
}

}  // namespace fleetsim
