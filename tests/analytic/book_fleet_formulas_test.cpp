#include "analytic/book/communication.h"
#include "analytic/book/networking.h"
#include "analytic/book/statistics.h"
#include "tests/analytic/book_fleet.h"

namespace fleetsim::analytic {
namespace {

TEST(BookCollectives, PublishedTimes) {
  // formula-tree-allreduce, formula-all-to-all; the others are the check values of section 4.2.
  expect_relative(good(calc_tree_allreduce_time({1e9, 8, 50e9, 500e-9})).time, 0.120003, 1e-12);
  expect_relative(good(calc_all_to_all_time({1e9, 8, 50e9, 500e-9})).time, 0.0175035, 1e-12);
  expect_relative(good(calc_ring_allreduce_time({10e9, 8, 450e9, 500e-9})).time,
                  0.03889588888888889, 1e-12);
  expect_relative(good(calc_hierarchical_allreduce_time({.message_bytes = 10e9,
                                                         .n_nodes = 4,
                                                         .gpus_per_node = 8,
                                                         .intra_node_bw = 450e9,
                                                         .inter_node_bw = 50e9}))
                      .time,
                  0.07642588888888889, 1e-12);
}

// A ring all-reduce step by step: each rank passes a chunk on, 2 (N-1) times.
TEST(BookCollectives, RingIsTheSumOfItsSteps) {
  for (const std::int64_t n : {1, 2, 3, 7, 64}) {
    double time = 0;
    for (std::int64_t step = 0; step < 2 * (n - 1); ++step)
      time += 1e-6 + 1e8 / static_cast<double>(n) / 25e9;
    EXPECT_NEAR(good(calc_ring_allreduce_time({1e8, n, 25e9, 1e-6})).time, time, 1e-12 * time);
    expect_relative(good(calc_ring_allreduce_latency_time({n, 1e-6})).time,
                    2e-6 * static_cast<double>(n - 1), 1e-12);
    expect_relative(good(calc_ring_allreduce_data_factor({n, 0})).factor,
                    2 * good(calc_ring_collective_data_factor({n, 0})).factor, 1e-12);
    EXPECT_EQ(good(calc_ring_allreduce_latency_steps({n, 0})).factor,
              2 * static_cast<double>(n - 1));
  }
}

TEST(BookCollectives, OneRankHasNothingToDo) {
  const Collective alone{1e9, 1, 50e9, 1e-6};
  EXPECT_EQ(good(calc_ring_allreduce_time(alone)).time, 0);
  EXPECT_EQ(good(calc_tree_allreduce_time(alone)).time, 0);
  EXPECT_EQ(good(calc_all_to_all_time(alone)).time, 0);
  EXPECT_EQ(good(calc_double_binary_tree_allreduce_time({alone})).time, 0);
  // One node is a ring within it, one device a node a ring between them.
  expect_relative(good(calc_hierarchical_allreduce_time({1e9, 1, 8, 450e9, 50e9, 1e-6, 5e-6})).time,
                  good(calc_ring_allreduce_time({1e9, 8, 450e9, 1e-6})).time, 1e-12);
  expect_relative(good(calc_hierarchical_allreduce_time({1e9, 8, 1, 450e9, 50e9, 1e-6, 5e-6})).time,
                  good(calc_ring_allreduce_time({1e9, 8, 50e9, 5e-6})).time, 1e-12);
}

TEST(BookCollectives, TreesAreForShortMessages) {
  // By hand: 1.2 x 2 x 3 x 5 us + 1.05 x 7/4 x 1e9/50e9.
  expect_relative(good(calc_double_binary_tree_allreduce_time({{1e9, 8, 50e9, 5e-6}})).time,
                  36e-6 + 0.03675, 1e-12);
  const Crossover at = good(calc_ring_tree_crossover_size({64, 5e-6, 50e9}));
  expect_relative(at.size, 64 * 5e-6 * 50e9 / 6, 1e-12);
  const auto ring_wins = [](double bytes) {
    return good(calc_ring_allreduce_time({bytes, 64, 50e9, 5e-6})).time <
           good(calc_tree_allreduce_time({bytes, 64, 50e9, 5e-6})).time;
  };
  EXPECT_TRUE(ring_wins(*at.size_exact * 1.001));
  EXPECT_FALSE(ring_wins(*at.size_exact * 0.999));
  EXPECT_FALSE(good(calc_ring_tree_crossover_size({2, 5e-6, 50e9})).size_exact.has_value());
  EXPECT_EQ(good(calc_ring_tree_crossover_size({1, 5e-6, 50e9})).size, 0);
}

TEST(BookCollectives, RefuseWhatCannotBe) {
  expect_error(calc_ring_allreduce_time({1, 0, 1, 1}), "n_gpus is 0, but must be at least 1");
  expect_error(calc_ring_allreduce_time({-1, 2, 1, 1}), "message_bytes");
  expect_error(calc_tree_allreduce_time({1, 2, 0, 1}), "bandwidth_bytes_s");
  expect_error(calc_all_to_all_time({1, 2, 1, -1}), "latency_s");
  expect_error(calc_hierarchical_allreduce_time({1, 0, 1, 1, 1}), "n_nodes");
  expect_error(calc_double_binary_tree_allreduce_time({{1, 2, 1, 1}, -1, 1}), "latency_factor");
  expect_error(calc_ring_allreduce_time({std::nan(""), 2, 1, 1}), "message_bytes");
}

TEST(BookNetworking, Links) {
  expect_relative(good(calc_alpha_beta_crossover({5e-6, 50e9})).size, 250e3, 1e-12);
  // There latency and transfer cost the same.
  expect_relative(good(calc_point_to_point_time({250e3, 5e-6, 50e9})).time, 10e-6, 1e-12);
  const Throttled half = good(calc_oversubscription_effect({0.5, 3}));
  expect_relative(half.throughput, 0.5, 1e-12);
  expect_relative(half.loss, 0.5, 1e-12);
  EXPECT_EQ(good(calc_oversubscription_effect({0, 8})).loss, 0);
  expect_relative(good(calc_bisection_bandwidth({32, 50e9, 2})).bandwidth, 800e9, 1e-12);
  expect_relative(good(calc_hop_latency({4, 600e-9})).time, 2.4e-6, 1e-12);
  expect_relative(good(calc_network_latency_ms({1000e3})).time, 0.01, 1e-12);
  expect_error(calc_oversubscription_effect({1.5, 2}), "cross_fraction");
  expect_error(calc_hop_latency({-1, 1}), "hops");
}

TEST(BookNetworking, Products) {
  // paper-a6-gpt3-carbon: 1287 MWh at 429 g/kWh.
  expect_relative(good(carbon_from_energy({1287e3 * kwh, 429 * grams_per_kwh})).carbon, 552123,
                  1e-9);
  expect_relative(good(transfer_time({1e9, 50e9})).time, 0.02, 1e-12);
  expect_relative(good(compute_time({1e15, 1e12})).time, 1000, 1e-12);
  expect_relative(good(energy_from_power({700, hour})).energy, 0.7 * kwh, 1e-12);
  expect_relative(good(memory_from_params({7e9, 2})).memory, 14e9, 1e-12);
  expect_relative(good(token_throughput({1000, 4})).throughput, 250, 1e-12);
  expect_error(transfer_time({1, 0}), "bandwidth");
  expect_error(token_throughput({1, 0}), "duration");
}

TEST(BookStatistics, Drift) {
  EXPECT_EQ(good(calc_population_stability_index({{0.5, 0.5}, {0.5, 0.5}})).psi, 0);
  // Symmetric, and by hand: 0.2 ln 1.5 + 0.2 ln (0.6/0.4).
  const double moved = good(calc_population_stability_index({{0.4, 0.6}, {0.6, 0.4}})).psi;
  expect_relative(moved, 0.4 * std::log(1.5), 1e-12);
  expect_relative(good(calc_population_stability_index({{0.6, 0.4}, {0.4, 0.6}})).psi, moved,
                  1e-12);
  EXPECT_TRUE(std::isfinite(good(calc_population_stability_index({{1, 0}, {0, 1}})).psi));
  expect_error(calc_population_stability_index({{1}, {0.5, 0.5}}), "same number");
  expect_error(calc_population_stability_index({{}, {}}), "at least one");
}

TEST(BookStatistics, SamplesAndStages) {
  // By hand: 2 x 2.8^2 x 0.1 x 0.9 / 0.01^2.
  const SampleSize size = good(calc_two_proportion_sample_size({0.1, 0.01}));
  expect_relative(size.sample_size, 14112, 1e-12);
  expect_relative(size.sample_size_exact, 78400 * (0.09 + 0.11 * 0.89), 1e-12);
  // The two agree where the difference is small.
  const SampleSize fine = good(calc_two_proportion_sample_size({0.5, 1e-6}));
  expect_relative(fine.sample_size_exact, fine.sample_size, 1e-9);
  expect_error(calc_two_proportion_sample_size({0, 0.1}), "baseline_rate");
  expect_error(calc_two_proportion_sample_size({0.5, 0.6}), "detectable_lift");
  EXPECT_EQ(good(calc_constraint_propagation_factor({1, 6})).factor, 32);
  EXPECT_EQ(good(calc_constraint_propagation_factor({0, 3, 1.5})).factor, 3);
  expect_error(calc_constraint_propagation_factor({2, 1}), "stage_to");
  expect_error(calc_constraint_propagation_factor({0, 5000}), "stage_to");
}

}  // namespace
}  // namespace fleetsim::analytic
