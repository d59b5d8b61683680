#pragma once
#include "analytic/queueing/station_means.h"
#include "sim/law.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// M/G/1 that always serves the customer with the shortest remaining time (Schrage and Miller 1966).
// With rho(x) = lambda E[S; S <= x], rho(x-) the same over S < x, and F the law of S:
//
//   E[T(x)] = lambda (E[S^2; S <= x] + x^2 (1 - F(x))) / (2 (1 - rho(x-)) (1 - rho(x)))
//           + integral_0^x dt / (1 - rho(t)),
//   E[T] = integral E[T(x)] dF(x).
//
// Equal sizes are served in order of arrival, hence the two different rho: for one size only it is
// M/D/1. Any law with a density, atoms only (constant, empirical), numerically to 1e-8.
struct SrptSteady {
  StationMeans means;
  double fcfs_sojourn = 0;  // s; what first come, first served would give (mg1_fcfs)
};
Result<SrptSteady> mg1_srpt(double arrival_rate, const Law& service);

// E[T(x)], the mean sojourn of a customer whose service takes x.
Result<double> mg1_srpt_sojourn_given(double arrival_rate, const Law& service, double x);

}  // namespace fleetsim::analytic
