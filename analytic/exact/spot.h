#pragma once
#include "sim/result.h"

namespace fleetsim::analytic {

// A training on rented nodes that are taken back together: stays are exponential of mean U, from
// each to the next passes a time of mean D. At work it fails at rate l = 1/M. It knows the end of a
// stay at least a write delta before, and then saves all it has done (`saves`); or it knows
// nothing.
//
// With theta = l + 1/U each time from a restart to what ends it is exponential of rate theta,
// whatever that is. Of work that saves each tau, q = e^{-theta (tau + delta)}, it keeps on average
//
//   G = (tau q + e^{-theta delta} Z / U) / (1 - q),   Z = int_0^tau z e^{-theta z} dz,
//
// the second term being what the last save keeps. Failures, l a second, restart in d + R (detection
// d), and ends of stays, 1/U a second, in R, so by renewal reward
//
//   goodput = U/(U + D) (l e^{-theta (d + R)} + e^{-theta R} / U) G.
//
// Whatever it does within delta of the end of a stay but the last save is not done at all: it
// waits. So it begins to work, or to write, at t after a restart with the weight e^{-theta t -
// delta/U}, which gives the other shares. Times in seconds.
struct SpotPlan {
  double interval = 3600, write = 60, detection = 0, restart = 300;
  double failure_rate = 0;              // 1/s
  double stay = 28800, absence = 3600;  // means
  bool saves = true;
};
// Shares of all time.
struct SpotShares {
  double held = 1;  // U/(U + D)
  double useful = 1, lost = 0, writing = 0, restart = 0, detection = 0;
  double waiting = 0;  // what is left: without nodes, or with no time to save more
};
Result<SpotShares> spot_training(const SpotPlan& plan);

}  // namespace fleetsim::analytic
