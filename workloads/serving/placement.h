#pragma once
#include <cstdint>
#include <vector>

#include "topology/fleet.h"
#include "workloads/serving/config.h"

namespace fleetsim::serving {

// Where a replica stands: on some devices of a node, or on several nodes.
struct Stand {
  ClusterId cluster{};
  std::uint32_t node = 0, slot = 0;  // of its first device
  std::uint32_t nodes = 1;
};

// Gives replicas the devices of their clusters in turn. One that has room in a node does not lie
// across the border of two, and one that takes several begins with a new one.
class Placer {
 public:
  // So many nodes of each cluster come first and are others'; empty: none.
  explicit Placer(const FleetPlan& plan, const std::vector<std::uint32_t>& others = {});
  Stand take(ClusterId cluster, std::uint32_t devices);

 private:
  const FleetPlan& plan_;
  std::vector<std::uint64_t> taken_;  // devices, by cluster
};

// Of all replicas, group after group.
std::vector<Stand> stands_of(const std::vector<GroupConfig>& groups, Placer placer);

}  // namespace fleetsim::serving
