#include "analytic/book/reliability.h"
#include "analytic/exact/checkpoint.h"
#include "tests/analytic/book_fleet.h"

namespace fleetsim::analytic {
namespace {

constexpr double published = 1e-9;

TEST(BookReliability, Training512) {  // paper-r3-training512, paper-ovd-training1k
  const ReliabilityOut out =
      good(reliability_model({.fleet = training_512(), .job_duration_hours = 720 * hour}));
  expect_relative(out.fleet_mtbf, 66.96428571428571 * hour, published);
  expect_relative(out.optimal_checkpoint_interval, 89.64214570007951 * 60, published);
  expect_relative(*out.expected_failures, 10.752, published);
  expect_relative(out.goodput_ratio, 0.9876000885351012, published);
  expect_relative(*out.failure_probability, 1 - std::exp(-10.752), 1e-12);
  const ReliabilityOut twice = good(reliability_model({.fleet = dgx_h100s(128, hdr())}));
  expect_relative(twice.fleet_mtbf, 33.482142857142854 * hour, published);
  expect_relative(twice.optimal_checkpoint_interval, 63.38656910463874 * 60, published);
  EXPECT_FALSE(twice.expected_failures.has_value());
}

TEST(BookReliability, PlainNodesLastLonger) {  // t12-reliability-512: 1 NIC and 2 PSUs a node
  Fleet fleet = dgx_h100s(64, ndr());
  fleet.node.nics = 1;
  const ReliabilityOut out = good(reliability_model(
      {.fleet = fleet, .job_duration_hours = 720 * hour, .checkpoint_time_s = 120}));
  expect_relative(out.fleet_mtbf / hour, 83.71, 6.3e-5);
  expect_relative(*out.failure_probability, 0.9998, 5.3e-5);
  expect_relative(out.optimal_checkpoint_interval / 60, 141.7, 3.8e-4);
}

TEST(BookReliability, ExactGoodputHasTheWorkThatFailuresUndo) {
  const ReliabilityOut out = good(reliability_model({.fleet = training_512()}));
  // At Young's interval the work undone is as much as the writes, to first order.
  const double writes = 60 / out.optimal_checkpoint_interval;
  expect_relative(out.goodput_ratio - out.goodput_first_order, writes, 1e-9);
  const double lost = 1 - out.goodput_first_order;
  EXPECT_NEAR(*out.goodput_exact, out.goodput_first_order, lost * lost);
  EXPECT_LT(*out.goodput_exact, out.goodput_ratio);
  EXPECT_GE(*out.goodput_best, *out.goodput_exact);
  expect_relative(*out.goodput_exact,
                  good(checkpoint_exact({.interval = out.optimal_checkpoint_interval,
                                         .write = 60,
                                         .restart = 300,
                                         .mtbf = out.fleet_mtbf}))
                      .goodput,
                  1e-12);
}

TEST(BookReliability, MoreNodesNeverLowerFailures) {
  double failures = 0, goodput = 1;
  for (std::int64_t nodes = 1; nodes < 200000; nodes *= 3) {
    const ReliabilityOut out = good(
        reliability_model({.fleet = dgx_h100s(nodes, ndr()), .job_duration_hours = 720 * hour}));
    EXPECT_GT(*out.expected_failures, failures);
    EXPECT_LE(out.goodput_ratio, goodput);
    EXPECT_GE(out.goodput_ratio, 0);
    failures = *out.expected_failures, goodput = out.goodput_ratio;
  }
}

TEST(BookReliability, RefusesWhatCannotBe) {
  ReliabilityIn in{.fleet = training_512()};
  in.checkpoint_time_s = 0;
  expect_error(reliability_model(in), "checkpoint_time_s is 0");
  in.checkpoint_time_s = 60, in.job_duration_hours = -1;
  expect_error(reliability_model(in), "job_duration_hours");
  in.job_duration_hours = 1, in.fleet.nodes = 0;
  expect_error(reliability_model(in), "nodes");
}

TEST(BookReliability, Formulas) {
  // formula-young-daly, formula-mtbf-1000-corr, formula-mtbf-node-2gpu, formula-pfail
  expect_relative(good(calc_young_daly_interval({60, 50000 * hour})).interval, 146969.3845669907,
                  1e-12);
  expect_relative(good(calc_mtbf_cluster({50000 * hour, 1000, 0.5})).mtbf, 25 * hour, 1e-12);
  expect_relative(good(calc_mtbf_node({.gpu_mtbf_h = 10000 * hour, .n_gpus = 2})).mtbf, 5000 * hour,
                  1e-12);
  expect_relative(
      good(calc_mtbf_node({.gpu_mtbf_h = 1, .n_gpus = 0, .n_other = 3, .other_mtbf_h = 6.0})).mtbf,
      2, 1e-12);
  expect_relative(good(calc_failure_probability({100 * hour, 100 * hour})).p, 0.6321205588285577,
                  1e-12);
  expect_relative(good(calc_failure_probability({1e12, 1})).p, 1e-12, 1e-9);  // no cancellation
  expect_relative(good(calc_availability_stacked({0.99, 3})).availability, 1 - 1e-6, 1e-12);
  expect_error(calc_young_daly_interval({0, 1}), "checkpoint_cost_s");
  expect_error(calc_mtbf_cluster({1, 0, 1}), "n_components");
  expect_error(calc_mtbf_node({.gpu_mtbf_h = 0}), "gpu_mtbf_h");
  expect_error(calc_mtbf_node({.gpu_mtbf_h = 1, .n_gpus = 0}), "n_gpus");
  expect_error(calc_availability_stacked({1.5, 3}), "single_availability");
  expect_error(calc_failure_probability({0, 1}), "mtbf");
}

CheckpointIn llama70b(std::string optimizer, std::int64_t writers) {
  return {.model = llama3_70b(),
          .hardware = priced_h100(),
          .optimizer = std::move(optimizer),
          .checkpoint_interval_hours = hour,
          .n_writers = writers};
}

TEST(BookCheckpoint, SizesAndWrites) {  // u012-ckpt-*
  const CheckpointOut one = good(checkpoint_model(llama70b("adam", 1)));
  expect_relative(one.checkpoint_size, 988.4e9, 1e-12);
  expect_relative(one.write_time_seconds, 141.2, 1e-12);
  expect_relative(one.mfu_penalty_pct, 141.2 / 3600, 1e-12);
  EXPECT_TRUE(one.storage_bottleneck);
  const CheckpointOut eight = good(checkpoint_model(llama70b("adam", 8)));
  expect_relative(eight.write_time_seconds, 17.65, 1e-12);
  EXPECT_FALSE(eight.storage_bottleneck);
  // Beyond 71 writers the filesystem's 500 GB/s binds.
  expect_relative(good(checkpoint_model(llama70b("adam", 1000))).write_time_seconds, 988.4 / 500,
                  1e-12);
  for (const char* other : {"sgd", "rmsprop", "adamw"})
    expect_relative(good(checkpoint_model(llama70b(other, 1))).checkpoint_size, 282.4e9, 1e-12);
  // suite-ckpt-gpt3-bottleneck
  EXPECT_TRUE(
      good(checkpoint_model({.model = gpt3(), .hardware = priced_h100()})).storage_bottleneck);
}

TEST(BookCheckpoint, SlipsOfThePenAreNotSgd) {
  EXPECT_EQ(good(checkpoint_model(llama70b("RMSprop", 1))).bytes_per_param, 4);
  expect_error(checkpoint_model(llama70b("adm", 1)), "did you mean \"adam\"?");
}

TEST(BookCheckpoint, CorrectedFormsStandBeside) {
  const CheckpointOut out = good(checkpoint_model(llama70b("adamw", 1)));
  expect_relative(*out.checkpoint_size_exact, 988.4e9, 1e-12);
  expect_relative(*out.mfu_penalty_exact, 141.2 / (3600 + 141.2), 1e-12);
  expect_relative(*out.bandwidth_required_exact, 988.4e9 / 60, 1e-12);
  EXPECT_FALSE(good(checkpoint_model(llama70b("rmsprop", 1))).checkpoint_size_exact.has_value());
  CheckpointIn always = llama70b("adam", 1);
  always.checkpoint_interval_hours = 0;
  EXPECT_EQ(good(checkpoint_model(always)).mfu_penalty_pct, 1);
  EXPECT_EQ(good(checkpoint_model(always)).mfu_penalty_exact, 1);
  always.hardware.storage_bandwidth.reset();  // 1 GB/s
  expect_relative(good(checkpoint_model(always)).write_time_seconds, 988.4, 1e-12);
  always.n_writers = 0;
  expect_error(checkpoint_model(always), "n_writers");
}

}  // namespace
}  // namespace fleetsim::analytic
