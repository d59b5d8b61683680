#include <deque>

#include "analytic/exact/distance.h"
#include "analytic/exact/network.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

// A graph by its links; distances by breadth-first search.
class Graph {
 public:
  explicit Graph(std::size_t nodes) : next_(nodes) {}
  void link(std::size_t a, std::size_t b) {
    next_[a].push_back(b);
    next_[b].push_back(a);
  }
  std::vector<int> distances(std::size_t from) const {
    std::vector<int> d(next_.size(), -1);
    d[from] = 0;
    std::deque<std::size_t> todo = {from};
    for (; !todo.empty(); todo.pop_front())
      for (const std::size_t to : next_[todo.front()])
        if (d[to] < 0) d[to] = d[todo.front()] + 1, todo.push_back(to);
    return d;
  }
  template <class Side>
  double across(Side side) const {
    double links = 0;
    for (std::size_t a = 0; a < next_.size(); ++a)
      for (const std::size_t b : next_[a]) links += side(a) != side(b) ? 0.5 : 0;
    return links;
  }

 private:
  std::vector<std::vector<std::size_t>> next_;
};

// The mean and the maximum over pairs of distinct ends 0..ends-1.
void expect_hops(const Graph& graph, std::size_t ends, const NetworkShape& shape) {
  double sum = 0;
  int most = 0;
  for (std::size_t a = 0; a < ends; ++a) {
    const auto d = graph.distances(a);
    for (std::size_t b = 0; b < ends; ++b) {
      sum += d[b];
      most = std::max(most, d[b]);
    }
  }
  const auto n = static_cast<double>(ends);
  EXPECT_EQ(shape.ends, n);
  EXPECT_EQ(shape.diameter, most);
  expect_relative(shape.mean_hops, sum / (n * (n - 1)), 1e-13);
}

TEST(NetworkShape, RingByCounting) {
  Graph graph(10);
  for (std::size_t i = 0; i < 10; ++i) graph.link(i, (i + 1) % 10);
  const NetworkShape shape = good(ring_shape(10));
  expect_hops(graph, 10, shape);
  EXPECT_EQ(shape.bisection, graph.across([](std::size_t i) { return i < 5; }));
  expect_error(ring_shape(7), "even");
}

TEST(NetworkShape, SingleSwitchByCounting) {
  Graph graph(9);
  for (std::size_t i = 0; i < 8; ++i) graph.link(i, 8);
  const NetworkShape shape = good(single_switch_shape(8));
  expect_hops(graph, 8, shape);
  EXPECT_EQ(shape.bisection, graph.across([](std::size_t i) { return i < 4; }));
  expect_error(single_switch_shape(7), "even");
}

TEST(NetworkShape, FullMeshByCounting) {
  Graph graph(10);
  for (std::size_t i = 0; i < 10; ++i)
    for (std::size_t j = 0; j < i; ++j) graph.link(i, j);
  const NetworkShape shape = good(full_mesh_shape(10));
  expect_hops(graph, 10, shape);
  EXPECT_EQ(shape.bisection, graph.across([](std::size_t i) { return i < 5; }));
  expect_error(full_mesh_shape(0), "even");
}

// Six leaves of four ends on two spines: two uplinks a leaf, oversubscribed by 2.
TEST(NetworkShape, LeafSpineByCounting) {
  const std::size_t leaves = 6, m = 4, ends = leaves * m;
  Graph graph(ends + leaves + 2);
  for (std::size_t i = 0; i < ends; ++i) graph.link(i, ends + i / m);
  for (std::size_t leaf = 0; leaf < leaves; ++leaf)
    for (std::size_t spine = 0; spine < 2; ++spine) graph.link(ends + leaf, ends + leaves + spine);
  const NetworkShape shape = good(leaf_spine_shape(6, 4, 2));
  expect_hops(graph, ends, shape);
  EXPECT_EQ(shape.bisection, graph.across([&](std::size_t i) {
    return i < ends ? i < ends / 2 : i < ends + leaves / 2 || i == ends + leaves;
  }));
  expect_error(leaf_spine_shape(5, 4, 1), "even");
  expect_error(leaf_spine_shape(6, 4, 0.5), "oversubscription");
}

