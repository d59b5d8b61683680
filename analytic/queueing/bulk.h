#pragma once
#include <cstdint>

#include "analytic/queueing/station_means.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// Poisson arrivals of rate lambda, one server that takes up to b customers at once; a batch takes
// an exponential time of rate mu whatever its size, and nobody joins it later. lambda < b mu.
struct BulkQueue {
  double arrival_rate = 0;  // 1/s
  double service_rate = 1;  // 1/s, batches
  std::uint64_t batch = 1;  // b
};
struct BulkSteady {
  double root = 0;        // r, or sigma
  double mean_batch = 0;  // customers
  StationMeans means;     // utilisation: part of the time that a batch is in service
};

// M/M^[1,b]/1: the server starts whenever anybody waits (Bailey 1954; Gross and Harris, ch. 3).
// q_n = P(busy, n wait) = C r^n solves (lambda + mu) q_n = lambda q_{n-1} + mu q_{n+b} with r in
// (0, 1), which past the root r = 1 is
//
//   r + r^2 + ... + r^b = lambda / mu;   P(idle) = C mu / lambda,  C = 1 / (mu/lambda + 1/(1-r)),
//   Lq = C r / (1 - r)^2.
Result<BulkSteady> bulk_up_to(const BulkQueue& queue);

// Full batches only: the server waits until b customers are there. Batches form an E_b/M/1 queue,
// sigma = (lambda / (lambda + mu (1 - sigma)))^b, after a mean (b - 1) / (2 lambda) to fill one:
//
//   Wq = (b - 1) / (2 lambda) + sigma / (mu (1 - sigma)).
Result<BulkSteady> bulk_full(const BulkQueue& queue);

}  // namespace fleetsim::analytic
