#pragma once
#include <string>
#include <vector>

#include "traces/fleet_message.h"
#include "workloads/serving/config.h"

namespace fleetsim {

struct ReadServing {
  serving::ServingConfig config;
  std::vector<std::string> warnings{};
};

// The message Serving of a scenario, on the fleet of that scenario.
Result<ReadServing> serving_of(const Node& message, const NamedFleet& fleet, const Zoo& zoo,
                               const Provenance& provenance);

}  // namespace fleetsim