TEST(NetworkShape, TorusByCounting) {
  const std::size_t a = 6, b = 4, c = 3;
  Graph graph(a * b * c);
  const auto at = [&](std::size_t x, std::size_t y, std::size_t z) {
    return (x % a) + a * ((y % b) + b * (z % c));
  };
  for (std::size_t x = 0; x < a; ++x)
    for (std::size_t y = 0; y < b; ++y)
      for (std::size_t z = 0; z < c; ++z) {
        graph.link(at(x, y, z), at(x + 1, y, z));
        graph.link(at(x, y, z), at(x, y + 1, z));
        graph.link(at(x, y, z), at(x, y, z + 1));
      }
  const NetworkShape shape = good(torus_shape({6, 4, 3}));
  expect_hops(graph, a * b * c, shape);
  EXPECT_EQ(shape.bisection, graph.across([&](std::size_t i) { return i % a < a / 2; }));
  EXPECT_EQ(good(torus_shape({16, 16, 16})).bisection, 512);
  expect_error(torus_shape({5, 5, 5}), "even");
  expect_error(torus_shape({4, 2, 1}), "coincide");
}

TEST(NetworkShape, FatTreeByCounting) {
  const std::size_t k = 4, hosts = 16, half = 2;
  Graph graph(hosts + 8 + 8 + 4);  // hosts, edge, aggregation, core
  for (std::size_t h = 0; h < hosts; ++h) graph.link(h, hosts + h / half);
  for (std::size_t pod = 0; pod < k; ++pod)
    for (std::size_t i = 0; i < half; ++i)
      for (std::size_t j = 0; j < half; ++j) {
        graph.link(hosts + pod * half + i, hosts + 8 + pod * half + j);
        graph.link(hosts + 8 + pod * half + i, hosts + 16 + i * half + j);
      }
  const NetworkShape shape = good(fat_tree_shape(4, 1));
  expect_hops(graph, hosts, shape);
  EXPECT_EQ(shape.bisection, 8);
  EXPECT_EQ(good(fat_tree_shape(64, 2)).ends, 65'536);
  EXPECT_EQ(good(fat_tree_shape(64, 2)).bisection, 65'536.0 / 4);
  expect_error(fat_tree_shape(5, 1), "even");
  expect_error(fat_tree_shape(8, 0.5), "oversubscription");
}

TEST(NetworkShape, DragonflyByMinimalRoutes) {
  const std::size_t a = 4, h = 2, g = a * h + 1;
  // Router j of group i owns the global links to groups i + 1 + j h ... i + h + j h.
  const auto owner = [&](std::size_t from, std::size_t to) {
    return ((to + g - from) % g - 1) / h;
  };
  double sum = 0, links = 0;
  for (std::size_t from = 0; from < g; ++from)
    for (std::size_t to = 0; to < g; ++to) {
      if (from != to && from < g / 2 && to >= g / 2) ++links;
      for (std::size_t i = 0; i < a; ++i)
        for (std::size_t j = 0; j < a; ++j) {
          if (from == to) sum += i != j ? 1 : 0;
          if (from != to)
            sum += 1 + (i != owner(from, to) ? 1 : 0) + (j != owner(to, from) ? 1 : 0);
        }
    }
  const NetworkShape shape = good(dragonfly_shape(4, 2));
  EXPECT_EQ(shape.ends, 36);
  expect_relative(shape.mean_hops, sum / (36.0 * 35), 1e-13);
  EXPECT_EQ(shape.bisection, links);
  expect_error(dragonfly_shape(3, 1), "even");
}

TEST(NetworkShape, RailsByCounting) {
  const std::size_t n = 6, r = 3;
  Graph graph(n * r + r);  // one switch a rail
  for (std::size_t node = 0; node < n; ++node)
    for (std::size_t rail = 0; rail < r; ++rail) {
      graph.link(node * r + rail, n * r + rail);
      for (std::size_t other = 0; other < rail; ++other)
        graph.link(node * r + rail, node * r + other);
    }
  const NetworkShape shape = good(rail_shape(6, 3, 1));
  expect_hops(graph, n * r, shape);
  EXPECT_EQ(shape.bisection, 9);
}

// The book's lab V2-17, part 1: N* at b = 50 GB/s, and the fat tree that never saturates for g <=
// 2b.
TEST(Saturation, PublishedTable) {
  const double demand[] = {6.25e9, 12.5e9, 25e9, 50e9};
  const double flat[] = {4096, 1024, 256, 64};
  const double cube[] = {262'144, 32'768, 4096, 512};
  for (std::size_t i = 0; i < 4; ++i) {
    expect_relative(good(torus_saturation(2, demand[i], 50e9)), flat[i], 1e-13);
    expect_relative(good(torus_saturation(3, demand[i], 50e9)), cube[i], 1e-13);
  }
  EXPECT_EQ(good(fat_tree_saturation(50e9, 1)), 100e9);
  // At the saturation the all-to-all of a second's demand takes a second.
  const NetworkShape torus = good(torus_shape({16, 16, 16}));
  expect_relative(good(bisection_alltoall_time(torus, 25e9, 50e9)), 1, 1e-13);
  expect_error(torus_saturation(4, 1, 1), "dimensions");
}

TEST(Distance, GreatCirclesOfKnownLength) {
  const double quarter = std::acos(-1.0) / 2 * 6'371'008.8;
  expect_relative(good(great_circle({0, 0}, {0, 90})), quarter, 1e-14);
  expect_relative(good(great_circle({90, 0}, {-90, 77})), 2 * quarter, 1e-14);
  expect_relative(good(great_circle({10, 359}, {10, 1})), good(great_circle({10, -1}, {10, 1})),
                  1e-12);
  // Against the law of cosines: Paris to New York, about 5,837 km.
  const double d = std::acos(-1.0) / 180;
  const double cosine = std::sin(48.8566 * d) * std::sin(40.7128 * d) +
                        std::cos(48.8566 * d) * std::cos(40.7128 * d) * std::cos(76.3582 * d);
  expect_relative(good(great_circle({48.8566, 2.3522}, {40.7128, -74.006})),
                  6'371'008.8 * std::acos(cosine), 1e-12);
  expect_error(great_circle({91, 0}, {0, 0}), "latitude");
}

// The book's labs: 1 ms of round trip per 100 km at 200,000 km/s; acceptance point 6: 60 and 80 ms,
// which glass of index 1.468 undercuts by 2.1%.
TEST(Distance, LightBoundsTheRoundTrip) {
  expect_relative(good(light_round_trip(6e6, 1)), 0.060 * 1.468 / 1.49896229, 1e-9);
  EXPECT_LT(good(light_round_trip(8e6, 1)), 0.080);
  EXPECT_NEAR(good(light_round_trip(8e6, 1)), 0.080, 0.080 * 0.021);
  expect_error(light_round_trip(1, 0.5), "stretch");
}

// The book's lab V2-17, part 1: 405B (810 GB), three regions, 10 Tb/s, 8,000 km: 1.024 s, and with
// a step of 0.874 s efficiencies of 46, 77, 93 and 98% at H = 1, 4, 16, 64.
TEST(LocalUpdates, PublishedEfficiencies) {
  const double exchange = good(wide_area_exchange({3, 810e9, 1.25e12, 0.04}));
  EXPECT_NEAR(exchange, 1.024, 5e-4);
  const std::int64_t steps[] = {1, 4, 16, 64};
  const double percent[] = {46, 77, 93, 98};
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_NEAR(100 * good(local_update_efficiency({steps[i], 0.874, exchange, 0})), percent[i],
                0.51);
  EXPECT_EQ(good(local_update_efficiency({4, 1, 3, 1})), 1);          // wholly hidden
  EXPECT_EQ(good(local_update_efficiency({1, 1, 3, 1})), 1.0 / 3.0);  // hides no more than a step
  EXPECT_EQ(good(wide_area_exchange({1, 1e9, 1, 1})), 0);
  expect_error(local_update_efficiency({0, 1, 1, 0}), "inner_steps");
}

}  // namespace
}  // namespace fleetsim::analytic
