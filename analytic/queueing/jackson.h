#pragma once
#include <cstdint>
#include <vector>

#include "analytic/queueing/station_means.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// An open network of FCFS stations with exponential servers: Poisson arrivals from outside, and
// after station i a customer goes to station j with probability routing[i][j], else it leaves.
struct JacksonStation {
  double external_rate = 0;  // 1/s, from outside
  double service_rate = 1;   // 1/s, of one server
  std::uint64_t servers = 1;
};
struct JacksonNetwork {
  std::vector<JacksonStation> stations;
  std::vector<std::vector<double>> routing;  // a row a station; a row's sum is at most 1
};
struct JacksonSteady {
  std::vector<StationMeans> stations;  // per visit
  std::vector<double> throughput;      // 1/s, visits to each station
  double arrival_rate = 0;             // 1/s, from outside in all
  double sojourn = 0;                  // s, from entering the network to leaving it
  double present = 0;                  // customers in the network
};

// Product form (Jackson 1957): with the traffic equations
//
//   throughput_j = external_j + sum_i throughput_i routing[i][j],
//
// each station is M/M/c on its own at its throughput; the sojourn is sum L / sum external.
Result<JacksonSteady> jackson(const JacksonNetwork& network);

}  // namespace fleetsim::analytic
