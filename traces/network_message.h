#pragma once
#include "traces/fleet_message.h"
#include "workloads/network/config.h"

namespace fleetsim {

// The message Network: traffic on the fleet. REQUIRES: its fields have been checked one by one;
// what only their combination breaks is an error here.
Result<network::NetworkConfig> network_of(const Node& message, const NamedFleet& fleet,
                                          const Provenance& provenance);

}  // namespace fleetsim
