#pragma once
#include <cstdint>

#include "sim/result.h"

namespace fleetsim::analytic {

// Many small devices that share something: a grid, a channel; and how rare their rare events are.

// n devices plug in, each at a moment uniform over a window T that repeats (a day), for a charge of
// length t <= T at power P. At any moment their number is Bin(n, t/T): mean n P t/T, and a level p
// of it is not exceeded with probability p. Evenly staggered, ceil(n t/T) at most draw at once; all
// together, n P.
struct ChargingFleet {
  std::int64_t devices = 1'000'000;
  double power = 5, charge = 4320, window = 21600, level = 0.999;
};
struct ChargingLoad {
  double mean = 0, at_level = 0, staggered = 0, together = 0;  // W
};
Result<ChargingLoad> charging_load(const ChargingFleet& fleet);

// Aloha (Abramson 1970; Roberts 1975): a frame gets through when no other overlaps it; the offered
// load G counts all attempts, a Poisson stream, per frame time. Slotted G e^{-G}, best 1/e at G =
// 1; pure G e^{-2G}, best 1/(2e) at G = 1/2. With n sensors that each send in a slot with
// probability p, exactly n p (1-p)^{n-1}.
struct AlohaShares {
  double slotted = 0, pure = 0;  // frames through, per frame time
};
Result<AlohaShares> aloha_throughput(double offered);
Result<double> slotted_aloha_finite(std::int64_t sensors, double send);

// Rare events with closed forms, for importance sampling and splitting to be held against.

// P(Bin(n, p) >= k), to about 1e-13 however small.
Result<double> binomial_tail(std::int64_t trials, std::int64_t successes, double probability);

// A birth-death walk at 1, up at rate a and down at rate b: P(it reaches n before 0) (gambler's
// ruin), r = b/a:  (r - 1)/(r^n - 1);  1/n for r = 1. The chance that a busy period of M/M/1 sees
// n.
Result<double> reaches_before_empty(double up_rate, double down_rate, std::int64_t level);

}  // namespace fleetsim::analytic
