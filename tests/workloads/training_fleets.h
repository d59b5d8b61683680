#pragma once
#include <gtest/gtest.h>

#include <memory>

#include "topology/fleet.h"

namespace fleetsim::training {

// Fleets of one cluster for tests of training.

inline Fleet fleet_of_one(const ClusterPlan& cluster) {
  Result<Fleet> fleet = Fleet::make({.regions = {"r"}, .clusters = {cluster}, .wide_links = {}});
  EXPECT_TRUE(fleet) << fleet.error().message;
  return *std::move(fleet);
}

// Where only time is counted: nothing of the network matters.
inline std::shared_ptr<const Fleet> plain_fleet(std::uint32_t nodes, std::uint32_t spares = 0) {
  const FabricShape one_switch{.topology = Topology::single_switch, .radix = 4096};
  return std::make_shared<const Fleet>(fleet_of_one({.name = "c",
                                                     .region = {0},
                                                     .nodes = nodes,
                                                     .spares = spares,
                                                     .device_rate = 1,
                                                     .port_rate = 1,
                                                     .trunk_rate = 1,
                                                     .border_rate = 1,
                                                     .shape = one_switch}));
}

// Where steps are told term by term.
struct Rates {
  double device = 450e9, port = 50e9, trunk = 50e9;
  std::uint32_t nodes = 16, devices = 8, ports = 8;
  FabricShape shape{.topology = Topology::rail_optimised, .radix = 64};
};
inline ClusterPlan cluster_of(const Rates& rates) {
  return {.name = "c",
          .region = {0},
          .nodes = rates.nodes,
          .devices = rates.devices,
          .ports = rates.ports,
          .device_rate = rates.device,
          .port_rate = rates.port,
          .trunk_rate = rates.trunk,
          .border_rate = rates.port,
          .node_latency = from_seconds(1e-6),
          .fabric_latency = from_seconds(5e-6),
          .shape = rates.shape};
}
inline Fleet fleet_of(const Rates& rates) {
  return fleet_of_one(cluster_of(rates));
}

}  // namespace fleetsim::training
