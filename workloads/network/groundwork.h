#pragma once
#include <vector>

#include "workloads/network/config.h"
#include "workloads/network/pings.h"
#include "workloads/network/schedule.h"

namespace fleetsim::network {

// What follows from a scenario alone and all its replications need: worked out once, then only
// read.
struct Groundwork {
  explicit Groundwork(const NetworkConfig& config);

  struct Schedule {
    std::vector<Phase> phases;
    std::vector<DeviceId> ranks;
  };
  std::vector<Schedule> schedules;  // by collective
  std::vector<RegionPair> pinged;
  std::vector<LinkId> trunks;  // between switches, or nodes that forward, and between regions
};

}  // namespace fleetsim::network
