#pragma once
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "topology/fleet.h"

namespace fleetsim::training {

// Fleets for tests of training.

inline Fleet fleet_of_plan(FleetPlan plan) {
  Result<Fleet> fleet = Fleet::make(std::move(plan));
  EXPECT_TRUE(fleet) << fleet.error().message;
  return *std::move(fleet);
}

// Where only time is counted, and nothing of the network matters: clusters of so many nodes and
// spares, each in a region of its own.
inline std::shared_ptr<const Fleet> plain_fleet(std::uint32_t nodes, std::uint32_t spares = 0,
                                                std::uint32_t clusters = 1) {
  FleetPlan plan{};
  for (std::uint32_t c = 0; c < clusters; ++c) {
    plan.regions.push_back(fmt::format("r{}", c));
    plan.clusters.push_back({.name = fmt::format("c{}", c),
                             .region = {c},
                             .nodes = nodes,
                             .spares = spares,
                             .device_rate = 1,
                             .port_rate = 1,
                             .trunk_rate = 1,
                             .border_rate = 1,
                             .shape = {.topology = Topology::single_switch, .radix = 4096}});
  }
  return std::make_shared<const Fleet>(fleet_of_plan(std::move(plan)));
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
  return fleet_of_plan({.regions = {"r"}, .clusters = {cluster_of(rates)}, .wide_links = {}});
}

}  // namespace fleetsim::training
