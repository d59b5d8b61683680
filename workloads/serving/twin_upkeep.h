#pragma once
#include <optional>

#include "workloads/serving/config.h"

namespace fleetsim::serving {

// Share of time in which a replica takes requests, where parts fail without memory at rate r, are
// mended on the spot, and nothing else stops replicas (s.up). It is missed after d, and its weights
// take s; a failure while it starts is missed after d too and makes it start anew. A start takes
//
//   E[start] = (exp(r (d + s)) - exp(r d)) / r,
//
// for from the first failure on it takes d + s in which there is none, so that
//
//   share = (1 / r) / (1 / r + d + E[start]) = 1 / (1 + r d + exp(r (d + s)) - exp(r d)).
struct Availability {
  double replicas = 0;  // mean number that take requests
};
std::optional<Availability> availability_of(const ServingConfig& config);

// Of requests, the share that finds a single replica off (s.cold): Poisson arrivals at rate l, work
// r for it, off after idling for i, and a start of s:
//
//   share = p (1 - r) / (1 + l s p),   p = exp(-l i).
//
// A cycle from one idling to the next serves (1 + l s p) / (1 - r) requests on average, and with
// probability p it begins with a start. The textbook's exp(-l i) is what small r and s make of it.
double cold_share(double rate, double load, double idle, double startup);

}  // namespace fleetsim::serving
