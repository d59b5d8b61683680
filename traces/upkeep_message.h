#pragma once
#include <optional>
#include <vector>

#include "topology/failures.h"
#include "traces/fleet_message.h"

namespace fleetsim {

// What the message Failures says of how nodes are kept: parts in stock, tests of mended nodes,
// maintenance. Adds it to the plan of each cluster. REQUIRES: its fields have been checked one by
// one.
Status add_upkeep(const Node& failures, const NamedFleet& fleet, const Provenance& provenance,
                  std::vector<FailurePlan>& plans);

// How slow a component makes its node, if that is its effect.
Result<std::optional<Slowness>> slowness_of(const Node& component, const Node& failures,
                                            const Provenance& provenance);

}  // namespace fleetsim
