#pragma once
#include "sim/result.h"

namespace fleetsim::analytic {

// Checkpoints that stop the work. Useful work goes in segments of length tau, each followed by a
// write of length delta; failures are exponential with mean M and may strike in the work, in the
// write and in the restart of length R, which then begins again; work since the last whole write is
// lost. All times in seconds.
struct CheckpointPlan {
  double interval = 3600;  // tau, of useful work between writes; > 0
  double write = 60;       // delta >= 0
  double restart = 0;      // R >= 0
  double mtbf = 86400;     // M, of the whole job; > 0
};

// Daly 2006, eq. 13, exact for whole numbers of segments, and per segment always:
//
//   E[T]/W = (M/tau) e^{R/M} (e^{(tau+delta)/M} - 1),   goodput = W / E[T].
//
// It is the sum of the time in each state, per unit of useful work:
//
//   work     (M/tau) e^{delta/M} (e^{tau/M} - 1)            lost and useful work
//   writing  (M/tau) (e^{delta/M} - 1)                      whole and broken writes
//   restart  (M/tau) (e^{R/M} - 1) (e^{(tau+delta)/M} - 1)  whole and broken restarts
//
// An Error where the expected time is beyond a double.
struct CheckpointExact {
  double expected_time_per_work = 1;
  double goodput = 1;
  double work = 1, writing = 0, restarting = 0;  // parts of expected_time_per_work
  double failures_per_work = 0;                  // 1/s: expected_time_per_work / M
};
Result<CheckpointExact> checkpoint_exact(const CheckpointPlan& plan);

// The spread of the time of one segment. It takes L = tau + delta, and each of K failures adds the
// time X to it (exponential, given below L) and a restart Y, itself of the same kind:
//
//   S = L + sum_{i<=K} (X_i + Y_i),  P(K >= k) = (1 - e^{-L/M})^k,
//   var S = E[K] (var X + var Y) + var K (E X + E Y)^2,
//
// the second derivative of its Laplace transform at 0. Segments are independent, so a job of n of
// them has n times this mean and variance.
struct SegmentTime {
  double mean = 0, variance = 0;  // s, s^2
};
Result<SegmentTime> checkpoint_segment(const CheckpointPlan& plan);

// Young 1974, first order in delta/M:  tau = sqrt(2 delta M).   Needs delta, M > 0.
Result<double> young_interval(double write, double mtbf);

// Daly 2006, eq. 37, higher order:
//
//   tau = sqrt(2 delta M) (1 + (1/3) sqrt(delta/2M) + (1/9) delta/2M) - delta   for delta < 2M,
//   tau = M                                                                     otherwise.
Result<double> daly_interval(double write, double mtbf);

// Where checkpoint_exact is least; R does not matter:
//
//   tau = M (1 + W0(-e^{-delta/M - 1})),   W0 the principal branch of Lambert's function.
//
// Near its branch point W0 loses half the digits, so for delta < M/8 the same equation, written as
// delta/M = -ln(1 - y) - y with y = tau/M, is solved by Newton's steps: full precision everywhere.
Result<double> optimal_interval(double write, double mtbf);

}  // namespace fleetsim::analytic
