#include "traces/requests/gap_distance.h"

#include <algorithm>
#include <cmath>

namespace fleetsim::requests {

std::vector<double> sorted_gaps(std::span<const Instant> arrivals) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < arrivals.size(); ++i)
    gaps.push_back(seconds(arrivals[i] - arrivals[i - 1]));
  std::sort(gaps.begin(), gaps.end());
  return gaps;
}

double largest_difference(std::span<const double> a, std::span<const double> b) {
  double largest = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const double x = std::min(a[i], b[j]);
    while (i < a.size() && a[i] <= x) ++i;
    while (j < b.size() && b[j] <= x) ++j;
    largest = std::max(largest, std::abs(static_cast<double>(i) / static_cast<double>(a.size()) -
                                         static_cast<double>(j) / static_cast<double>(b.size())));
  }
  return largest;
}

}  // namespace fleetsim::requests
