#include "topology/graph_fabric.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <map>
#include <set>

#include "sim/stream.h"
#include "tests/topology/random_graph.h"
#include "topology/detour.h"

namespace fleetsim {
namespace {

Result<std::unique_ptr<Fabric>> made(std::uint32_t ends, Cables cables, std::uint32_t radix = 64) {
  for (std::size_t i = 0; i < cables.size(); ++i) cables[i].line = i + 2;  // below the header
  return make_fabric(
      {.topology = Topology::graph,
       .ends = ends,
       .radix = radix,
       .graph = std::make_shared<GraphPlan>(GraphPlan{"links.csv", std::move(cables)})});
}

std::unique_ptr<Fabric> build(std::uint32_t ends, const Cables& cables, std::uint32_t radix = 64) {
  Result<std::unique_ptr<Fabric>> fabric = made(ends, cables, radix);
  EXPECT_TRUE(fabric) << fabric.error().message;
  return *std::move(fabric);
}

// Hops between all vertices by the names of the cables alone (Floyd and Warshall).
class Hops {
 public:
  explicit Hops(const Cables& cables) {
    for (const GraphPlan::Cable& cable : cables) {
      const std::size_t a = number(cable.a), b = number(cable.b);
      hops_[{a, b}] = hops_[{b, a}] = 1;
    }
    const std::size_t n = numbers_.size();
    for (std::size_t k = 0; k < n; ++k)
      for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
          if (i != j && between(i, k) + between(k, j) < between(i, j))
            hops_[{i, j}] = between(i, k) + between(k, j);
  }
  std::size_t between(const std::string& a, const std::string& b) {
    return between(number(a), number(b));
  }

