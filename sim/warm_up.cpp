#include "sim/warm_up.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "sim/batch_means.h"
#include "sim/tally.h"

namespace fleetsim {

WarmUp mser5(std::span<const double> series) {
  constexpr std::size_t batch = 5, fewest = 10;
  const std::size_t n = series.size() / batch;
  if (n < fewest) return {};
  const std::vector<double> means = batch_means(series.first(n * batch), n);
  const std::size_t kept_at_least = std::max<std::size_t>(5, n / 20);

  // From the back, so that one pass gives the error of each tail. At a tie the longer tail wins.
  Tally tail;
  double best = std::numeric_limits<double>::infinity(), best_in_half = best;
  std::size_t truncation = 0, truncation_in_half = 0;
  for (std::size_t d = n; d-- > 0;) {
    tail.add(means[d]);
    const double kept = static_cast<double>(n - d);
    if (n - d < kept_at_least) continue;
    const double error = tail.variance() * (kept - 1) / (kept * kept);
    if (error <= best) best = error, truncation = d;
    if (d <= n / 2 && error <= best_in_half) best_in_half = error, truncation_in_half = d;
  }
  return {truncation_in_half * batch, truncation <= n / 2};
}

}  // namespace fleetsim
