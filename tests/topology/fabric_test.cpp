#include "topology/fabric.h"

#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <map>
#include <set>

#include "analytic/exact/network.h"
#include "sim/stream.h"

namespace fleetsim {
namespace {

struct Case {
  const char* name;
  FabricShape shape;
  bool shortest = true;  // every route has the fewest hops
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}

std::unique_ptr<Fabric> build(const FabricShape& shape) {
  Result<std::unique_ptr<Fabric>> fabric = make_fabric(shape);
  EXPECT_TRUE(fabric) << fabric.error().message;
  return *std::move(fabric);
}

// Hops from a vertex to all others, by breadth first over the links themselves.
std::vector<std::uint32_t> distances(const Fabric& fabric, std::uint32_t from) {
  std::vector<std::vector<std::uint32_t>> next(fabric.vertices());
  for (std::uint32_t l = 0; l < fabric.links(); ++l)
    next[fabric.ends_of({l}).from].push_back(fabric.ends_of({l}).to);
  std::vector<std::uint32_t> hops(fabric.vertices(), UINT32_MAX);
  std::deque<std::uint32_t> open = {from};
  hops[from] = 0;
  for (; !open.empty(); open.pop_front())
    for (const std::uint32_t v : next[open.front()]) {
      if (hops[v] != UINT32_MAX) continue;
      hops[v] = hops[open.front()] + 1;
      open.push_back(v);
    }
  return hops;
}

class Fabrics : public testing::TestWithParam<Case> {};

TEST_P(Fabrics, CablesAreLinksBothWaysAndAreCounted) {
  const std::unique_ptr<Fabric> fabric = build(GetParam().shape);
  std::map<std::pair<std::uint32_t, std::uint32_t>, int> seen;
  for (std::uint32_t l = 0; l < fabric->links(); ++l) {
    const Fabric::Ends ends = fabric->ends_of({l});
    ASSERT_LT(ends.from, fabric->vertices());
    ASSERT_LT(ends.to, fabric->vertices());
    ASSERT_NE(ends.from, ends.to);
    ++seen[{ends.from, ends.to}];
  }
  for (const auto& [ends, count] : seen) EXPECT_EQ(count, (seen[{ends.second, ends.first}]));
  const FabricParts parts = fabric->parts();
  EXPECT_EQ(2 * fabric->ends() + 2 * parts.trunk_cables, fabric->links());
  for (std::uint32_t end = 0; end < fabric->ends(); ++end) {
    EXPECT_EQ(fabric->ends_of(fabric->into(end)).from, end);
    EXPECT_EQ(fabric->ends_of(fabric->out_to(end)).to, end);
  }
}

TEST_P(Fabrics, VerticesHaveNamesOfTheirOwn) {
  const std::unique_ptr<Fabric> fabric = build(GetParam().shape);
  std::set<std::string> names;
  for (std::uint32_t v = 0; v < fabric->vertices(); ++v) names.insert(fabric->vertex_name(v));
  EXPECT_EQ(names.size(), fabric->vertices());
}

TEST_P(Fabrics, RoutesLeadThereAndAreShort) {
  const std::unique_ptr<Fabric> fabric = build(GetParam().shape);
  const std::uint32_t rails =
      GetParam().shape.topology == Topology::rail_optimised ? GetParam().shape.rails : 1;
  Stream stream = Chance{.seed = 1}.stream("routes");
  for (int trial = 0; trial < 20; ++trial) {
    const auto from = static_cast<std::uint32_t>(stream.uniform() * fabric->ends());
    const std::vector<std::uint32_t> hops = distances(*fabric, from);
    for (std::uint32_t to = from % rails; to < fabric->ends(); to += rails) {
      if (to == from) continue;
      for (std::uint64_t choice = 0; choice < 5; ++choice) {
        Path path, again;
        fabric->route(from, to, choice * 7919, path);
        fabric->route(from, to, choice * 7919, again);
        ASSERT_EQ(path, again);
        ASSERT_EQ(path.front(), fabric->into(from));
        ASSERT_EQ(path.back(), fabric->out_to(to));
        for (std::size_t i = 1; i < path.size(); ++i)
          ASSERT_EQ(fabric->ends_of(path[i - 1]).to, fabric->ends_of(path[i]).from);
        ASSERT_EQ(std::set<LinkId>(path.begin(), path.end()).size(), path.size());
        if (GetParam().shortest)
          ASSERT_EQ(path.size(), hops[to]);
        else
          ASSERT_LE(path.size(), 5u);
      }
    }
  }
}

const Case cases[] = {
    {"single_switch", {.topology = Topology::single_switch, .ends = 60}},
    {"leaf_spine", {.topology = Topology::leaf_spine, .ends = 100, .radix = 16}},
    {"leaf_spine_2_to_1",
     {.topology = Topology::leaf_spine, .ends = 128, .radix = 16, .oversubscription = 2}},
    {"fat_tree_full", {.topology = Topology::fat_tree, .ends = 128, .radix = 8}},
    {"fat_tree_partial", {.topology = Topology::fat_tree, .ends = 75, .radix = 8}},
    {"fat_tree_four",
     {.topology = Topology::fat_tree, .ends = 100, .radix = 6, .oversubscription = 3}},
    {"rails", {.topology = Topology::rail_optimised, .ends = 320, .radix = 16, .rails = 4}},
    {"rails_single", {.topology = Topology::rail_optimised, .ends = 64, .radix = 16, .rails = 8}},
    {"torus_2d", {.topology = Topology::torus_2d, .ends = 30}},
    {"torus_3d", {.topology = Topology::torus_3d, .ends = 96, .sides = {4, 4, 6}}},
    {"torus_any_order",
     {.topology = Topology::torus_3d, .ends = 64, .routing = RoutingPolicy::ecmp}},
    {"torus_first",
     {.topology = Topology::torus_3d, .ends = 64, .routing = RoutingPolicy::shortest}},
    {"torus_flat", {.topology = Topology::torus_3d, .ends = 26}},
    {"ring", {.topology = Topology::ring, .ends = 9}},
    {"full_mesh", {.topology = Topology::full_mesh, .ends = 12}},
    {"dragonfly_full", {.topology = Topology::dragonfly, .ends = 72, .radix = 7}, false},
    {"dragonfly_part", {.topology = Topology::dragonfly, .ends = 100, .radix = 11}, false},
    {"dragonfly_group", {.topology = Topology::dragonfly, .ends = 7, .radix = 7}, false},
};
INSTANTIATE_TEST_SUITE_P(Table, Fabrics, testing::ValuesIn(cases),
                         [](const auto& c) { return std::string(c.param.name); });

// Mean and largest number of hops and the bisection, counted, against the closed forms; `ends` of
// these forward, so the hops are those between routers: two less than the links of a route.
struct Counted {
  double mean = 0, most = 0;
};

Counted count_hops(const Fabric& fabric, double less) {
  Counted out;
  double pairs = 0;
  for (std::uint32_t from = 0; from < fabric.ends(); ++from)
    for (std::uint32_t to = 0; to < fabric.ends(); ++to) {
      if (from == to) continue;
      Path path;
      fabric.route(from, to, 0, path);
      const double hops = static_cast<double>(path.size()) - less;
      out.mean += hops;
      out.most = std::max(out.most, hops);
      ++pairs;
    }
  out.mean /= pairs;
  return out;
}

void expect_shape(const Fabric& fabric, double less, const Result<analytic::NetworkShape>& shape) {
  ASSERT_TRUE(shape) << shape.error().message;
  const Counted counted = count_hops(fabric, less);
  EXPECT_NEAR(counted.mean, shape->mean_hops, 1e-12 * shape->mean_hops);
  EXPECT_EQ(counted.most, shape->diameter);
  EXPECT_DOUBLE_EQ(fabric.parts().bisection, shape->bisection);
}

TEST(FabricForms, ShapesMatchTheClosedForms) {
  expect_shape(*build({.topology = Topology::ring, .ends = 12}), 2, analytic::ring_shape(12));
  expect_shape(*build({.topology = Topology::torus_2d, .ends = 48, .sides = {8, 6}}), 2,
               analytic::torus_shape({8, 6, 1}));
  expect_shape(*build({.topology = Topology::torus_3d, .ends = 96, .sides = {4, 4, 6}}), 2,
               analytic::torus_shape({4, 4, 6}));
  expect_shape(*build({.topology = Topology::fat_tree, .ends = 128, .radix = 8}), 0,
               analytic::fat_tree_shape(8, 1));
  expect_shape(
      *build({.topology = Topology::fat_tree, .ends = 128, .radix = 8, .oversubscription = 4}), 0,
      analytic::fat_tree_shape(8, 4));
  expect_shape(*build({.topology = Topology::single_switch, .ends = 40}), 0,
               analytic::single_switch_shape(40));
  expect_shape(*build({.topology = Topology::full_mesh, .ends = 14}), 2,
               analytic::full_mesh_shape(14));
  expect_shape(*build({.topology = Topology::leaf_spine, .ends = 128, .radix = 16}), 0,
               analytic::leaf_spine_shape(16, 8, 1));
  expect_shape(
      *build({.topology = Topology::leaf_spine, .ends = 48, .radix = 16, .oversubscription = 4}), 0,
      analytic::leaf_spine_shape(6, 8, 4));
}

// A policy is what the shape says, or what suits the topology.
TEST(FabricRouting, PoliciesOrderTheDimensionsOfATorus) {
  const auto first_hops = [](std::optional<RoutingPolicy> policy) {
    const auto fabric =
        build({.topology = Topology::torus_3d, .ends = 125, .sides = {5, 5, 5}, .routing = policy});
    std::set<LinkId> seen;
    for (std::uint64_t choice = 0; choice < 60; ++choice) {
      Path path;
      fabric->route(0, 1 + 5 + 25, choice, path);
      seen.insert(path[1]);
    }
    return seen.size();
  };
  EXPECT_EQ(first_hops(std::nullopt), 1u);
  EXPECT_EQ(first_hops(RoutingPolicy::dimension_order), 1u);
  EXPECT_EQ(first_hops(RoutingPolicy::shortest), 1u);
  EXPECT_EQ(first_hops(RoutingPolicy::ecmp), 3u);
  EXPECT_EQ(first_hops(RoutingPolicy::adaptive), 3u);
  EXPECT_EQ(routing_of({.topology = Topology::ring}), RoutingPolicy::dimension_order);
  EXPECT_EQ(routing_of({.topology = Topology::dragonfly}), RoutingPolicy::ecmp);
}

// 5 k^2/4 switches join k^3/4 ends at full bisection (reference: 64 ports, 65,536 ends).
TEST(FabricForms, FatTreeOf64PortsJoins65536Ends) {
  const auto fabric = build({.topology = Topology::fat_tree, .ends = 65'536, .radix = 64});
  EXPECT_EQ(fabric->parts().switches, 5u * 64 * 64 / 4);
  EXPECT_EQ(fabric->parts().trunk_cables, 2u * 65'536);
  EXPECT_EQ(build({.topology = Topology::fat_tree, .ends = 100'000, .radix = 64})
                ->vertex_name(100'000 + 3125 + 5),
            "pod/0/aggregation/5");
}

struct Refusal {
  const char* name;
  FabricShape shape;
  const char* says;
};

TEST(FabricErrors, ShapesThatDoNotFitAreNamed) {
  const Refusal refusals[] = {
      {"none", {.ends = 0}, "at least one"},
      {"switch", {.topology = Topology::single_switch, .ends = 65}, "join 64 ends (got 65)"},
      {"leaf", {.topology = Topology::leaf_spine, .ends = 2049}, "join 2048 ends (got 2049)"},
      {"tiers", {.topology = Topology::fat_tree, .ends = 4, .tiers = 5}, "1 to 4 (got 5)"},
      {"odd", {.topology = Topology::fat_tree, .ends = 4, .radix = 7}, "even number of ports"},
      {"over", {.topology = Topology::fat_tree, .ends = 4, .oversubscription = 3}, "whole number"},
      {"under", {.topology = Topology::fat_tree, .ends = 4, .oversubscription = 0.5}, "at least 1"},
      {"nan",
       {.topology = Topology::fat_tree, .ends = 4, .oversubscription = std::nan("")},
       "at least 1"},
      {"rails", {.topology = Topology::rail_optimised, .ends = 10, .rails = 4}, "not 4 rails"},
      {"sides", {.topology = Topology::torus_2d, .ends = 12, .sides = {3, 5}}, "(got 3 x 5)"},
      {"mesh", {.topology = Topology::full_mesh, .ends = 70'000}, "fewer than 65536"},
      {"dragonfly", {.topology = Topology::dragonfly, .ends = 73, .radix = 7}, "joins 72 ends"},
      {"order",
       {.topology = Topology::fat_tree, .ends = 4, .routing = RoutingPolicy::dimension_order},
       "for TORUS_2D, TORUS_3D and RING (got FAT_TREE)"},
      {"choices", {.topology = Topology::ring, .ends = 4, .adaptive_choices = 0}, "at least one"},
      {"graph", {.topology = Topology::graph, .ends = 4}, "the cables"},
  };
  for (const Refusal& r : refusals) {
    const auto fabric = make_fabric(r.shape);
    ASSERT_FALSE(fabric) << r.name;
    EXPECT_NE(fabric.error().message.find(r.says), std::string::npos) << fabric.error().message;
  }
}

}  // namespace
}  // namespace fleetsim
