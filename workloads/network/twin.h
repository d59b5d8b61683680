#pragma once
#include "workloads/model.h"
#include "workloads/network/config.h"

namespace fleetsim::network {

// What theory says of traffic on a network (theory group D).
Twin twin_of(const NetworkConfig& config);

}  // namespace fleetsim::network
