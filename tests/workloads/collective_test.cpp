#include "workloads/network/collective.h"

#include <gtest/gtest.h>

#include <set>

#include "analytic/exact/collectives.h"
#include "topology/fluid_network.h"

namespace fleetsim::network {
namespace {

Fleet fleet_of(std::uint32_t nodes, std::uint32_t devices = 1, std::uint32_t clusters = 1) {
  FleetPlan plan{.regions = {"r"}, .clusters = {}, .wide_links = {}};
  for (std::uint32_t c = 0; c < clusters; ++c)
    plan.clusters.push_back({.name = "c",
                             .region = {0},
                             .nodes = nodes,
                             .devices = devices,
                             .ports = devices,
                             .device_rate = 500e9,
                             .port_rate = 50e9,
                             .trunk_rate = 50e9,
                             .border_rate = 1e15,
                             .node_latency = 1_us,
                             .fabric_latency = 5_us,
                             .shape = {.topology = Topology::rail_optimised}});
  Result<Fleet> fleet = Fleet::make(std::move(plan));
  EXPECT_TRUE(fleet) << fleet.error().message;
  return *std::move(fleet);
}

CollectiveConfig config_of(CollectiveKind kind, Algorithm algorithm, std::int64_t bytes,
                           std::uint32_t clusters = 1) {
  CollectiveConfig config{.name = "x", .clusters = {}, .kind = kind, .algorithm = algorithm};
  for (std::uint32_t c = 0; c < clusters; ++c) config.clusters.push_back({c});
  config.bytes = bytes;
  return config;
}

// Whom each rank has heard of, in whatever form, when all steps are done. A message carries what
// its sender knew when the step began.
std::vector<std::set<std::uint32_t>> heard(const std::vector<Phase>& phases, std::uint32_t ranks) {
  std::vector<std::set<std::uint32_t>> knows(ranks);
  for (std::uint32_t r = 0; r < ranks; ++r) knows[r] = {r};
  for (const Phase& phase : phases)
    for (std::uint32_t step = 0; step < phase.steps(); ++step) {
      const std::vector<std::set<std::uint32_t>> before = knows;
      for (std::uint32_t r = 0; r < ranks; ++r) {
        const Exchange sent = phase.exchange(r, step);
        if (!sent.to) continue;
        EXPECT_EQ(phase.exchange(*sent.to, step).from, r);
        EXPECT_NE(*sent.to, r);
        EXPECT_LT(*sent.to, ranks);
        knows[*sent.to].insert(before[r].begin(), before[r].end());
      }
    }
  return knows;
}

// After a reduction or a gathering every rank has heard of every other.
TEST(Schedules, EverybodyHearsOfEverybody) {
  struct Case {
    Algorithm algorithm;
    std::uint32_t nodes, devices, clusters;
  };
  for (const Case& c : {Case{Algorithm::ring, 7, 1, 1},
                        {Algorithm::ring, 3, 2, 2},
                        {Algorithm::halving_doubling, 16, 1, 1},
                        {Algorithm::tree, 11, 1, 1},
                        {Algorithm::tree, 2, 1, 1},
                        {Algorithm::hierarchical, 3, 4, 2},
                        {Algorithm::hierarchical, 5, 1, 1},
                        {Algorithm::pairwise, 6, 1, 1}}) {
    const CollectiveKind kind = c.algorithm == Algorithm::pairwise ? CollectiveKind::all_to_all
                                                                   : CollectiveKind::all_reduce;
    const auto phases = schedule_of(config_of(kind, c.algorithm, 1000, c.clusters),
                                    fleet_of(c.nodes, c.devices, c.clusters));
    ASSERT_TRUE(phases) << phases.error().message;
    const std::uint32_t ranks = c.nodes * c.devices * c.clusters;
    for (const auto& known : heard(*phases, ranks)) EXPECT_EQ(known.size(), ranks);
  }
}

TEST(Schedules, BroadcastComesFromTheFirst) {
  const auto phases =
      schedule_of(config_of(CollectiveKind::broadcast, Algorithm::tree, 8), fleet_of(13));
  ASSERT_TRUE(phases);
  for (const auto& known : heard(*phases, 13)) EXPECT_TRUE(known.contains(0));
}

TEST(Schedules, RulesOfAlgorithmsAreSaid) {
  const auto odd = schedule_of(
      config_of(CollectiveKind::all_reduce, Algorithm::halving_doubling, 8), fleet_of(12));
  ASSERT_FALSE(odd);
  EXPECT_NE(odd.error().message.find("power of two of devices (got 12)"), std::string::npos);
  EXPECT_FALSE(schedule_of(config_of(CollectiveKind::broadcast, Algorithm::ring, 8), fleet_of(12)));
  EXPECT_FALSE(schedule_of(config_of(CollectiveKind::all_reduce, Algorithm::ring, 8), fleet_of(1)));
}

class Bell {
 public:
  explicit Bell(Engine& engine) : engine_(engine) {}
  void ring(std::uint64_t) { at = engine_.now(); }
  Instant at{-1};

