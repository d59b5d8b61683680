#include "topology/network.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "sim/stream.h"
#include "tests/topology/random_graph.h"
#include "topology/fluid_network.h"

namespace fleetsim {
namespace {

ClusterPlan cluster(Topology topology, std::uint32_t nodes, std::uint32_t radix = 64) {
  return {.name = "c",
          .region = {0},
          .nodes = nodes,
          .device_rate = 450e9,
          .port_rate = 50e9,
          .trunk_rate = 50e9,
          .border_rate = 1e12,
          .node_latency = 1_us,
          .fabric_latency = 5_us,
          .hop_latency = 100_ns,
          .shape = {.topology = topology, .radix = radix}};
}

Fleet one_cluster(const ClusterPlan& plan) {
  Result<Fleet> fleet = Fleet::make({.regions = {"r"}, .clusters = {plan}, .wide_links = {}});
  EXPECT_TRUE(fleet) << fleet.error().message;
  return *std::move(fleet);
}

// Notes when each of its transfers was delivered.
class Clock {
 public:
  explicit Clock(Engine& engine) : engine_(engine) {}
  Event expect() {
    times.push_back({-1});
    return on<&Clock::ring>(*this, times.size() - 1);
  }
  std::vector<Instant> times;

 private:
  void ring(std::uint64_t which) { times[which] = engine_.now(); }
  Engine& engine_;
};

Instant alone(Network& network, Engine& engine, const Transfer& transfer) {
  Clock clock(engine);
  const Instant start = engine.now();
  network.send(transfer, clock.expect());
  engine.run();
  return Instant{} + (clock.times[0] - start);
}

// One flow alone: latency + size / rate, to the nanosecond, in both networks, on every way there
// is.
TEST(Networks, IdealAndFluidAgreeOnOneFlow) {
  ClusterPlan plan = cluster(Topology::rail_optimised, 40, 16);
  plan.devices = plan.ports = 4;
  ClusterPlan other = cluster(Topology::torus_3d, 27);
  other.region = {1};
  const Result<Fleet> fleet =
      Fleet::make({.regions = {"here", "there", "far"},
                   .clusters = {plan, other},
                   .wide_links = {{{0}, {2}, 1e9, 10_ms}, {{2}, {1}, 2e9, 20_ms}}});
  ASSERT_TRUE(fleet) << fleet.error().message;
  struct Case {
    DeviceId from, to;
    double rate;
    Duration latency;
  };
  const auto at = [&](std::uint32_t c, std::uint32_t node, std::uint32_t slot) {
    return fleet->device({c}, node, slot);
  };
  const Case cases[] = {
      {at(0, 3, 1), at(0, 3, 1), 1, {}},
      {at(0, 3, 1), at(0, 3, 2), 450e9, 1_us},
      {at(0, 0, 1), at(0, 1, 1), 50e9, 5_us},                   // same leaf of the rail
      {at(0, 0, 1), at(0, 30, 1), 50e9, 5_us + 200_ns},         // over a spine
      {at(0, 0, 1), at(0, 30, 2), 50e9, 1_us + 5_us + 200_ns},  // change of rail
      {at(1, 0, 0), at(1, 13, 0), 50e9, 5_us + 300_ns},         // (0,0,0) to (1,1,1)
      {at(0, 0, 0), at(1, 0, 0), 1e9, 10_us + 30_ms},
      {at(1, 0, 0), at(0, 0, 0), 1e9, 10_us + 30_ms},
  };
  for (const Case& c : cases) {
    Engine engine;
    IdealNetwork ideal(engine, *fleet);
    FluidNetwork fluid(engine, *fleet);
    const Transfer transfer{c.from, c.to, 123'456'789, 0};
    const Instant expected =
        Instant{} + c.latency +
        (c.from == c.to ? Duration{} : Duration{std::llround(std::ceil(123'456'789e9 / c.rate))});
    EXPECT_LE(std::abs((alone(ideal, engine, transfer) - expected).ns), 1);
    EXPECT_EQ(alone(fluid, engine, transfer), expected);
    EXPECT_EQ(alone(fluid, engine, {c.from, c.to, 0, 0}), Instant{} + c.latency);
  }
}

// Two nodes send 50 GB each to a third, whose port takes 50 GB/s: 2 s. The second comes half a
// second later: the first has had 25 GB alone, then halves: it ends at 1.5 s, the second at 2 s.
TEST(FluidNetwork, SharesChangeWithArrivalsAndDepartures) {
  const Fleet fleet = one_cluster(cluster(Topology::single_switch, 4));
  Engine engine;
  FluidNetwork network(engine, fleet);
  Clock clock(engine);
  network.send({{0}, {2}, 50'000'000'000, 0}, clock.expect());
  engine.run_until(Instant{500'000'000});
  network.send({{1}, {2}, 50'000'000'000, 0}, clock.expect());
  engine.run();
  const Duration way = 5_us;
  EXPECT_EQ(clock.times[0], Instant{1'500'000'000} + way);
  EXPECT_EQ(clock.times[1], Instant{2'000'000'000} + way);
  EXPECT_EQ(network.delivered(), 2u);
  EXPECT_EQ(network.bytes_carried(fleet.first_link({0})), 50e9);
  EXPECT_DOUBLE_EQ(network.bytes_carried(LinkId{4 + 2}), 100e9);
}

// A link at half its rate for a second, then down for a second, then whole: 50 GB take
// 1 s (25 GB) + 1 s (nothing) + 0.5 s.
TEST(FluidNetwork, FlowsWaitForALinkThatIsDown) {
  const Fleet fleet = one_cluster(cluster(Topology::single_switch, 2));
  Engine engine;
  FluidNetwork network(engine, fleet);
  Clock clock(engine);
  network.send({{0}, {1}, 50'000'000'000, 0}, clock.expect());
  network.degrade({0}, 0.5);
  engine.run_until(Instant{1'000'000'000});
  network.degrade({0}, 0);
  engine.run_until(Instant{2'000'000'000});
  EXPECT_EQ(network.in_flight(), 1u);
  EXPECT_EQ(network.bytes_carried({0}), 25e9);
  network.degrade({0}, 1);
  engine.run();
  EXPECT_EQ(clock.times[0], Instant{2'500'000'000} + Duration{5_us});
}

// Every uplink that a flow could take fails but one: it takes that one, and where no shortest way
// is left, a longer one.
TEST(FluidNetwork, RoutesFollowWhatIsUp) {
  const Fleet tree = one_cluster(cluster(Topology::leaf_spine, 64, 16));
  Engine engine;
  FluidNetwork network(engine, tree);
  Route route;
  ASSERT_TRUE(tree.route({0}, {20}, 0, route));
  Clock clock(engine);
  network.send({{0}, {20}, 50'000'000'000, 7}, clock.expect());
  const std::uint32_t first_uplink = 2 * 64;  // leaf 0 has eight
  for (std::uint32_t l = first_uplink; l < first_uplink + 8; ++l)
    if (l != first_uplink + 5) network.degrade({l}, 0);
  engine.run();
  EXPECT_EQ(clock.times[0], Instant{1'000'000'000} + 5_us + 200_ns);
  EXPECT_NEAR(network.bytes_carried({first_uplink + 5}), 50e9, 50);

  const Fleet ring = one_cluster(cluster(Topology::ring, 8));
  Engine other;
  FluidNetwork round(other, ring);
  ASSERT_TRUE(ring.route({0}, {2}, 0, route));
  Clock watch(other);
  round.send({{0}, {2}, 50'000'000'000, 0}, watch.expect());
  round.degrade(route.links[1], 0);
  other.run();  // six hops the other way
  EXPECT_EQ(watch.times[0], Instant{1'000'000'000} + 5_us + 600_ns);
}

TEST(FluidNetwork, CutOffFlowsAreTriedAgain) {
  const Fleet fleet = one_cluster(cluster(Topology::ring, 4));
  Engine engine;
  FluidNetwork network(engine, fleet);
  Clock clock(engine);
  const std::uint32_t inside = 2 * 4;
  network.degrade({inside}, 0);      // router 0, down
  network.degrade({inside + 1}, 0);  // router 0, up
  network.send({{0}, {1}, 50'000'000'000, 0}, clock.expect());
  engine.run_until(Instant{3'000'000'000});
  EXPECT_EQ(network.in_flight(), 1u);
  network.degrade({inside}, 1);  // the long way round
  engine.run();
  EXPECT_EQ(clock.times[0], Instant{4'000'000'000} + 5_us + 300_ns);
}

// A regular fabric for most seeds, a random graph for the others, with any routing.
Fleet random_fleet(std::uint32_t seed) {
  const Topology topologies[] = {Topology::single_switch, Topology::leaf_spine, Topology::fat_tree,
                                 Topology::torus_2d,      Topology::torus_3d,   Topology::dragonfly,
                                 Topology::ring,          Topology::full_mesh,  Topology::graph};
  const Topology topology = topologies[seed % 9];
  const std::uint32_t nodes = 12 + seed % 21;
  ClusterPlan plan = cluster(topology, nodes, topology == Topology::single_switch ? 64 : 8);
  if (topology == Topology::graph) {
    Stream chance = Chance{.seed = seed}.stream("graph");
    plan.shape.radix = 64;
    plan.shape.graph = std::make_shared<GraphPlan>(
        GraphPlan{"links.csv", random_graph(chance, 2 + seed % 7, nodes)});
  }
  const RoutingPolicy policies[] = {RoutingPolicy::ecmp, RoutingPolicy::shortest,
                                    RoutingPolicy::adaptive};
  plan.shape.routing = policies[seed / 9 % 3];
  return one_cluster(plan);
}

// Random transfers on random fleets, with links that fail and come back: whatever happens, each is
// delivered, no link carries more than it can, and the bytes carried are those sent, on every link
// of a way, up to rounding to nanoseconds.
TEST(FluidNetwork, BytesAreConservedAndLinksNotOverfull) {
  for (std::uint32_t seed = 1; seed <= 1000; ++seed) {
    SCOPED_TRACE(seed);
    const Fleet fleet = random_fleet(seed);
    Engine engine;
    FluidNetwork network(engine, fleet);
    Clock clock(engine);
    Stream chance = Chance{.seed = seed}.stream("transfers");
    const auto below = [&](double n) { return static_cast<std::uint32_t>(chance.uniform() * n); };
    std::vector<LinkId> broken;
    double into = 0;
    for (int i = 0; i < 60; ++i) {
      engine.run_until(engine.now() + Duration{below(1e9)});
      const Transfer transfer{
          {below(fleet.devices())}, {below(fleet.devices())}, 1 + below(4e9), 0};
      if (transfer.from != transfer.to) into += static_cast<double>(transfer.bytes);
      network.send(transfer, clock.expect());
      if (below(4) == 0) {
        broken.push_back({below(fleet.links())});
        network.degrade(broken.back(), below(2) == 0 ? 0 : 0.25);
      } else if (!broken.empty() && below(3) == 0) {
        network.degrade(broken.back(), 1);
        broken.pop_back();
      }
      engine.run_until(engine.now());
      for (std::uint32_t l = 0; l < fleet.links(); ++l)
        ASSERT_LE(network.rate_over({l}), network.shares().capacity({l}) * (1 + 1e-9));
    }
    for (const LinkId link : broken) network.degrade(link, 1);
    engine.run();
    for (const Instant t : clock.times) ASSERT_GE(t.ns, 0);
    ASSERT_EQ(network.in_flight(), 0u);
    double out = 0, in = 0;
    const std::uint32_t ends = fleet.fabric({0}).ends();
    for (std::uint32_t e = 0; e < ends; ++e) {
      in += network.bytes_carried({e});
      out += network.bytes_carried({ends + e});
    }
    ASSERT_NEAR(in, into, 1e-9 * into);
    ASSERT_NEAR(out, into, 1e-9 * into);
  }
}

// Flows that look at four routes each share a permutation better than flows that look at none.
TEST(FluidNetwork, AdaptiveRoutesAreTheLessLoaded) {
  const auto mean_time = [](RoutingPolicy policy) {
    ClusterPlan plan = cluster(Topology::leaf_spine, 128, 16);
    plan.shape.routing = policy;
    const Fleet fleet = one_cluster(plan);
    double sum = 0;
    for (std::uint32_t shift = 1; shift < 128; ++shift) {
      Engine engine;
      FluidNetwork network(engine, fleet);
      Clock clock(engine);
      for (std::uint32_t from = 0; from < 128; ++from)
        network.send({{from}, {(from + shift) % 128}, 50'000'000'000, shift}, clock.expect());
      engine.run();
      for (const Instant t : clock.times) sum += seconds(t - Instant{}) / 128 / 127;
    }
    return sum;
  };
  const double hashed = mean_time(RoutingPolicy::ecmp);
  const double adaptive = mean_time(RoutingPolicy::adaptive);
  EXPECT_LT(adaptive, 0.8 * hashed);
  EXPECT_GT(adaptive, 1.0);  // never faster than alone
}

// ECMP as chance: a random permutation of full load. Published runs of the same system: 0.555 of
// line rate on 256 hosts, 0.536 on 576; the worst flow 0.19 to 0.20.
TEST(FluidNetwork, HashedPermutationsLoseHalfOfAFullBisection) {
  for (const auto& [hosts, radix, share] : {std::tuple{256u, 32u, 0.555}, {576u, 48u, 0.536}}) {
    const Fleet fleet = one_cluster(cluster(Topology::leaf_spine, hosts, radix));
    double sum = 0, worst = 0;
    constexpr int seeds = 100;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      Stream chance = Chance{.seed = seed}.stream("permutation");
      std::vector<std::uint32_t> to(hosts);
      std::iota(to.begin(), to.end(), 0u);
      for (std::uint32_t i = hosts; i > 1; --i)
        std::swap(to[i - 1], to[static_cast<std::uint32_t>(chance.uniform() * i)]);
      FairShare shares(fleet.rates());
      std::vector<FlowId> flows;
      Route route;
      for (std::uint32_t from = 0; from < hosts; ++from) {
        if (to[from] == from) continue;
        ASSERT_TRUE(
            fleet.route({from}, {to[from]}, route_hash({{from}, {to[from]}, 0, seed}), route));
        flows.push_back(shares.add(route.links));
      }
      shares.settle();
      double total = 0, least = 1;
      for (const FlowId flow : flows) {
        total += shares.rate(flow) / 50e9;
        least = std::min(least, shares.rate(flow) / 50e9);
      }
      sum += total / static_cast<double>(flows.size()) / seeds;
      worst += least / seeds;
    }
    EXPECT_NEAR(sum, share, 0.01);
    EXPECT_NEAR(worst, 0.2, 0.03);
  }
}

// 16 destinations a node on a torus of 16^3: dimension order loads the links to 2.0 of what a node
// sends on average and 3.44 at most, so that the first is full at 50 / 3.44 = 14.5 GB/s.
TEST(FluidNetwork, RandomDestinationsFillATorusLinkEarly) {
  const Fleet fleet = one_cluster(cluster(Topology::torus_3d, 4096));
  Stream chance = Chance{.seed = 1}.stream("destinations");
  std::vector<double> load(fleet.links(), 0.0);
  Route route;
  for (std::uint32_t from = 0; from < 4096; ++from)
    for (int i = 0; i < 16; ++i) {
      const DeviceId to{static_cast<std::uint32_t>(chance.uniform() * 4096)};
      ASSERT_TRUE(fleet.route({from}, to, route_hash({{from}, to, 0, 0}), route));
      for (const LinkId link : route.links) load[link.index] += 1.0 / 16;
    }
  const auto trunks = load.begin() + 2 * 4096;
  const double mean = std::accumulate(trunks, trunks + 6 * 4096, 0.0) / (6 * 4096);
  EXPECT_NEAR(mean, 2.0, 0.01);
  EXPECT_NEAR(*std::max_element(trunks, trunks + 6 * 4096), 3.44, 0.25);
}

}  // namespace
}  // namespace fleetsim
