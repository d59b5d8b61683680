#pragma once
#include "traces/fleet_message.h"
#include "workloads/serving/config.h"

namespace fleetsim {

// What the replicas of a group do.
serving::Role role_of(const Node& group);

// The message KvTransfer of a service, and whether its groups go together: where some only read
// prompts others decode, and there is a way for keys and values.
Status roles_of(const Node& service, const NamedFleet& fleet, const Provenance& provenance,
                serving::ServingConfig& config, std::vector<std::string>& warnings);

}  // namespace fleetsim
