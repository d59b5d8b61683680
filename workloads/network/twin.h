#pragma once
#include "workloads/model.h"
#include "workloads/network/config.h"

namespace fleetsim::network {

// What theory says of traffic on a network (theory group D).
Twin twin_of(const NetworkConfig& config);

// byte/s one way across the worst cut into halves of the cluster that has the least, by its parts.
double least_bisection(const Fleet& fleet);

// The links between switches, or between nodes that forward, and between regions.
std::vector<LinkId> trunks_of(const Fleet& fleet);

}  // namespace fleetsim::network
