#pragma once
#include <vector>

#include "traces/fleet_message.h"
#include "workloads/serving/config.h"

namespace fleetsim {

// How replicas of a serving fleet fail, start, are upgraded and turned on and off: into `config`,
// of which the groups are there. `plans` has the failures of each cluster, or nothing.
Status read_upkeep(const Node& serving, std::vector<FailurePlan> plans, const NamedFleet& fleet,
                   const Provenance& provenance, serving::ServingConfig& config);

}  // namespace fleetsim
