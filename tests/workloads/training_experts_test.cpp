#include <gtest/gtest.h>

#include <cmath>

#include "analytic/exact/collectives.h"
#include "tests/workloads/training_fleets.h"
#include "workloads/network/network_model.h"
#include "workloads/training/experts.h"
#include "workloads/training/step.h"

namespace fleetsim::training {
namespace {

struct Split {
  std::uint32_t tensor = 1, pipeline = 1, data = 1, context = 1, expert = 1;
};

StepPlan plan_of(const Split& split) {
  const auto [t, p, d, c, e] = split;
  StepPlan plan{.flops = 6 * 37e9 * 4e6,
                .peak = 1e15,
                .layers = 60.0 / p,
                .tensor = t,
                .pipeline = p,
                .data = d,
                .microbatches = 16,
                .context = c,
                .expert = e,
                .hidden_bytes = (128 << 20) / c,
                .gradient_bytes = std::int64_t{34'359'738'368} / (t * p),
                .expert_gradient_bytes = std::int64_t{1'099'511'627'776} / (t * p * e),
                .routed_bytes = (std::int64_t{1} << 30) / (c * t),
                .key_bytes = (32 << 20) / (c * t)};
  for (std::uint32_t i = 0; i < t * p * d * c; ++i) plan.ranks.push_back({i});
  return plan;
}

constexpr double exact = 1e-9;  // of a time, but for whole bytes

// On a rail, or on one switch, pairwise exchanges meet nowhere but on ports: counted link by link
// they take what the formula says, whatever part of a group a node holds.
TEST(TrainingExperts, ExchangesTakeTheirFormula) {
  const Rates rails, one_switch{.shape = {.topology = Topology::single_switch, .radix = 4096}};
  const Rates two_ports{.ports = 2, .shape = one_switch.shape};
  for (const Rates& rates : {rails, one_switch, two_ports})
    for (const Split split : {Split{.tensor = 8, .data = 16, .expert = 16},
                              {.tensor = 8, .data = 16, .expert = 4},
                              {.tensor = 1, .data = 128, .expert = 8},
                              {.tensor = 1, .data = 128, .expert = 4},
                              {.tensor = 1, .data = 128, .expert = 64},
                              {.tensor = 2, .data = 64, .expert = 32},
                              {.tensor = 4, .pipeline = 2, .data = 8, .context = 2, .expert = 16},
                              {.tensor = 16, .data = 8, .expert = 8}}) {
      const StepPlan plan = plan_of(split);
      const double placed = placed_times(plan, fleet_of(rates), true).expert;
      const double formula = ring_times(plan, cluster_of(rates)).expert;
      EXPECT_FALSE(straddles(plan, rates.devices));
      EXPECT_NEAR(placed / formula, 1, exact)
          << split.tensor << " " << split.expert << " " << rates.ports;
    }
  // One of a group on each node: Thakur's (p-1) (alpha + m/p beta), and a gather in the node.
  const StepPlan plan = plan_of({.tensor = 8, .data = 16, .expert = 16});
  const auto bytes = static_cast<double>(plan.routed_bytes);
  const double expected = *analytic::pairwise_alltoall({16, bytes, 5e-6, 50e9}) +
                          *analytic::ring_allgather({8, 8 * bytes, 1e-6, 450e9});
  EXPECT_NEAR(placed_times(plan, fleet_of(rails), true).expert / expected, 1, exact);
}

// The sum over lockstep exchanges against a network that shares its links by max-min fairness.
TEST(TrainingExperts, ExchangesTakeWhatTheFluidNetworkGivesThem) {
  const Rates rates{.nodes = 32,
                    .devices = 1,
                    .ports = 1,
                    .shape = {.topology = Topology::single_switch, .radix = 4096}};
  auto fleet = std::make_shared<const Fleet>(fleet_of(rates));
  const StepPlan plan = plan_of({.data = 32, .expert = 32});
  network::NetworkConfig config{.fleet = fleet, .horizon = from_seconds(100)};
  config.collectives = {{.name = "a",
                         .clusters = {ClusterId{0}},
                         .kind = network::CollectiveKind::all_to_all,
                         .algorithm = network::Algorithm::pairwise,
                         .bytes = plan.routed_bytes}};
  const Observation seen =
      network::NetworkModel(config).simulate({.seed = 1}, {.end = config.horizon}, nullptr);
  double simulated = 0;
  for (const Measured& m : seen.windows[0])
    if (m.metric.name == "network.alltoall_time") simulated = m.value;
  EXPECT_NEAR(simulated / placed_times(plan, *fleet, true).expert, 1, 1e-6);
}

// Keys and values go once round those that share a sequence: an all-gather of what all hold.
TEST(TrainingExperts, KeysGoRound) {
  const Rates rates;
  for (const Split split : {Split{.tensor = 8, .data = 4, .context = 4},
                            {.tensor = 1, .data = 16, .context = 8},
                            {.tensor = 2, .data = 8, .context = 8}}) {
    const StepPlan plan = plan_of(split);
    const bool inside = split.tensor * split.context <= rates.devices;
    const double latency = inside ? 1e-6 : split.tensor == 8 ? 5e-6 : 6e-6;  // to the first rail
    const double bytes = static_cast<double>(plan.key_bytes) * split.context;
    const double expected =
        *analytic::ring_allgather({split.context, bytes, latency, inside ? 450e9 : 50e9});
    EXPECT_NEAR(placed_times(plan, fleet_of(rates), true).keys / expected, 1, exact);
    EXPECT_NEAR(ring_times(plan, cluster_of(rates)).keys / expected, 1, exact);
  }
}

// Without sharing they cost nothing; on links without end only latency is left.
TEST(TrainingExperts, ReachTheirLimits) {
  const ExchangeTimes none = placed_times(plan_of({.tensor = 8, .data = 16}), fleet_of({}), true);
  EXPECT_EQ(none.expert, 0);
  EXPECT_EQ(none.keys, 0);
  const Rates fast{.device = 1e30, .port = 1e30, .trunk = 1e30};
  const StepPlan plan = plan_of({.tensor = 8, .data = 4, .context = 4, .expert = 16});
  const ExchangeTimes times = placed_times(plan, fleet_of(fast), true);
  EXPECT_NEAR(times.expert, 15 * 5e-6 + 7 * 1e-6, 1e-15);
  EXPECT_NEAR(times.keys, 3 * 5e-6, 1e-15);
  const StepTerms terms = *terms_of(plan, {});
  EXPECT_EQ(terms.total(), terms.compute);
}

// All is a term: of a stage's layers, for each microbatch, and again where activations are.
TEST(TrainingExperts, CountTheirExchanges) {
  StepPlan plan = plan_of({.tensor = 2, .pipeline = 2, .data = 4, .context = 2, .expert = 4});
  const ExchangeTimes times{.tensor = 0.5, .expert = 0.25, .keys = 0.125};
  const double rounds = 30 * 16;
  StepTerms terms = *terms_of(plan, times);
  EXPECT_EQ(terms.tensor, 2 * rounds * 0.5);
  EXPECT_EQ(terms.expert, 4 * rounds * 0.25);
  EXPECT_EQ(terms.context, 3 * rounds * 0.125);
  const double busy = terms.compute + terms.tensor + terms.expert + terms.context;
  EXPECT_DOUBLE_EQ(terms.bubble, busy / 16);
  EXPECT_DOUBLE_EQ(terms.total(), busy + terms.bubble);
  EXPECT_DOUBLE_EQ(terms.scaling(), terms.compute / terms.total());
  plan.passes = 4;
  terms = *terms_of(plan, times);
  EXPECT_EQ(terms.tensor, 3 * rounds * 0.5);
  EXPECT_EQ(terms.expert, 6 * rounds * 0.25);
  EXPECT_EQ(terms.context, 4 * rounds * 0.125);
}

// A device that shares sequences holds the same weights as one that shares none: gradients go over
// both alike. Those of experts go over fewer.
TEST(TrainingExperts, GradientsGoOverAllThatHoldThem) {
  const Fleet fleet = fleet_of({});
  StepPlan dense = plan_of({.tensor = 8, .data = 16});
  const StepPlan shared = plan_of({.tensor = 8, .data = 2, .context = 8});
  const double alone = placed_times(dense, fleet, true).pass;
  EXPECT_EQ(placed_times(shared, fleet, true).pass, alone);
  const StepPlan experts = plan_of({.tensor = 8, .data = 16, .expert = 4});
  const double bytes = static_cast<double>(experts.expert_gradient_bytes);
  EXPECT_NEAR(placed_times(experts, fleet, true).pass / alone,
              1 + *analytic::ring_allgather({4, bytes, 5e-6, 50e9}) / alone, exact);
  const StepPlan spread = plan_of({.tensor = 8, .data = 16, .expert = 16});
  EXPECT_EQ(placed_times(spread, fleet, true).pass, alone);
}

analytic::TrainingMemoryIn mixtral() {
  return {.model = {.name = "Mixtral",
                    .family = analytic::Family::moe,
                    .parameters = 46.7e9,
                    .active_parameters = 12.9e9,
                    .layers = 32,
                    .hidden_dim = 4096,
                    .heads = 32,
                    .experts = 8,
                    .active_experts = 2},
          .hardware = {.peak_flops = 1e15, .memory_capacity = 80e9, .memory_bandwidth = 3e12},
          .batch_size = 512,
          .seq_len = 4096,
          .tp_size = 2,
          .pp_size = 4,
          .dp_size = 16,
          .gradient_accumulation_steps = 8};
}

TEST(TrainingExperts, AreMostOfTheirModel) {
  // Three matrices of 4096 x 14336 in 32 layers: 5.64e9 an expert.
  const ExpertSplit split = *expert_split(mixtral().model);
  EXPECT_NEAR(split.experts / 8, 3.0 * 4096 * 14336 * 32, 0.002 * 5.64e9);
  EXPECT_DOUBLE_EQ(split.dense + split.experts, 46.7e9);
  EXPECT_NEAR(split.dense + split.experts / 4, 12.9e9, 1);
  analytic::Model dense = mixtral().model;
  dense.experts = dense.active_experts = {};
  dense.active_parameters = {};
  EXPECT_EQ(expert_split(dense)->experts, 0);
}

// With ZeRO 3 all devices together hold each parameter once, whatever is shared; without it, each
// expert as often as it is held.
TEST(TrainingExperts, MemoryIsConserved) {
  for (const std::int64_t context : {1, 2, 4})
    for (const std::int64_t expert : {1, 2, 8}) {
      analytic::TrainingMemoryIn in = mixtral();
      in.dp_size = 16 / context;
      in.ep_size = expert;
      const ExpertSplit split = *expert_split(in.model);
      const double plain = held_by_device(in, context)->states;
      const double part = split.dense + split.experts / static_cast<double>(expert);
      EXPECT_NEAR(plain, 16 * part / 8, 1e-9 * plain);
      in.zero_stage = 3;
      EXPECT_NEAR(held_by_device(in, context)->states * 128, 16 * 46.7e9, 1);
    }
  const DeviceMemory whole = *held_by_device(mixtral(), 1);
  const auto book = *analytic::training_memory_model(mixtral());
  EXPECT_EQ(whole.total, book.total_memory_exact);
  // As many sequences at once on twice the devices: half of the activations each.
  analytic::TrainingMemoryIn in = mixtral();
  const DeviceMemory halves = *held_by_device(in, 2);
  const double rest = 0.05 * book.gradients;
  EXPECT_NEAR(halves.total - halves.states - rest, (whole.total - whole.states - rest) / 2, 1);
}

}  // namespace
}  // namespace fleetsim::training
