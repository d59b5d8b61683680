#pragma once
#include <string>
#include <vector>

#include "traces/node.h"
#include "traces/provenance.h"
#include "workloads/device/config.h"

namespace fleetsim {

struct ReadDevices {
  device::DevicesConfig config;
  std::vector<std::string> warnings{};
};

// The messages Device of a scenario.
Result<ReadDevices> devices_of(const Node& scenario, const Provenance& provenance);

}  // namespace fleetsim
