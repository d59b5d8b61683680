#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "analytic/queueing/dense.h"
#include "analytic/queueing/station_means.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// A Markov-modulated Poisson process whose phases follow one another in a cycle, each for an
// exponential time, in which customers come at the phase's rate.
struct MmppPhase {
  double rate = 0;       // 1/s
  double mean_stay = 1;  // s
};

// MMPP/M/1 FCFS, by matrix-geometric means (Neuts 1981). With the phases' generator Q, their shares
// of time alpha, Lambda = diag(rates) and one server of rate mu, R is the least solution >= 0 of
//
//   Lambda + R (Q - Lambda - mu I) + mu R^2 = 0,
//
// found by logarithmic reduction (Latouche and Ramaswami 1993). Phases ignore the queue, so
//
//   P(n present, phase) = alpha (I - R) R^n,   L = alpha R (I - R)^-1 1,   lambda = alpha Lambda 1.
struct MmppSteady {
  double arrival_rate = 0;      // 1/s, lambda
  double service_rate = 1;      // 1/s
  double wait_probability = 0;  // of customers, who see more than the time averages
  double decay = 0;             // the largest eigenvalue of R: P(n + 1) / P(n) for large n
  double burstiness = 1;        // mean sojourn over that of M/M/1 with this lambda
  StationMeans means{};
  std::vector<double> share{};  // alpha
  std::vector<double> idle{};   // alpha (I - R): P(nobody present, phase)
  std::vector<double> seen{};   // Lambda 1 / lambda
  Matrix r{0};
};
Result<MmppSteady> mmpp_m1(std::span<const MmppPhase> phases, double service_rate);

// P(n present), as time goes on.
double mmpp_present(const MmppSteady& queue, std::uint64_t n);

// Customers find n with probability alpha (I - R) R^n Lambda 1 / lambda and then wait for n
// services (stay for n + 1), hence
//
//   P(sojourn > t) = alpha e^{-mu t (I - R)} Lambda 1 / lambda,    P(wait > t): alpha R for alpha.
double mmpp_wait_upper(const MmppSteady& queue, double t);
double mmpp_sojourn_upper(const MmppSteady& queue, double t);
Result<double> mmpp_wait_quantile(const MmppSteady& queue, double p);
Result<double> mmpp_sojourn_quantile(const MmppSteady& queue, double p);

}  // namespace fleetsim::analytic
