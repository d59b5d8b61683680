#pragma once
#include <cstdint>

#include "analytic/queueing/station_means.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// Poisson arrivals of rate lambda, c exponential servers of rate mu, one queue, FCFS. Offered load
// a = lambda / mu, utilisation rho = a / c. M/M/1 is c = 1. (Erlang 1917; Kleinrock 1975, ch. 3.)
struct Mmc {
  double arrival_rate = 0;  // 1/s
  double service_rate = 1;  // 1/s, of one server
  std::uint64_t servers = 1;
};

// Part of the customers that find all c servers busy when none may wait (M/M/c/c):
//
//   B(c, a) = (a^c / c!) / sum_{k<=c} a^k / k!  =  P(N = c) / P(N <= c),  N ~ Poisson(a).
//
// The second form needs no sum and cannot overflow; for a > c, where both its parts may vanish,
// 1/B = sum_k c! / (c-k)! a^-k is a sum of falling terms. Any c;
// relative error below 1e-11 while B is above 1e-100.
Result<double> erlang_b(std::uint64_t servers, double offered_load);

// Part of the customers that wait when the queue is unbounded (M/M/c):
//
//   C = B / (1 - rho + rho B).   Needs rho < 1.
Result<double> erlang_c(std::uint64_t servers, double offered_load);

// Steady state of M/M/c: P(wait) = C, Wq = C / (c mu - lambda), the rest by Little's law.
struct MmcSteady {
  Mmc system;
  double wait_probability = 0;
  StationMeans means;
};
Result<MmcSteady> mmc(const Mmc& system);

// P(wait > t) = C e^{-(c mu - lambda) t}: an atom 1 - C at zero, then exponential.
double mmc_wait_upper(const MmcSteady& queue, double t);
Result<double> mmc_wait_quantile(const MmcSteady& queue, double p);

// P(sojourn > t), with theta = c mu - lambda, from the independent sum of wait and service:
//
//   e^{-mu t} + C mu (e^{-theta t} - e^{-mu t}) / (mu - theta);   e^{-(mu - lambda) t} if c = 1.
//
// The quantile is closed for c = 1 and a root of this otherwise.
double mmc_sojourn_upper(const MmcSteady& queue, double t);
Result<double> mmc_sojourn_quantile(const MmcSteady& queue, double p);

}  // namespace fleetsim::analytic
