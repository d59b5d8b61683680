#pragma once
#include <cstdint>

#include "sim/result.h"

namespace fleetsim::analytic {

// Checkpoints that do not hold up the work for their whole length, or that go to two places.
// Failures are exponential with mean M and strike at any time; all times in seconds.

struct CheckpointCost {
  double expected_time_per_work = 1, goodput = 1;  // E[T]/W and its inverse
};

// The state is copied aside, which blocks for delta_c, and drains to storage for delta_d while the
// next segment runs; only what has drained whole counts. From one commit to the next without a
// failure takes L = tau + delta_c; after a failure the first commit takes L + delta_d. So by
// renewal at commits, with E_F = M e^{R/M} (e^{(L+delta_d)/M} - 1) from a fresh start,
//
//   E_C = (1 - e^{-L/M}) (M e^{R/M} + E_F) = M e^{(R+delta_d)/M} (e^{L/M} - 1),  E[T]/W = E_C/tau:
//
// the drain costs what as much more restart would, and the best tau is optimal_interval(delta_c).
// Needs delta_d <= tau + delta_c: one drain at a time.
struct AsyncCheckpointPlan {
  double interval = 3600, copy = 3, drain = 60, restart = 300, mtbf = 86400;
};
Result<CheckpointCost> checkpoint_async(const AsyncCheckpointPlan& plan);

// Two levels (the Markov chain of Vaidya 1995): of each n segments, the first n - 1 end in a local
// write and the last in a global one. A failure can be mended from the last write of either kind
// with probability p, after a local restart; otherwise from the last global one. Restarts can fail
// too: a soft failure in a local restart begins it again, a hard one goes to the global level, and
// whatever strikes a global restart begins it again. With i segments kept, V_i the mean time from
// there to the next global commit (V_n = 0), U_i that from a local restart, H from a global one,
// and L the segment with its write,
//
//   V_i = M (1 - e^{-L/M}) + e^{-L/M} V_{i+1} + (1 - e^{-L/M}) (p U_i + (1-p) H),
//   U_i = M (1 - e^{-r/M}) + e^{-r/M} V_i + (1 - e^{-r/M}) (p U_i + (1-p) H),
//   H = M (e^{R/M} - 1) + V_0,     E[T]/W = V_0 / (n tau),
//
// which is V_i = a + g V_{i+1} + (1-g) V_0 with one a, g for all local segments: a geometric sum.
// n = 1 with r = R, and p = 1 with equal writes and restarts, are checkpoint_exact.
struct TwoLevelPlan {
  double interval = 600;  // tau
  double local_write = 5, global_write = 60;
  double local_share = 0.8;  // p
  double local_restart = 60, global_restart = 300, mtbf = 86400;
  std::int64_t segments = 6;  // n, between two global writes
};
Result<CheckpointCost> checkpoint_two_level(const TwoLevelPlan& plan);

// The pair (tau, n) of least expected time, by search: for each n the best tau by Brent's method on
// a logarithmic scale; over n by strides that double while they help and halve when not, up to a
// million. Ignores the plan's own pair; needs p < 1 and writes that take time.
Result<TwoLevelPlan> two_level_optimum(const TwoLevelPlan& plan);

}  // namespace fleetsim::analytic
