#pragma once
#include <span>
#include <vector>

#include "sim/units.h"

namespace fleetsim::requests {

// From each arrival to the next, in seconds, the shortest first.
std::vector<double> sorted_gaps(std::span<const Instant> arrivals);

// The largest difference of two empirical distributions (Kolmogorov and Smirnov), 0 to 1.
// REQUIRES: both are sorted, neither is empty.
double largest_difference(std::span<const double> a, std::span<const double> b);

}  // namespace fleetsim::requests
