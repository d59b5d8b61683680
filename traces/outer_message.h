#pragma once
#include <string>
#include <vector>

#include "traces/fleet_message.h"
#include "workloads/training/config.h"

namespace fleetsim {

// Nodes of a cluster that the jobs before leave.
std::uint32_t free_nodes(const training::TrainingConfig& config, ClusterId cluster);

// The clusters of a message Outer: others than the job's, whose nodes are like its own and which a
// link joins to it.
Result<std::vector<ClusterId>> further_clusters(const Node& outer, const training::JobConfig& job,
                                                const training::TrainingConfig& config,
                                                const NamedFleet& fleet,
                                                const Provenance& provenance);

// Adds to the terms of each step its part of the exchanges between the clusters of the job, whose
// payload is `bytes` unless the message tells. REQUIRES: the step is told term by term.
Status add_outer(const Node& outer, std::int64_t bytes, const NamedFleet& fleet,
                 const Provenance& provenance, training::JobConfig& job);

}  // namespace fleetsim
