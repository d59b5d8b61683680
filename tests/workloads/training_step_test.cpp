#include <gtest/gtest.h>

#include <cmath>

#include "analytic/book/communication.h"
#include "analytic/exact/execution.h"
#include "sim/tally.h"
#include "tests/workloads/training_fleets.h"
#include "workloads/network/network_model.h"
#include "workloads/training/step.h"

namespace fleetsim::training {
namespace {

StepPlan plan_of(std::uint32_t t, std::uint32_t p, std::uint32_t d) {
  StepPlan plan{.flops = 6 * 70e9 * 4e6,
                .peak = 1e15,
                .layers = std::ceil(80.0 / p),
                .tensor = t,
                .pipeline = p,
                .data = d,
                .microbatches = 16,
                .hidden_bytes = 128 << 20,
                .gradient_bytes = static_cast<std::int64_t>(140e9) / (t * p)};
  for (std::uint32_t i = 0; i < t * p * d; ++i) plan.ranks.push_back({i});
  return plan;
}

StepTerms placed(const StepPlan& plan, const Rates& rates = {}) {
  return *terms_of(plan, placed_times(plan, fleet_of(rates), true));
}

TEST(TrainingSteps, OneDeviceOnlyComputes) {
  const StepTerms alone = placed(plan_of(1, 1, 1));
  EXPECT_DOUBLE_EQ(alone.compute, 6 * 70e9 * 4e6 / (1e15 * 0.5));
  EXPECT_EQ(alone.total(), alone.compute);
  EXPECT_EQ(alone.scaling(), 1);
}

// With links that take no time only the bubble is left: scaling is 1 less its share.
TEST(TrainingSteps, OnFreeLinksOnlyTheBubbleIsLeft) {
  for (const std::uint32_t chunks : {1u, 2u, 5u}) {
    StepPlan plan = plan_of(8, 4, 4);
    plan.chunks = chunks;
    const StepTerms terms = *terms_of(plan, {});
    EXPECT_NEAR(terms.scaling(), 1 - *analytic::bubble_share(4, 16, chunks), 1e-12);
    const Rates fast{.device = 1e30, .port = 1e30, .trunk = 1e30};
    EXPECT_NEAR(placed(plan, fast).scaling(), terms.scaling(), 0.005);  // latencies
  }
}

// Rings whose flows do not meet take what Patarasuk and Yuan say, for any split that a node holds.
TEST(TrainingSteps, RingsTakeTheirFormula) {
  const Fleet fleet = fleet_of({});
  const ClusterPlan& cluster = fleet.plan().clusters[0];
  for (const auto [t, p, d] : {std::array{8u, 1u, 16u},
                               {8u, 4u, 4u},
                               {8u, 16u, 1u},
                               {1u, 1u, 8u},
                               {1u, 1u, 128u},
                               {2u, 1u, 64u}}) {
    const StepPlan plan = plan_of(t, p, d);
    const ExchangeTimes links = placed_times(plan, fleet, true), ring = ring_times(plan, cluster);
    EXPECT_NEAR(links.tensor, ring.tensor, 1e-7 * ring.tensor) << t << " " << p << " " << d;
    EXPECT_NEAR(links.send, ring.send, 1e-6 * ring.send) << t << " " << p << " " << d;
    EXPECT_NEAR(links.pass, ring.pass, 1e-7 * ring.pass) << t << " " << p << " " << d;
  }
  const StepPlan plan = plan_of(8, 1, 16);
  const double m = static_cast<double>(plan.gradient_bytes);
  EXPECT_NEAR(2 * placed_times(plan, fleet, true).pass,
              analytic::ring_allreduce_time({m, 16, 50e9, 5e-6}), 1e-6);
  // Within nodes first, where a group has several members on each.
  const StepPlan wide = plan_of(1, 1, 128);
  EXPECT_NEAR(2 * placed_times(wide, fleet, true).pass,
              analytic::hierarchical_allreduce_time(
                  {.message_bytes = static_cast<double>(wide.gradient_bytes),
                   .n_nodes = 16,
                   .gpus_per_node = 8,
                   .intra_node_bw = 450e9,
                   .inter_node_bw = 50e9,
                   .intra_node_lat = 1e-6,
                   .inter_node_lat = 5e-6}),
              1e-6);
}

// Devices of a node that share a port take so many times as long to send.
TEST(TrainingSteps, DevicesShareTheirPorts) {
  const StepPlan plan = plan_of(8, 1, 16);
  const Rates shared{.ports = 2};
  const Fleet fleet = fleet_of(shared);
  const double own = placed_times(plan, fleet_of({}), true).pass;
  const double divided = placed_times(plan, fleet, true).pass;
  EXPECT_NEAR(divided / own, 4, 0.01);
  EXPECT_NEAR(placed_times(plan, fleet, false).pass / own, 1, 1e-9);
  EXPECT_NEAR(divided, ring_times(plan, fleet.plan().clusters[0]).pass, 1e-9);
}

// The lockstep sum against the network that shares its links by max-min fairness, ring by ring.
TEST(TrainingSteps, RingsTakeWhatTheFluidNetworkGivesThem) {
  const Rates rates{.nodes = 32,
                    .devices = 1,
                    .ports = 1,
                    .shape = {.topology = Topology::fat_tree, .radix = 8, .oversubscription = 2}};
  auto fleet = std::make_shared<const Fleet>(fleet_of(rates));
  StepPlan plan = plan_of(1, 1, 32);
  plan.gradient_bytes = 3'200'000'000;
  const double counted = 2 * placed_times(plan, *fleet, true).pass;
  network::NetworkConfig config{.fleet = fleet, .horizon = from_seconds(100)};
  config.collectives = {{.name = "r", .clusters = {ClusterId{0}}, .bytes = plan.gradient_bytes}};
  const network::NetworkModel model(config);
  const Observation seen = model.simulate({.seed = 1}, {.end = config.horizon}, nullptr);
  double simulated = 0;
  for (const Measured& m : seen.windows[0])
    if (m.metric.name == "network.allreduce_time") simulated = m.value;
  EXPECT_NEAR(counted / simulated, 1, 0.001);
}

TEST(TrainingSteps, AreMonotone) {
  StepPlan plan = plan_of(8, 4, 4);
  plan.overlap = 0.5;
  plan.jitter = *Law::exponential(0.01);
  const double usual = placed(plan).total();
  EXPECT_LT(placed(plan, {.port = 100e9, .trunk = 100e9}).total(), usual);
  EXPECT_LT(placed(plan, {.device = 900e9}).total(), usual);
  const auto changed = [&](auto change) {
    StepPlan other = plan;
    change(other);
    return placed(other).total();
  };
  EXPECT_LT(changed([](StepPlan& p) { p.overlap = 0.8; }), usual);
  EXPECT_GT(changed([](StepPlan& p) { p.overlap = 0; }), usual);
  EXPECT_LT(changed([](StepPlan& p) { p.efficiency = 0.6; }), usual);
  EXPECT_LT(changed([](StepPlan& p) { p.jitter = *Law::exponential(0.005); }), usual);
  EXPECT_GT(changed([](StepPlan& p) { p.zero_stage = 3; }), usual);
  EXPECT_GT(changed([](StepPlan& p) { p.passes = 4; }), usual);
  // As many bytes in more microbatches: a smaller bubble.
  EXPECT_LT(changed([](StepPlan& p) { p.microbatches *= 2, p.hidden_bytes /= 2; }), usual);
  EXPECT_EQ(changed([](StepPlan& p) { p.zero_stage = 2; }), usual);
}

// Overlap hides no more than the last backward pass lasts.
TEST(TrainingSteps, OverlapHasItsLimit) {
  StepPlan plan = plan_of(8, 1, 16);
  const Rates slow{.port = 10e9, .trunk = 10e9};
  const ExchangeTimes times = placed_times(plan, fleet_of(slow), true);
  plan.overlap = 1;
  const StepTerms hidden = *terms_of(plan, times);
  EXPECT_NEAR(hidden.data, std::max(0.0, 2 * times.pass - hidden.compute * 2 / 3 / 16), 1e-12);
  EXPECT_GT(hidden.data, 0);
  plan.microbatches = 1;
  EXPECT_EQ(terms_of(plan, times)->data, 0);
}

// The wait for the slowest replica: steps drawn one by one, the maximum as the quantile of u^{1/n}.
TEST(TrainingSteps, WaitForTheSlowestReplica) {
  for (const Law& law :
       {*Law::exponential(0.02), *Law::lognormal_mean_cv(0.02, 1.5), *Law::uniform(0, 0.05)}) {
    StepPlan plan = plan_of(8, 1, 16);
    plan.overlap = 1;
    plan.jitter = law;
    const StepTerms terms = *terms_of(plan, {});
    Stream draws = Chance{.seed = 3}.stream("steps", 0);
    Tally steps;
    for (int i = 0; i < 200'000; ++i)
      steps.add(terms.compute * (1 + law.quantile(std::pow(draws.uniform(), 1.0 / 16))));
    const double error = std::sqrt(steps.variance() / 200'000);
    EXPECT_NEAR(terms.total(), steps.mean(), 3.3 * error) << law.name();
    EXPECT_LT(error, 0.001 * terms.total());
  }
}

}  // namespace
}  // namespace fleetsim::training
