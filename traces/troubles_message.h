#pragma once
#include <vector>

#include "topology/failures.h"
#include "traces/fleet_message.h"

namespace fleetsim {

// What the message Failures says beside its components: shocks, lemons, the script and the trace of
// faults. Adds it to the plan of each cluster. REQUIRES: its fields have been checked one by one.
Status add_troubles(const Node& message, const NamedFleet& fleet, const Provenance& provenance,
                    std::vector<FailurePlan>& plans);

}  // namespace fleetsim
