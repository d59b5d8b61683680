#include "analytic/book/data.h"
#include "analytic/book/scaling.h"
#include "tests/analytic/book_fleet.h"

namespace fleetsim::analytic {
namespace {

constexpr double published = 1e-9;

TEST(BookData, TheSlowerPathFeedsTheDevice) {
  // t12-data-h100: storage of 7 GB/s is slower than PCIe.
  const DataOut h100_8mb = good(data_model({8e6, priced_h100()}));
  EXPECT_EQ(h100_8mb.bottleneck, "Storage");
  EXPECT_FALSE(h100_8mb.is_stalled);
  expect_relative(h100_8mb.utilization, 8e6 / 7e9, 1e-12);
  // suite-data-stall-100gbs
  const DataOut stalled = good(data_model({100e9, priced_h100()}));
  EXPECT_TRUE(stalled.is_stalled);
  expect_relative(stalled.margin, -93e9, 1e-12);
  // suite-data-a100-interconnect and paper-sC-data-a100: no storage is known of it.
  const DataOut linked = good(data_model({40000 * 150e3, a100()}));
  EXPECT_EQ(linked.bottleneck, "Interconnect");
  EXPECT_FALSE(linked.is_stalled);
  expect_relative(linked.utilization, 6.0 / 32, 1e-12);
}

TEST(BookData, UnknownSupplyIsSaid) {
  Device bare = h100();
  bare.host_link.reset();
  const DataOut out = good(data_model({1, bare}));
  EXPECT_EQ(out.bottleneck, "Unknown");
  EXPECT_TRUE(std::isinf(out.utilization));
  EXPECT_TRUE(out.is_stalled);
  EXPECT_FALSE(out.supply_known);
  expect_error(data_model({-1, bare}), "workload_data_rate is -1");
}

TEST(BookTransformation, TheSlowerSideSetsTheStep) {
  // paper-s2-transform-dgxa100
  const TransformationOut slow =
      good(transformation({2048, 150e3, 32 * 850 * 150e3, 0.06910271794871795}));
  EXPECT_TRUE(slow.is_bottleneck);
  expect_relative(slow.accelerator_utilization, 0.9177704727564104, published);
  expect_relative(slow.slowdown_factor * slow.accelerator_utilization, 1, 1e-12);
  // suite-transform-32
  const TransformationOut fast = good(transformation({32, 100e3, 10e9, 0.05}));
  EXPECT_FALSE(fast.is_bottleneck);
  EXPECT_EQ(fast.accelerator_utilization, 1);
  EXPECT_TRUE(std::isinf(good(transformation({1, 1, 1, 0})).slowdown_factor));
  EXPECT_EQ(good(transformation({1, 0, 1, 0})).accelerator_utilization, 0);
  expect_error(transformation({1, 1, 0, 1}), "cpu_throughput");
}

TEST(BookTopology, SharesOfTheBisection) {
  // paper-w10-torus-64, paper-w10-fattree, suite-topo-ring-8
  const TopologyOut torus = good(topology_model({ndr(), "torus_3d", 64}));
  expect_relative(torus.bisection_bw_fraction, 0.5, published);
  expect_relative(torus.effective_bw, 25e9, published);
  expect_relative(torus.hops_avg, 3, 1e-12);
  EXPECT_EQ(good(topology_model({ndr(), "fat_tree", 64})).bisection_bw_fraction, 1);
  expect_relative(good(topology_model({ndr(), "ring", 8})).bisection_bw_fraction, 0.25, 1e-12);
  expect_relative(good(topology_model({ndr(), "dragonfly", 8})).bisection_bw, 0.85 * 50e9 * 4,
                  1e-12);
  Fabric thin = ndr();
  thin.oversubscription = 4;
  expect_relative(good(topology_model({thin, std::nullopt, 64})).effective_bw, 12.5e9, 1e-12);
}

// Mean distance and links across a cut, by breadth-first search on the graph itself.
struct Counted {
  double hops = 0, cut = 0;
};
Counted count_torus(int side, int dimensions) {
  int n = 1;
  for (int d = 0; d < dimensions; ++d) n *= side;
  const auto neighbours = [&](int node) {
    std::vector<int> found;
    for (int d = 0, stride = 1; d < dimensions; ++d, stride *= side) {
      const int at = node / stride % side;
      found.push_back(node + ((at + 1) % side - at) * stride);
      found.push_back(node + ((at + side - 1) % side - at) * stride);
    }
    return found;
  };
  std::vector<int> distance(static_cast<std::size_t>(n), -1), queue{0};
  distance[0] = 0;
  Counted counted;
  for (std::size_t i = 0; i < queue.size(); ++i)
    for (const int next : neighbours(queue[i]))
      if (distance[static_cast<std::size_t>(next)] < 0) {
        distance[static_cast<std::size_t>(next)] = distance[static_cast<std::size_t>(queue[i])] + 1;
        queue.push_back(next);
      }
  for (const int d : distance) counted.hops += static_cast<double>(d) / (n - 1);
  for (int node = 0; node < n / 2; ++node)
    for (const int next : neighbours(node)) counted.cut += next >= n / 2 ? 1 : 0;
  return counted;
}

TEST(BookTopology, ExactFormsAreCountedOnTheGraph) {
  for (const int side : {3, 4, 5, 6, 8}) {
    for (const int dimensions : {1, 3}) {
      const int n = dimensions == 1 ? side : side * side * side;
      const TopologyOut out =
          good(topology_model({ndr(), dimensions == 1 ? "ring" : "torus_3d", n}));
      const Counted counted = count_torus(side, dimensions);
      expect_relative(*out.hops_avg_exact, counted.hops, 1e-12);
      EXPECT_EQ(out.bisection_bw_exact.has_value(), side % 2 == 0);
      if (!out.bisection_bw_exact) continue;
      expect_relative(*out.bisection_bw_exact, counted.cut * 50e9, 1e-12);
      expect_relative(*out.bisection_bw_exact, 2 * out.bisection_bw, 1e-12);
    }
  }
  EXPECT_FALSE(good(topology_model({ndr(), "torus_3d", 65})).hops_avg_exact.has_value());
  EXPECT_FALSE(good(topology_model({ndr(), "ring", 2})).hops_avg_exact.has_value());
  expect_relative(*good(topology_model({ndr(), "fat_tree", 64})).bisection_bw_exact, 32 * 50e9,
                  1e-12);
}

TEST(BookTopology, RefusesWhatItDoesNotKnow) {
  expect_error(topology_model({ndr(), "torus", 8}), "torus_3d");
  expect_error(topology_model({ndr(), "ring", 0}), "num_nodes is 0");
  Fabric dead = ndr();
  dead.bandwidth = 0;
  expect_error(topology_model({dead, "ring", 8}), "bandwidth");
  EXPECT_TRUE(bool(topology_model({ndr(), "Fat-Tree", 8})));
}

TEST(BookScaling, ChinchillasOptimum) {
  const ScalingOut chinchilla = good(scaling({5.88e23, {}}));  // paper-a5-chinchilla-70b
  expect_relative(chinchilla.optimal_parameters, 70e9, published);
  expect_relative(chinchilla.optimal_tokens, 1.4e12, published);
  expect_relative(
      good(scaling({3.476889958369335e+23, {}})).optimal_parameters,  // paper-r3-scaling
      53827579349.6337, published);
  const ScalingOut fixed = good(scaling({1.2e20, 1e9}));  // suite-scaling-target-1b
  expect_relative(fixed.optimal_tokens, 20e9, 1e-12);
  expect_relative(fixed.tokens_per_parameter, 20, 1e-12);
  expect_relative(flops_of_gpu_time(30 * day), 30 * 86400 * 0.4 * 989e12, 1e-12);
  expect_error(scaling({0, {}}), "compute_budget");
  expect_error(scaling({1e20, 0}), "target_model_size");
}

TEST(BookScaling, AnswersThoughtOver) {
  // paper-s1-cot-k8-b200, paper-s1-cot-ratio-b200
  InferenceScalingIn in{.model = llama3_70b(), .hardware = b200()};
  const InferenceScalingOut eight = good(inference_scaling(in));
  expect_relative(eight.total_reasoning_time, 7.680382624246898, published);
  expect_relative(eight.ttft, 0.26682819224689774, published);
  expect_relative(eight.itl, 0.01853388608, published);
  EXPECT_TRUE(eight.feasible);
  EXPECT_EQ(eight.tokens_generated, 400);
  in.reasoning_steps = 1;
  const InferenceScalingOut one = good(inference_scaling(in));
  expect_relative(eight.total_reasoning_time / one.total_reasoning_time, 6.4350547630214905,
                  published);
  expect_relative(eight.energy_per_query / one.energy_per_query, 6.4350547630214905, published);
  // paper-s1-cot-k8-h100: does not fit, and is priced all the same.
  const InferenceScalingOut tight =
      good(inference_scaling({.model = llama3_70b(), .hardware = h100()}));
  EXPECT_FALSE(tight.feasible);
  expect_relative(tight.total_reasoning_time, 17.866864161461145, published);
  in.reasoning_steps = 0;
  expect_error(inference_scaling(in), "reasoning_steps");
}

TEST(BookScaling, CorrectedAnswersStandBeside) {
  const InferenceScalingOut out =
      good(inference_scaling({.model = llama3_70b(), .hardware = b200(), .reasoning_steps = 2}));
  // Each token made, summed one by one: 80 layers, 8 heads of 128, keys and values of 2 bytes.
  double grown = out.ttft;
  for (int made = 0; made < 100; ++made) grown += out.itl + made * 2.0 * 80 * 8 * 128 * 2 / 8e12;
  expect_relative(out.total_reasoning_time_exact, grown, 1e-12);
  EXPECT_GT(out.energy_at_load, 0.3 * out.energy_per_query);
  EXPECT_LT(out.energy_at_load, out.energy_per_query);
}

}  // namespace
}  // namespace fleetsim::analytic
