#pragma once
#include <string>
#include <vector>

#include "traces/fleet_message.h"
#include "workloads/network/config.h"

namespace fleetsim {

// Traffic, and what is given and has no use there, one line each.
struct ReadNetwork {
  network::NetworkConfig config;
  std::vector<std::string> warnings;
};

// The message Network: traffic on the fleet. The horizon is left to the caller. REQUIRES: its
// fields have been checked one by one; what only their combination breaks is an error here.
Result<ReadNetwork> network_of(const Node& message, const NamedFleet& fleet,
                               const Provenance& provenance);

}  // namespace fleetsim
