#pragma once
#include <string>
#include <vector>

#include "traces/fleet_message.h"
#include "workloads/loads/config.h"

namespace fleetsim {

struct ReadLoads {
  loads::LoadsConfig config;
  std::vector<std::string> warnings{};
};

// The messages DeferrableLoad of a scenario, on the sites of its fleet.
Result<ReadLoads> loads_of(const Node& scenario, const NamedFleet& fleet, const Sites& sites,
                           const Provenance& provenance);

}  // namespace fleetsim
