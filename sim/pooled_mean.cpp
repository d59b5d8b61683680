#include "sim/pooled_mean.h"

#include <cstddef>

#include "sim/check.h"

namespace fleetsim {

std::vector<double> pooled_terms(std::span<const double> values, std::span<const double> weights) {
  check(values.size() == weights.size(), "each value has its weight");
  double total = 0, sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (weights[i] == 0) continue;
    total += weights[i];
    sum += weights[i] * values[i];
  }
  const double pooled = sum / total, mean_weight = total / static_cast<double>(values.size());
  std::vector<double> terms(values.size(), pooled);
  for (std::size_t i = 0; i < values.size(); ++i)
    if (weights[i] > 0) terms[i] += weights[i] / mean_weight * (values[i] - pooled);
  return terms;
}

}  // namespace fleetsim
