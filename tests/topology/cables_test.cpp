#include "topology/cables.h"

#include <gtest/gtest.h>

#include <set>

namespace fleetsim {
namespace {

Fleet fleet_of(Topology topology, std::uint32_t nodes) {
  FleetPlan plan{.regions = {"r", "s"}, .clusters = {}, .wide_links = {}};
  plan.clusters.push_back({.name = "c",
                           .region = {0},
                           .nodes = nodes,
                           .device_rate = 1e9,
                           .port_rate = 1e9,
                           .trunk_rate = 1e9,
                           .border_rate = 1e9,
                           .shape = {.topology = topology, .radix = 8}});
  plan.wide_links.push_back({.a = {0}, .b = {1}, .rate = 1e9});
  Result<Fleet> fleet = Fleet::make(std::move(plan));
  EXPECT_TRUE(fleet) << fleet.error().message;
  return *std::move(fleet);
}

// Each cable is two links that lead back to each other, each link is in one cable, and there are as
// many as the fabric says it is made of.
TEST(Cables, TrunksAreThoseThatTheFabricCounts) {
  for (const Topology topology :
       {Topology::leaf_spine, Topology::fat_tree, Topology::torus_2d, Topology::torus_3d,
        Topology::dragonfly, Topology::ring, Topology::full_mesh}) {
    const Fleet fleet = fleet_of(topology, 24);
    const Fabric& fabric = fleet.fabric({0});
    const std::vector<LinkGroup> cables = trunk_cables(fleet);
    EXPECT_EQ(cables.size(), fabric.parts().trunk_cables) << topology_name(topology);
    std::set<std::uint32_t> seen;
    for (const LinkGroup& cable : cables) {
      ASSERT_EQ(cable.size(), 2u);
      const auto there = fabric.ends_of(cable[0]), back = fabric.ends_of(cable[1]);
      EXPECT_TRUE(there.from == back.to && there.to == back.from);
      EXPECT_TRUE(seen.insert(cable[0].index).second && seen.insert(cable[1].index).second);
    }
  }
}

TEST(Cables, SwitchesHaveAllTheirLinks) {
  const Fleet fleet = fleet_of(Topology::leaf_spine, 24);
  const std::vector<LinkGroup> all = switches(fleet);
  EXPECT_EQ(all.size(), 6 + 4u);  // leaves of 4 ends, and as many spines as a leaf has uplinks
  std::size_t links = 0;
  for (const LinkGroup& one : all) links += one.size();
  const FabricParts parts = fleet.fabric({0}).parts();
  EXPECT_EQ(links, 2 * (2 * parts.trunk_cables) + 2 * parts.end_cables);
  EXPECT_EQ(*find_links(fleet, "c/leaf/0"), all[0]);
}

TEST(Cables, AreFoundByName) {
  const Fleet fleet = fleet_of(Topology::leaf_spine, 24);
  const auto cable = find_links(fleet, "c/leaf/1 > spine/0");
  ASSERT_TRUE(cable) << cable.error().message;
  EXPECT_EQ(cable->size(), 2u);
  EXPECT_EQ(*find_links(fleet, "c/spine/0 > c/leaf/1"), *cable);
  const auto wide = find_links(fleet, "s > r");
  ASSERT_TRUE(wide);
  EXPECT_EQ(fleet.link_name((*wide)[0]), "r > s");
  const auto typo = find_links(fleet, "c/laef/0");
  ASSERT_FALSE(typo);
  EXPECT_NE(typo.error().message.find("c/leaf/0"), std::string::npos) << typo.error().message;
  EXPECT_FALSE(find_links(fleet, "c/leaf/0 > leaf/1"));
}

}  // namespace
}  // namespace fleetsim
