#pragma once
#include "analytic/queueing/station_means.h"
#include "sim/law.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// One server, Poisson arrivals of rate lambda, services of any law S. rho = lambda E[S] < 1.

// First come, first served: Wq = lambda E[S^2] / (2 (1 - rho)) (Pollaczek 1930, Khinchine 1932).
// Last come first served and service in random order, both without pre-emption, have the same
// means: no order that ignores sizes changes the work or the number present (Kingman 1962).
Result<StationMeans> mg1_fcfs(double arrival_rate, const Law& service);

// Last come first served with preemptive resume, and processor sharing: E[sojourn] =
// E[S] / (1 - rho), whatever the law of S (Kelly 1979). `wait` is the sojourn less the service.
Result<StationMeans> mg1_insensitive(double arrival_rate, const Law& service);

// The sojourn under processor sharing of a customer with service x: E[T | S = x] = x / (1 - rho)
// (Sakata, Noguchi and Oizumi 1971).
Result<double> mg1_ps_sojourn_given(double arrival_rate, const Law& service, double x);

}  // namespace fleetsim::analytic