 private:
  std::size_t number(const std::string& name) {
    return numbers_.emplace(name, numbers_.size()).first->second;
  }
  std::size_t between(std::size_t a, std::size_t b) const {
    const auto found = hops_.find({a, b});
    return found == hops_.end() ? 1'000'000 : found->second;
  }
  std::map<std::string, std::size_t> numbers_;
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> hops_;
};

void expect_route(const Fabric& fabric, std::uint32_t from, std::uint32_t to, std::uint64_t choice,
                  std::size_t hops) {
  Path path, again;
  fabric.route(from, to, choice, path);
  fabric.route(from, to, choice, again);
  ASSERT_EQ(path, again);
  ASSERT_EQ(path.size(), hops);
  ASSERT_EQ(path.front(), fabric.into(from));
  ASSERT_EQ(path.back(), fabric.out_to(to));
  for (std::size_t i = 1; i < path.size(); ++i)
    ASSERT_EQ(fabric.ends_of(path[i - 1]).to, fabric.ends_of(path[i]).from);
}

TEST(GraphFabric, RoutesOfRandomGraphsAreShortestWalks) {
  Stream chance = Chance{.seed = 1}.stream("graphs");
  std::size_t routes = 0;
  for (int trial = 0; trial < 1200; ++trial) {
    SCOPED_TRACE(trial);
    const auto switches = 1 + static_cast<std::uint32_t>(chance.uniform() * 12);
    const auto ends = 1 + static_cast<std::uint32_t>(chance.uniform() * 10);
    const Cables cables = random_graph(chance, switches, ends);
    const auto fabric = build(ends, cables);
    Hops hops(cables);
    for (std::uint32_t from = 0; from < ends; ++from)
      for (std::uint32_t to = 0; to < ends; ++to)
        for (const std::uint64_t choice : {0ull, 1ull, 12345ull, 0xfedcba9876543210ull}) {
          if (from == to) continue;
          const std::size_t fewest = hops.between(end_name(from), end_name(to));
          expect_route(*fabric, from, to, choice, fewest);
          if (HasFatalFailure()) return;
          ++routes;
        }
  }
  EXPECT_GT(routes, 50'000u);
}

// Every link joins what its cable joins, as often as the plan says, both ways.
TEST(GraphFabric, LinksAreTheCablesOfThePlan) {
  Stream chance = Chance{.seed = 2}.stream("graphs");
  for (std::uint32_t trial = 0; trial < 300; ++trial) {
    const Cables cables = random_graph(chance, 1 + trial % 9, 7);
    const auto fabric = build(7, cables);
    std::map<std::pair<std::string, std::string>, std::int64_t> planned, found;
    std::uint64_t trunks = 0;
    for (const GraphPlan::Cable& cable : cables) {
      planned[{cable.a, cable.b}] = planned[{cable.b, cable.a}] = cable.count;
      const bool end = cable.a.starts_with("node/") || cable.b.starts_with("node/");
      if (!end) trunks += static_cast<std::uint64_t>(cable.count);
    }
    for (std::uint32_t l = 0; l < fabric->links(); ++l) {
      const Fabric::Ends at = fabric->ends_of({l});
      ++found[{fabric->vertex_name(at.from), fabric->vertex_name(at.to)}];
    }
    ASSERT_EQ(found, planned);
    ASSERT_EQ(fabric->parts().trunk_cables, trunks);
    ASSERT_EQ(fabric->parts().end_cables, 7u);
    for (std::uint32_t end = 0; end < 7; ++end) {
      ASSERT_EQ(fabric->ends_of(fabric->into(end)).from, end);
      ASSERT_EQ(fabric->ends_of(fabric->out_to(end)).to, end);
      ASSERT_EQ(fabric->vertex_name(end), end_name(end));
    }
  }
}

// The least cut over all ways to part ends into halves and switches into anything.
std::int64_t brute_cut(const Fabric& fabric) {
  std::int64_t least = INT64_MAX;
  const std::uint32_t ends_only = (1u << fabric.ends()) - 1;
  for (std::uint32_t side = 0; side < 1u << fabric.vertices(); ++side) {
    if (std::popcount(side & ends_only) != static_cast<int>(fabric.ends() / 2)) continue;
    std::int64_t cut = 0;
    for (std::uint32_t l = 0; l < fabric.links(); ++l) {
      const Fabric::Ends at = fabric.ends_of({l});
      cut += (side >> at.from & 1) > (side >> at.to & 1);
    }
    least = std::min(least, cut);
  }
  return least;
}

TEST(GraphFabric, BisectionIsTheLeastOfAll) {
  Stream chance = Chance{.seed = 3}.stream("graphs");
  std::set<double> seen;
  for (std::uint32_t trial = 0; trial < 200; ++trial) {
    const std::uint32_t ends = 2 + trial % 5;
    const auto fabric = build(ends, random_graph(chance, 1 + trial % 6, ends));
    ASSERT_EQ(fabric->parts().bisection, static_cast<double>(brute_cut(*fabric))) << trial;
    seen.insert(fabric->parts().bisection);
  }
  EXPECT_GE(seen.size(), 3u);
}

TEST(GraphFabric, BisectionOfManySwitchesIsNotKnown) {
  Cables line = {{"node/0", "s0"}, {"node/1", "s0"}};
  for (int s = 1; s < 24; ++s) line.push_back({fmt::format("s{}", s - 1), fmt::format("s{}", s)});
  EXPECT_EQ(build(2, line)->parts().bisection, 1);
  line.push_back({"s23", "s24"});
  EXPECT_TRUE(std::isnan(build(2, line)->parts().bisection));
}

// What is computed elsewhere, listed cable by cable, is the same fabric.
TEST(GraphFabric, ListedTreesEqualTheComputedOnes) {
  const FabricShape shapes[] = {
      {.topology = Topology::single_switch, .ends = 40},
      {.topology = Topology::leaf_spine, .ends = 128, .radix = 16},
      {.topology = Topology::leaf_spine, .ends = 64, .radix = 16, .oversubscription = 4},
      {.topology = Topology::fat_tree, .ends = 16, .radix = 4, .tiers = 3}};
  for (const FabricShape& shape : shapes) {
    const auto tree = *make_fabric(shape);
    const auto name = [&](std::uint32_t v) {
      return v < tree->ends() ? end_name(v) : tree->vertex_name(v);
    };
    Cables cables;
    for (std::uint32_t end = 0; end < tree->ends(); ++end)
      cables.push_back({name(end), name(tree->ends_of(tree->into(end)).to)});
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> trunks;
    for (std::uint32_t l = 2 * tree->ends(); l < tree->links(); ++l)
      if (const auto at = tree->ends_of({l}); at.from < at.to) ++trunks[{at.from, at.to}];
    for (const auto& [at, count] : trunks)
      cables.push_back({name(at.first), name(at.second), count});
    const auto listed = build(tree->ends(), cables, shape.radix);
    EXPECT_EQ(listed->links(), tree->links());
    EXPECT_EQ(listed->vertices(), tree->vertices());
    EXPECT_EQ(listed->parts().trunk_cables, tree->parts().trunk_cables);
    EXPECT_EQ(listed->parts().bisection, tree->parts().bisection) << topology_name(shape.topology);
    for (std::uint32_t to = 1; to < tree->ends(); ++to) {
      Path path;
      tree->route(0, to, 0, path);
      expect_route(*listed, 0, to, 3, path.size());
    }
  }
}

// Three cables one way and one the other: of uniform choices, three in four.
TEST(GraphFabric, ChoicesAreSharedByAllCables) {
  const auto fabric = build(2, {{"node/0", "s"},
                                {"node/1", "t"},
                                {"s", "left", 3},
                                {"s", "right"},
                                {"left", "t", 3},
                                {"right", "t"}});
  std::map<std::string, int> by;
  std::map<Path, int> paths;
  for (std::uint64_t choice = 0; choice < 1200; ++choice) {
    Path path;
    fabric->route(0, 1, choice, path);
    ++by[fabric->vertex_name(fabric->ends_of(path[1]).to)];
    ++paths[path];
  }
  EXPECT_EQ(by["left"], 900);
  EXPECT_EQ(by["right"], 300);
  EXPECT_EQ(paths.size(), 3u * 3 + 1);
  for (const auto& [path, count] : paths)
    EXPECT_EQ(count, path[1] == LinkId{4 + 2 * 3} ? 300 : 100);
}

TEST(GraphFabric, DetoursLeadRoundWhatIsDown) {
  const auto fabric =
      build(2, {{"node/0", "s"}, {"node/1", "t"}, {"s", "t"}, {"s", "u"}, {"u", "v"}, {"v", "t"}});
  Path way, round;
  fabric->route(0, 1, 0, way);
  ASSERT_EQ(way.size(), 3u);
  ASSERT_TRUE(detour(
      *fabric, 0, 1, [&](LinkId link) { return link == way[1]; }, round));
  EXPECT_EQ(round.size(), 5u);
}

TEST(GraphErrors, WhatIsNoFabricIsRefusedByNameAndRule) {
  const Cables star = {{"node/0", "s"}, {"node/1", "s"}};
  const auto with = [&](const GraphPlan::Cable& more) {
    Cables cables = star;
    cables.push_back(more);
    return cables;
  };
  const struct {
    std::uint32_t ends;
    Cables cables;
    const char* says;
  } refusals[] = {
      {2, with({"s", "s"}), "links.csv:4: a cable from \"s\" to itself"},
      {2, with({"t", "u"}), "links.csv: no way leads from \"s\" to \"t\""},
      {2, with({"s", "t", 0}), "links.csv:4: 0 cables; expected 1 to 4"},
      {2, with({"s", "t", -3}), "links.csv:4: -3 cables"},
      {2, with({"s", "t", 5}), "links.csv:4: 5 cables; expected 1 to 4"},
      {2, with({"s", "t", 3}), "links.csv:4: \"s\" has 5 cables; expected at most its radix, 4"},
      {2, with({"t", "node/1"}), "links.csv:4: node/1 has more cables than one"},
      {2, with({"node/1", "node/0"}), "a cable from node/1 to node/0; each of the ends node/0 to"},
      {2, with({"node/2", "s"}), "\"node/2\" is no end of the cluster; expected node/0 to node/1"},
      {2, with({"node/01", "s"}), "\"node/01\" is no end"},
      {2, with({"node/x", "s"}), "\"node/x\" is no end"},
      {3, star, "links.csv: node/2 has no cable; each of the ends node/0 to node/2"},
      {1, {{"node/0", "s", 2}}, "links.csv:2: node/0 has more cables than one"},
      {1,
       {{"node/0", "s"}, {"s", "t"}, {"t", "s"}},
       "links.csv:4: \"t\" and \"s\" are joined in line 3 already"},
  };
  for (const auto& r : refusals) {
    const auto fabric = made(r.ends, r.cables, 4);
    ASSERT_FALSE(fabric) << r.says;
    EXPECT_EQ(fabric.error().message.find(r.says), r.says[0] == 'l' ? 0 : 13)
        << fabric.error().message;
  }
}

TEST(GraphErrors, TooManySwitchesAreRefused) {
  Cables line = {{"node/0", "s0"}};
  for (int s = 1; s < 2000; ++s) line.push_back({fmt::format("s{}", s - 1), fmt::format("s{}", s)});
  line.push_back({"node/1", "s1999"});
  const auto fabric = build(2, line);
  expect_route(*fabric, 0, 1, 0, 2001);
  line.push_back({"s1999", "s2000"});
  const auto refused = made(2, line);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "links.csv:2003: more than 2000 switches");
}

// Cut across odd sides, and of trees whose last leaf is not full, against all halves of the nodes
// of the same graph, listed cable by cable.
TEST(GraphFabric, BisectionOfIrregularTreesIsThatOfTheGraph) {
  for (const auto& size : {std::pair{8u, 13u}, {8u, 9u}, {6u, 9u}, {8u, 22u}, {4u, 7u}}) {
    const std::uint32_t radix = size.first, ends = size.second;
    const FabricShape shape{.topology = Topology::leaf_spine, .ends = ends, .radix = radix};
    const Result<std::unique_ptr<Fabric>> tree = make_fabric(shape);
    ASSERT_TRUE(tree) << tree.error().message;
    Cables cables;
    for (std::uint32_t link = 0; link < (*tree)->links(); ++link) {
      const Fabric::Ends at = (*tree)->ends_of({link});
      const auto name = [&](std::uint32_t v) {
        return v < ends ? end_name(v) : (*tree)->vertex_name(v);
      };
      if (at.from < at.to) cables.push_back({name(at.from), name(at.to)});
    }
    EXPECT_EQ((*tree)->parts().bisection, build(ends, cables)->parts().bisection)
        << radix << " ports, " << ends << " ends";
  }
}

TEST(Torus, BisectionAcrossOddSides) {
  const std::pair<std::vector<std::uint32_t>, double> known[] = {
      {{3, 3}, 8}, {{5, 3}, 8}, {{8, 8, 9}, 144}, {{4, 4}, 8}, {{3, 3, 4}, 18}};
  for (const auto& [sides, cut] : known) {
    std::uint32_t ends = 1;
    for (const std::uint32_t side : sides) ends *= side;
    const auto torus =
        make_fabric({.topology = sides.size() == 2 ? Topology::torus_2d : Topology::torus_3d,
                     .ends = ends,
                     .sides = sides});
    ASSERT_TRUE(torus);
    EXPECT_EQ((*torus)->parts().bisection, cut) << ends;
  }
}

}  // namespace
}  // namespace fleetsim
