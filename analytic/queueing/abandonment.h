#pragma once
#include <cstdint>

#include "sim/result.h"

namespace fleetsim::analytic {

// M/M/c+M, Erlang A: M/M/c whose waiting customers each leave after an exponential patience of mean
// 1/theta (Palm 1957; Garnett, Mandelbaum and Reiman 2002; Mandelbaum and Zeltyn 2007).
struct ErlangA {
  double arrival_rate = 0;  // 1/s
  double service_rate = 1;  // 1/s, of one server
  std::uint64_t servers = 1;
  double mean_patience = 1;  // s
};

struct ErlangASteady {
  double wait_probability = 0;
  double abandonment_probability = 0;
  double utilization = 0;
  double mean_wait = 0;            // s, of all customers
  double mean_wait_served = 0;     // s, of those who are served
  double mean_wait_abandoned = 0;  // s, of those who leave
  double waiting = 0;              // customers
  double present = 0;              // customers
};

// A birth-death chain, p_{c+j} = p_c prod_{i<=j} lambda / (c mu + i theta), with Erlang B for what
// lies below c and weights relative to the mode above it, so nothing overflows. Any load has a
// steady state. Who finds j waiting moves up through positions i = j+1..1, each in an exponential
// time of rate c mu + i theta, so with v_j = c mu + (j+1) theta:
//
//   P(abandon | j) = (j+1) theta / v_j
//   E[wait; served | j] = (c mu / v_j) sum_{i<=j+1} 1 / (c mu + i theta)
//   E[wait; abandoned | j] = (theta / v_j) sum_{i<=j+1} i / (c mu + i theta)
Result<ErlangASteady> erlang_a(const ErlangA& system);

}  // namespace fleetsim::analytic
