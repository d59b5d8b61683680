#pragma once
#include <string>
#include <vector>

#include "traces/fleet_message.h"
#include "workloads/serving/config.h"

namespace fleetsim {

// A message Clients; `regions`: those of the groups of replicas, in their order.
Result<serving::ClientConfig> client_of(const Node& message, const NamedFleet& fleet,
                                        const std::vector<RegionId>& regions,
                                        const Provenance& provenance,
                                        std::vector<std::string>& warnings);

}  // namespace fleetsim
