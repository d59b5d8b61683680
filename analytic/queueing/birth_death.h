#pragma once
#include <span>
#include <vector>

#include "sim/result.h"

namespace fleetsim::analytic {

// Steady state of a chain on 0..n that moves by one (Karlin and McGregor 1957): each cut between
// k and k + 1 is crossed equally often both ways,
//
//   p[k] birth[k] = p[k+1] death[k],   birth[k]: rate k -> k+1,   death[k]: rate k+1 -> k,
//
// so p[k] is a product of k ratios. The product is kept as mantissa and binary exponent, which is
// log space without the digits that a sum of logarithms loses; n may be millions and p may span
// any number of decades (what lies below 1e-308 of the largest comes out as 0).
// Needs birth >= 0, death > 0, and as many of one as of the other. O(n).
Result<std::vector<double>> birth_death(std::span<const double> birth,
                                        std::span<const double> death);

}  // namespace fleetsim::analytic
