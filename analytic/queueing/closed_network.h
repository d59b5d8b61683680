#pragma once
#include <cstdint>
#include <vector>

#include "analytic/queueing/station_means.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// N customers for ever: each thinks (any law), visits stations, and thinks again. A queue is FCFS
// with exponential services, or processor sharing with any; a delay serves all at once.
struct ClosedStation {
  enum class Kind : std::uint8_t { queue, delay };
  Kind kind = Kind::queue;
  double visits = 1;          // mean number per cycle
  double mean_service = 1;    // s, per visit
  std::uint64_t servers = 1;  // of a queue
};
struct ClosedNetwork {
  std::vector<ClosedStation> stations;
  std::uint64_t customers = 1;
  double mean_think = 0;  // s
};
struct ClosedSteady {
  double throughput = 0;               // 1/s, cycles
  double response = 0;                 // s, of a cycle without its thinking: N / throughput - think
  std::vector<StationMeans> stations;  // per visit
};

// Product form (Gordon and Newell 1967; Baskett et al. 1975): with demand D = visits * service,
//
//   P(n_1, ..., n_m) ~ prod f_i(n_i),  f(n) = prod_{k<=n} D / min(k, c)  (a delay: c = infinity),
//   throughput = G(N-1) / G(N),        G: the convolution of all f  (Buzen 1973).
//
// These are the values of exact mean value analysis (Reiser and Lavenberg 1980), whose recursion
// subtracts and breaks down for stations of many servers; here all terms are positive. Each f(n) is
// scaled by s^n, s near the throughput, so that G(N) stays near 1. O(m^2 N c).
Result<ClosedSteady> closed_network(const ClosedNetwork& network);

}  // namespace fleetsim::analytic
