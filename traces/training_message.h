#pragma once
#include <string>
#include <vector>

#include "traces/fleet_message.h"
#include "workloads/training/config.h"

namespace fleetsim {

// Jobs, and what is allowed but looks wrong about them, one line each.
struct ReadTraining {
  training::TrainingConfig config;
  std::vector<std::string> warnings;
};

// The messages Training and Failures of a scenario: jobs on the fleet and what breaks in it, the
// jobs slower where the nodes of `sites` are capped; `others` use so many nodes of each cluster.
// The horizon and the warm-up are left to the caller. REQUIRES: the fields have been checked one by
// one; what only their combination breaks is an error here.
Result<ReadTraining> training_of(const Node& scenario, const NamedFleet& fleet, const Sites& sites,
                                 const Zoo& zoo, const Provenance& provenance,
                                 const std::vector<std::uint32_t>& others = {});

}  // namespace fleetsim
