#pragma once
#include <cstdint>

namespace fleetsim::analytic {

// Parts on a shelf, one ordered for each that is taken (Sherbrooke's METRIC, 1968). Demand is a
// Poisson stream; orders take any law of time. By Palm's theorem those outstanding are Poisson of
// mean a = rate E[lead], so that with S parts at first
//
//   waiting for a part: E[(X - S)+] = sum_{k > S} P(X >= k),   wait at all: P(X >= S).
//
// By Little's law the mean wait is E[(X - S)+] / rate.
struct Stock {
  double waiting = 0;   // demands, mean
  double short_of = 0;  // share of demands that find the shelf empty
};
Stock stock_of_parts(double rate, double lead, std::uint64_t stock);

}  // namespace fleetsim::analytic
