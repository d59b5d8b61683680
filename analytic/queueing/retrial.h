#pragma once
#include "analytic/queueing/station_means.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// One exponential server of rate mu without a queue. Poisson arrivals of rate lambda who find it
// busy join an orbit and try again until served; rho = lambda / mu. `waiting` is the mean orbit,
// `wait` the mean time in it.
struct RetrialQueue {
  double arrival_rate = 0;  // 1/s
  double service_rate = 1;  // 1/s
  double retrial_rate = 1;  // 1/s, theta
};
struct RetrialSteady {
  double wait_probability = 0;  // part of the arrivals that join the orbit: rho
  StationMeans means;
};

// Constant: the orbit as a whole tries at rate theta while anybody is in it (Fayolle 1986). The cut
// lambda P(busy, n) = theta P(idle, n+1) makes P(busy, n) = rho (1 - r) r^n, and
//
//   r = lambda (lambda + theta) / (mu theta) < 1,   mean orbit = rho (r + lambda / theta) / (1 -
//   r).
//
// Stability is lost before the server is full: the retry storm.
Result<RetrialSteady> retrial_constant(const RetrialQueue& queue);

// The arrival rate at which r = 1: 2 mu / (1 + sqrt(1 + 4 mu / theta)), below mu.
Result<double> retrial_constant_threshold(double service_rate, double retrial_rate);

// Classical: each customer in the orbit tries at rate theta (Falin and Templeton 1997, ch. 1).
//
//   rho < 1,   mean orbit = rho (lambda + rho theta) / ((1 - rho) theta).
Result<RetrialSteady> retrial_classical(const RetrialQueue& queue);

}  // namespace fleetsim::analytic
