#pragma once
#include <span>
#include <vector>

#include "analytic/queueing/station_means.h"
#include "sim/law.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// One server, Poisson classes; class 0 is served first. FCFS within a class.
struct PriorityClass {
  double arrival_rate = 0;  // 1/s
  Law service;
};
struct PrioritySteady {
  std::vector<StationMeans> of_class;  // its utilisation is the server's part for the class
  StationMeans all;                    // of an arbitrary customer
};

// With s_k = rho_0 + ... + rho_k and R_k = sum_{i<=k} lambda_i E[S_i^2] / 2, s_{-1} = 0, s < 1:

// A service that has begun is never interrupted (Cobham 1954), n the last class:
//
//   wait_k = R_n / ((1 - s_{k-1}) (1 - s_k)).
Result<PrioritySteady> priority_nonpreemptive(std::span<const PriorityClass> classes);

// A higher class interrupts; interrupted work resumes where it stopped (White and Christie 1958):
//
//   sojourn_k = E[S_k] / (1 - s_{k-1}) + R_k / ((1 - s_{k-1}) (1 - s_k)).
//
// `wait` is the sojourn less the service, so interruptions count.
Result<PrioritySteady> priority_preemptive(std::span<const PriorityClass> classes);

}  // namespace fleetsim::analytic
