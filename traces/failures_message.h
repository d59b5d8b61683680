#pragma once
#include <vector>

#include "topology/failures.h"
#include "traces/fleet_message.h"

namespace fleetsim {

// The message Failures for each cluster of the fleet: how many parts its nodes have, and how long
// they live by the catalogue, where the message does not say. REQUIRES: its fields have been
// checked one by one; what only their combination breaks is an error here.
Result<std::vector<FailurePlan>> failures_of(const Node& message, const NamedFleet& fleet,
                                             const Zoo& zoo, const Provenance& provenance);

}  // namespace fleetsim
