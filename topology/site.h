#pragma once
#include <memory>
#include <vector>

#include "sim/metric.h"
#include "topology/facility.h"
#include "topology/fleet.h"
#include "topology/grid.h"
#include "topology/node_power.h"
#include "topology/ownership.h"

namespace fleetsim {

// A grid and the building that stands on it: what a joule of IT comes to at any time.
class Site {
 public:
  // An error where the series of the two fit into no common steps.
  static Result<Site> make(Grid grid, Facility facility);

  const Grid& grid() const { return grid_; }
  const Facility& facility() const { return facility_; }
  const StepSeries& carbon_per_it() const { return carbon_per_it_; }  // kg/J
  const StepSeries& cost_per_it() const { return cost_per_it_; }      // $/J

 private:
  Site() = default;

  Grid grid_;
  Facility facility_;
  StepSeries carbon_per_it_, cost_per_it_;
};

// What draws power in a fleet, and who pays: beside the Fleet, which is about the network.
struct Sites {
  std::vector<std::shared_ptr<const Site>> regions;  // by region
  std::vector<NodePower> nodes;                      // by cluster
  std::vector<Ownership> owned;                      // by cluster
  std::vector<Finding> findings{};  // where figures come from that a scenario says itself

  const Site& site(RegionId region) const { return *regions[region.index]; }
  const NodePower& node(ClusterId cluster) const { return nodes[cluster.index]; }
  const Ownership& ownership(ClusterId cluster) const { return owned[cluster.index]; }
};

}  // namespace fleetsim
