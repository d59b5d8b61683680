#pragma once
#include <cstdint>
#include <optional>

#include "sim/law.h"

namespace fleetsim::analytic {

// A node that a fault makes slow, not broken (Gunawi et al., FAST 2018). Whole, it is struck at the
// rate r; then a check finds it after D, of any law, and it is replaced by a whole one; it is lost
// for other reasons at the rate mu. Its lives are a renewal process, so that with m = E[min(D, L)],
// L exponential of rate mu,
//
//   share of time slow = r m / (1 + r m),   found a second = r E[e^{-mu D}] / (1 + r m).
//
// Rates in 1/s. No D: it is never found. REQUIRES: none is negative; mu > 0 if it is never found.
struct SlowNode {
  double slow = 0;   // share of time
  double found = 0;  // times a second
  double stay = 0;   // s: m
};
SlowNode slow_node(double struck, double lost, const std::optional<Law>& found_after);

// A synchronous job on n such nodes: with p the share above, some node is slow for 1 - (1 - p)^n of
// the time, since nodes are independent; then it goes `slow_down` times slower, whatever their
// number.
struct SlowJob {
  double slowed = 0;  // share of time
  double pace = 1;    // mean, of that of whole nodes
};
SlowJob slow_job(std::int64_t nodes, double slow_share, double slow_down);

}  // namespace fleetsim::analytic
