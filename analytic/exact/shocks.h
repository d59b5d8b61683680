#pragma once
#include <cstdint>

#include "sim/result.h"

namespace fleetsim::analytic {

// Failures that are not one unit at a time, or not seen at once. Times in seconds.

// Marshall and Olkin 1967: N nodes in racks of g. Each node fails alone at rate a; each rack is
// struck at rate b, and then every one of its nodes dies with probability q. With c = N/g racks,
//
//   kills of a job on all nodes, a second = N a + c b (1 - (1-q)^g),
//   P(a kill takes >= m nodes) = (m = 1: all; else c b P(Bin(g, q) >= m)) / kills,
//   correlation of failing: P(two of a rack live past t) = e^{-(2a + b (1 - (1-q)^2)) t}.
struct ShockPlan {
  std::int64_t nodes = 1024, per_rack = 8, lost_together = 2;  // N, g, m
  double node_rate = 1e-7, rack_rate = 1e-8, struck = 1;       // a, b in 1/s; q
};
struct Shocks {
  double kill_rate = 0;          // 1/s
  double together = 0;           // P(a kill takes >= m)
  double together_rate = 0;      // 1/s
  double mean_lost = 0;          // nodes per kill
  double node_failure_rate = 0;  // 1/s, of one node by either way: a + b q
};
Result<Shocks> rack_shocks(const ShockPlan& plan);

// P(two nodes both live past t): in one rack, and in two.
struct PairSurvival {
  double same_rack = 1, apart = 1;
};
Result<PairSurvival> pair_survival(const ShockPlan& plan, double time);

// Silent corruption at rate s, checked every c of work, noticed d after the check that sees it.
// The corruption falls anywhere in the c, so the work done on bad state is c/2 + d per corruption
// to first order; exactly, for the first one within c, with x = s c,
//
//   wasted = c (1/(1 - e^{-x}) - 1/x) + d.
//
// Going back to the last clean check redoes c + d. Per unit of work done, s (c/2 + d) is wasted.
struct SdcPlan {
  double corruption_rate = 1e-6;       // 1/s, s
  double check = 3600, latency = 600;  // c, d
};
struct Sdc {
  double wasted_first_order = 0, wasted = 0;  // s per corruption
  double redone = 0;                          // s per corruption: c + d
  double wasted_share = 0;                    // of the work done, first order; may exceed 1
};
Result<Sdc> silent_corruption(const SdcPlan& plan);

}  // namespace fleetsim::analytic
