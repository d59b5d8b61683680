#pragma once
#include <cstdint>

#include "analytic/queueing/station_means.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// Many exponential FCFS servers of rate mu, Poisson arrivals of rate rho mu a server; each arrival
// joins the shortest of d queues drawn at random. As the number of servers grows, the part of them
// with at least k customers tends to (Vvedenskaya, Dobrushin and Karpelevich 1996; Mitzenmacher
// 1996)
//
//   s_k = rho^((d^k - 1) / (d - 1)),   s_k = rho^k for d = 1, that is M/M/1 each.
struct PowerOfChoices {
  double arrival_rate = 0;    // 1/s, per server
  double service_rate = 1;    // 1/s
  std::uint64_t choices = 2;  // d
};
Result<double> power_of_choices_upper(const PowerOfChoices& system, std::uint64_t k);  // s_k

// Means of one server: E[sojourn] = (1 / lambda) sum_{k>=1} s_k, by Little's law.
// As d grows it falls to 1 / mu, which is also the limit of joining the shortest queue of all.
Result<StationMeans> power_of_choices(const PowerOfChoices& system);

}  // namespace fleetsim::analytic