 private:
  Engine& engine_;
};

double simulated(const Fleet& fleet, const CollectiveConfig& config, bool shared) {
  Engine engine;
  IdealNetwork ideal(engine, fleet);
  FluidNetwork fluid(engine, fleet);
  Network& network = shared ? static_cast<Network&>(fluid) : ideal;
  Collective collective(engine, network, *schedule_of(config, fleet), ranks_of(config, fleet));
  Bell bell(engine);
  collective.start(on<&Bell::ring>(bell));
  engine.run();
  return seconds(bell.at - Instant{});
}

// On one switch no two flows of a step meet, so both networks give the textbook's times, up to the
// nanosecond by which each step may be rounded.
TEST(Collectives, TakeTheTextbooksTime) {
  constexpr std::int64_t bytes = 96'000'000;
  for (const std::uint32_t p : {2u, 3u, 8u, 12u, 16u, 60u}) {
    const Fleet fleet = fleet_of(p);
    const analytic::AlphaBeta form{.ranks = p, .bytes = 96e6, .latency = 5e-6, .bandwidth = 50e9};
    const auto expect = [&](CollectiveKind kind, Algorithm algorithm, const Result<double>& time) {
      ASSERT_TRUE(time);
      for (const bool shared : {false, true})
        EXPECT_NEAR(simulated(fleet, config_of(kind, algorithm, bytes), shared), *time,
                    2e-9 * 2 * p);
    };
    expect(CollectiveKind::all_reduce, Algorithm::ring, analytic::ring_allreduce(form));
    expect(CollectiveKind::all_gather, Algorithm::ring, analytic::ring_allgather(form));
    expect(CollectiveKind::reduce_scatter, Algorithm::ring, analytic::ring_allgather(form));
    expect(CollectiveKind::all_to_all, Algorithm::pairwise, analytic::pairwise_alltoall(form));
    if ((p & (p - 1)) != 0) {  // a branch that is not full is done early
      EXPECT_LT(
          simulated(fleet, config_of(CollectiveKind::all_reduce, Algorithm::tree, bytes), true),
          *analytic::tree_allreduce(form));
      continue;
    }
    expect(CollectiveKind::all_reduce, Algorithm::tree, analytic::tree_allreduce(form));
    expect(CollectiveKind::all_reduce, Algorithm::halving_doubling,
           analytic::halving_doubling_allreduce(form));
    expect(CollectiveKind::all_gather, Algorithm::halving_doubling,
           analytic::doubling_allgather(form));
  }
}

// Each device has a port of its own on its own rail, so that levels do not meet either.
TEST(Collectives, LevelsAddUp) {
  const Fleet fleet = fleet_of(6, 4);
  const analytic::AlphaBetaLevel levels[] = {{4, 1e-6, 500e9}, {6, 5e-6, 50e9}};
  const Result<double> time = analytic::hierarchical_allreduce(96e6, levels);
  ASSERT_TRUE(time);
  for (const bool shared : {false, true})
    EXPECT_NEAR(
        simulated(fleet, config_of(CollectiveKind::all_reduce, Algorithm::hierarchical, 96'000'000),
                  shared),
        *time, 40e-9);
}

}  // namespace
}  // namespace fleetsim::network
