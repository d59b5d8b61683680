#include "topology/bill.h"

#include <gtest/gtest.h>

namespace fleetsim {
namespace {

ClusterPlan cluster(const FabricShape& shape, std::uint32_t nodes, std::uint32_t ports = 1) {
  return {
      .name = "c",
      .region = {0},
      .nodes = nodes,
      .ports = ports,
      .device_rate = 1e9,
      .port_rate = 1e9,
      .trunk_rate = 1e9,
      .border_rate = 1e9,
      .shape = shape,
      .figures = {.switch_price = 1000, .cable_price = 7, .switch_power = 300, .cable_power = 2}};
}

Bill bill(const std::vector<ClusterPlan>& clusters) {
  const Result<Fleet> fleet = Fleet::make(
      {.regions = {"r", "q"}, .clusters = clusters, .wide_links = {{{0}, {1}, 1e9, 1_ms}}});
  EXPECT_TRUE(fleet) << fleet.error().message;
  return bill_of(*fleet);
}

void expect(const Bill& bill, std::uint64_t switches, std::uint64_t ends, std::uint64_t trunks) {
  EXPECT_EQ(bill.switches, switches);
  EXPECT_EQ(bill.end_cables, ends);
  EXPECT_EQ(bill.trunk_cables, trunks);
  EXPECT_EQ(bill.transceivers, 2 * (ends + trunks));
  const auto s = static_cast<double>(switches), c = static_cast<double>(ends + trunks);
  ASSERT_TRUE(bill.price && bill.power);
  EXPECT_EQ(*bill.price, 1000 * s + 7 * c);
  EXPECT_EQ(*bill.power, 300 * s + 2 * c);
}

// k^3/4 hosts, 5 k^2/4 switches, k^3/4 cables to hosts and k^3/2 between switches (Al-Fares et
// al.).
TEST(Bill, FullFatTreesByTheirForms) {
  for (const std::uint32_t k : {4u, 8u, 16u, 24u}) {
    const std::uint32_t hosts = k * k * k / 4;
    expect(bill({cluster({.topology = Topology::fat_tree, .radix = k, .tiers = 3}, hosts)}),
           5 * k * k / 4, hosts, 2 * hosts);
  }
}

TEST(Bill, OtherFabricsByHand) {
  // 8 leaves of 8 ends, 8 uplinks each, onto 4 spines of 16 ports.
  expect(bill({cluster({.topology = Topology::leaf_spine, .radix = 16}, 64)}), 12, 64, 64);
  // Oversubscribed by 4: 2 uplinks each onto one spine.
  expect(
      bill({cluster({.topology = Topology::leaf_spine, .radix = 16, .oversubscription = 4}, 64)}),
      9, 64, 16);
  expect(bill({cluster({.topology = Topology::single_switch}, 40)}), 1, 40, 0);
  // Four rails of 32 nodes: 4 leaves, 32 uplinks and 2 spines each.
  expect(bill({cluster({.topology = Topology::rail_optimised, .radix = 16}, 32, 4)}), 24, 128, 128);
  // Each of 60 nodes has three neighbours ahead.
  expect(bill({cluster({.topology = Topology::torus_3d, .sides = {5, 4, 3}}, 60, 2)}), 0, 0, 180);
  expect(bill({cluster({.topology = Topology::full_mesh}, 12)}), 0, 0, 66);
  // Nine groups of four routers of two ends: 9 x 6 cables inside and 36 between.
  expect(bill({cluster({.topology = Topology::dragonfly, .radix = 7}, 72)}), 36, 72, 90);
}

TEST(Bill, ClustersAddUpAndWideLinksAreCounted) {
  ClusterPlan mesh = cluster({.topology = Topology::full_mesh}, 4);
  const Bill both = bill({cluster({.topology = Topology::single_switch}, 40), mesh});
  expect(both, 1, 40, 6);
  EXPECT_EQ(both.wide_links, 1u);
}

TEST(Bill, WhatIsNotKnownIsNamed) {
  ClusterPlan plan = cluster({.topology = Topology::single_switch}, 4);
  plan.figures.switch_power.reset();
  Bill part = bill({plan});
  EXPECT_EQ(*part.price, 1028);
  ASSERT_FALSE(part.power);
  EXPECT_EQ(part.power.error().message, "cluster c: its fabric has no known switch_power");
  plan.shape.topology = Topology::ring;  // needs none
  part = bill({plan});
  EXPECT_EQ(*part.power, 8);
  plan.figures.cable_price.reset();
  EXPECT_FALSE(bill({plan, cluster({.topology = Topology::ring}, 4)}).price);
}

// 300 W a switch and 2 W a cable; what is not known draws nothing, and is told.
TEST(Bill, AFabricDrawsWhatIsKnownOfItsParts) {
  const auto draws = [](const ClusterPlan& plan) {
    const Result<Fleet> fleet =
        Fleet::make({.regions = {"r"}, .clusters = {plan}, .wide_links = {}});
    EXPECT_TRUE(fleet) << fleet.error().message;
    return fabric_power(*fleet, {0});
  };
  ClusterPlan plan = cluster({.topology = Topology::single_switch}, 40);
  EXPECT_EQ(draws(plan).watts, 300 + 40 * 2);
  EXPECT_TRUE(draws(plan).switches_known && draws(plan).cables_known);
  plan.figures.switch_power.reset();
  EXPECT_EQ(draws(plan).watts, 40 * 2);
  EXPECT_FALSE(draws(plan).switches_known);
  plan.figures.cable_power.reset();
  EXPECT_EQ(draws(plan).watts, 0);
  EXPECT_FALSE(draws(plan).cables_known);
  plan.shape.topology = Topology::ring;
  EXPECT_TRUE(draws(plan).switches_known);  // there are none
}

}  // namespace
}  // namespace fleetsim
