#pragma once
#include "analytic/queueing/station_means.h"
#include "sim/law.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// One FCFS server, independent gaps between arrivals A and services S of any law. lambda = 1/E[A],
// rho = E[S]/E[A] < 1, ca and cs their coefficients of variation.

// Wq <= lambda (Var A + Var S) / (2 (1 - rho))  (Kingman 1962). Tight as rho -> 1.
Result<double> kingman_wait_bound(const Law& interarrival, const Law& service);

// Wq ~ (1 + cs^2) / (1/rho^2 + cs^2) times that bound (Marchal 1976). Exact for Poisson arrivals.
Result<double> marchal_wait(const Law& interarrival, const Law& service);

// Exponential services of rate mu, G/M/1 (Kendall 1953): an arrival finds n present with
// probability (1 - sigma) sigma^n, sigma in (0, 1) being the root of
//
//   sigma = E[e^{-mu (1 - sigma) A}],
//
// so P(wait > t) = sigma e^{-d t} and P(sojourn > t) = e^{-d t} with d = mu (1 - sigma). D/M/1 is a
// constant A, E_k/M/1 a gamma A of shape k. P(wait) = sigma: arrivals do not see time averages.
struct Gm1Steady {
  double sigma = 0;
  double decay = 1;  // 1/s, mu (1 - sigma)
  StationMeans means;
};
Result<Gm1Steady> gm1(const Law& interarrival, double service_rate);

Result<double> gm1_wait_quantile(const Gm1Steady& queue, double p);
Result<double> gm1_sojourn_quantile(const Gm1Steady& queue, double p);

}  // namespace fleetsim::analytic
