#include "sim/batch_means.h"

#include <cmath>

#include "sim/check.h"
#include "sim/tally.h"

namespace fleetsim {

std::vector<double> batch_means(std::span<const double> series, std::size_t batches) {
  check(batches > 0 && series.size() >= batches, "each batch has an observation");
  const std::size_t length = series.size() / batches;
  std::span<const double> rest = series.last(length * batches);
  std::vector<double> means;
  means.reserve(batches);
  for (; !rest.empty(); rest = rest.subspan(length)) {
    Tally tally;
    for (const double x : rest.first(length)) tally.add(x);
    means.push_back(tally.mean());
  }
  return means;
}

Neighbours neighbours(std::span<const double> values) {
  check(values.size() >= 3, "a test of independence has at least 3 values");
  Tally tally;
  double jumps = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    tally.add(values[i]);
    if (i > 0) jumps += (values[i] - values[i - 1]) * (values[i] - values[i - 1]);
  }
  const double n = static_cast<double>(values.size());
  const double squares = tally.variance() * (n - 1);
  if (squares == 0) return {};
  const double correlation = 1 - jumps / (2 * squares);
  const double z = correlation / std::sqrt((n - 2) / (n * n - 1));
  return {correlation, std::erfc(z * M_SQRT1_2) / 2};
}

}  // namespace fleetsim
