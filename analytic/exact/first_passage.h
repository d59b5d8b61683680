#pragma once
#include <span>

#include "analytic/exact/redundancy.h"

namespace fleetsim::analytic {

// P(T <= t), T being when a birth-death chain that begins in state 0 first reaches state n.
// birth[k] is the rate k -> k+1 (k = 0..n-1), death[k] the rate k+1 -> k (k = 0..n-2).
//
// By uniformisation (Jensen 1953): with L at least every birth + death, the chain is one of jumps
// at rate L, whose matrix is 1 + Q/L, so
//
//   P(T <= t) = sum_m e^{-Lt} (Lt)^m / m!  P(n is reached within m jumps).
//
// Every term is positive, so that probabilities of 1e-30 keep their digits. O(n L t) steps; more
// than 3 10^8 are an error.
Result<double> first_passage(std::span<const double> birth, std::span<const double> death,
                             double t);

// P(within t seconds all spares are in use and one more place stands empty), all units working at
// first: the passage of the chain of fleet_with_spares from 0 down to spares + 1.
Result<double> exhaustion(const SparesPlan& plan, double t);

}  // namespace fleetsim::analytic
