#include "analytic/book/batching.h"
#include "analytic/book/serving.h"
#include "analytic/book/serving_capacity.h"
#include "analytic/book/tail_latency.h"
#include "analytic/queueing/erlang.h"
#include "tests/analytic/book_node.h"

namespace fleetsim::analytic {
namespace {

TEST(QueueLatency, PublishedWaits) {  // analytic reference, section 4.7
  const struct {
    double lambda, c, p50, p99;
  } published[] = {{0.5, 1, 0, 7.824046010856292},
                   {0.8, 1, 2.3500181462286784, 21.910133173369417},
                   {7, 8, 0.2395144420878398, 4.151537447515986},
                   {90, 100, 0, 0.3077037941386894}};
  for (const auto& row : published) {
    const QueueLatencyOut out =
        good(calc_queue_latency_mmc({.arrival_rate_hz = row.lambda,
                                     .service_rate_hz = 1,
                                     .num_servers = static_cast<std::int64_t>(row.c)}));
    expect_relative(out.rho, row.lambda / row.c, 1e-12, "rho");
    expect_relative(out.p50, row.p50, 1e-9, "p50");
    expect_relative(out.p99, row.p99, 1e-9, "p99");
    const MmcSteady queue =
        good(mmc({.arrival_rate = row.lambda, .servers = static_cast<std::uint64_t>(row.c)}));
    expect_relative(out.p99, good(mmc_wait_quantile(queue, 0.99)), 1e-9, "quantile");
    expect_relative(mmc_sojourn_upper(queue, *out.sojourn_p99), 0.01, 1e-6, "sojourn");
  }
}

TEST(QueueLatency, AFullQueueWaitsForEver) {  // formula-mmc-unstable
  const QueueLatencyOut full = good(
      calc_queue_latency_mmc({.arrival_rate_hz = 150, .service_rate_hz = 10, .num_servers = 10}));
  EXPECT_EQ(full.rho, 1);
  EXPECT_TRUE(std::isinf(full.p50));
  EXPECT_EQ(full.offered_utilization, 1.5);
  EXPECT_FALSE(full.sojourn_p99.has_value());
  const QueueLatencyOut none = good(calc_queue_latency_mmc({.num_servers = 3}));
  EXPECT_EQ(none.rho, 0);
  EXPECT_EQ(none.p99, 0);
  expect_error(calc_queue_latency_mmc({.arrival_rate_hz = -1}), "arrival_rate_hz");
  expect_error(calc_queue_latency_mmc({.service_rate_hz = 0}), "service_rate_hz");
  expect_error(calc_queue_latency_mmc({.num_servers = 0}), "num_servers");
}

TEST(TailLatency, AddsTheServiceToScaledWaits) {
  const TailLatencyIn in{.arrival_rate = 0.8, .service_latency = 1};
  const TailLatencyOut out = good(tail_latency(in));
  expect_relative(out.p99_latency, 22.910133173369417, 1e-9);
  expect_relative(out.slo_headroom_ratio, 21.910133173369417 / 5, 1e-9);
  // M/M/1: the sojourn is exponential with rate mu - lambda.
  expect_relative(*out.p99_exact, std::log(100.0) / 0.2, 1e-9);
  TailLatencyIn steady = in;
  steady.service_time_cv = 0;
  expect_relative(good(tail_latency(steady)).p99_latency, 1 + 21.910133173369417 / 2, 1e-9);
  // M/D/1 by Crommelin lies below the scaled M/M/1 estimate at this load.
  EXPECT_LT(*good(tail_latency(steady)).p99_exact, good(tail_latency(steady)).p99_latency);
  steady.service_time_cv = 2;
  expect_relative(good(tail_latency(steady)).p50_latency, 1 + 2.5 * 2.3500181462286784, 1e-9);
  EXPECT_FALSE(good(tail_latency(steady)).p99_exact.has_value());
}

TEST(TailLatency, PublishedUtilisations) {  // suite-tail-rho-c1 .. c8
  for (const std::int64_t c : {1, 2, 4, 8}) {
    const TailLatencyOut out =
        good(tail_latency({.arrival_rate = 50, .service_latency = 0.01, .num_replicas = c}));
    expect_relative(out.queue_utilization, 0.5 / static_cast<double>(c), 1e-12);
    EXPECT_TRUE(out.is_stable);
  }
}

TEST(TailLatency, OverloadIsTellOnlyBesideTheBook) {
  const TailLatencyOut out = good(tail_latency({.arrival_rate = 30, .service_latency = 0.1}));
  EXPECT_FALSE(out.is_stable);
  EXPECT_EQ(out.queue_utilization, 1);
  EXPECT_EQ(out.slo_headroom_ratio, 1);
  EXPECT_TRUE(std::isinf(out.p99_latency));
  expect_relative(out.offered_utilization, 3, 1e-12);
  expect_error(tail_latency({.arrival_rate = 1, .service_latency = 0}), "service_latency_ms");
  expect_error(tail_latency({.service_latency = 1, .service_time_cv = -1}), "service_time_cv");
}

ServingCapacityIn tutorial() {
  return {.model = llama3_8b(),
          .hardware = h100(),
          .qps = 20,
          .target_p99_latency = 2,
          .seq_len = 1024,
          .output_tokens = 64,
          .max_batch_size = 16,
          .efficiency = 0.35};
}

TEST(ServingCapacity, PublishedTutorial) {  // t11-capacity-llama8b-h100
  const ServingCapacityOut out = good(serving_capacity(tutorial()));
  EXPECT_TRUE(out.feasible);
  EXPECT_EQ(out.required_replicas, 1);
  expect_relative(out.qps_capacity, 46.0, 1.2e-3);
  expect_relative(out.utilization, 0.435, 1.3e-3);
  expect_relative(out.estimated_p99_latency, 1.299, 1e-4);
  EXPECT_EQ(out.bottleneck, "Feasible");
}

TEST(ServingCapacity, PublishedActiveBatches) {  // suite-capacity-short-vs-full
  ServingCapacityIn in{.model = llama3_8b(),
                       .hardware = h100(),
                       .qps = 1,
                       .target_p99_latency = 600,
                       .max_seq_len = 8192,
                       .output_tokens = 256,
                       .max_batch_size = 4096,
                       .max_replicas = 8};
  EXPECT_EQ(good(serving_capacity(in)).active_batch_size, 65);
  in.mean_request_tokens = 2048;
  EXPECT_EQ(good(serving_capacity(in)).active_batch_size, 259);
}

TEST(ServingCapacity, BisectionFindsTheFirstThatALinearScanFinds) {
  Sweep sweep(2);
  for (int i = 0; i < 60; ++i) {
    ServingCapacityIn in = tutorial();
    in.qps = sweep.log(1, 3000);
    in.target_p99_latency = sweep.log(1.2, 3);
    in.max_replicas = 100;
    const ServingCapacityOut out = good(serving_capacity(in));
    std::int64_t first = 0;
    for (std::int64_t c = 1; c <= in.max_replicas && first == 0; ++c) {
      const Waits waits = mmc_waits(in.qps, out.per_replica_qps_capacity, c);
      if (waits.rho < 1 && out.base_request_latency + waits.p99 <= in.target_p99_latency) first = c;
    }
    EXPECT_EQ(out.feasible, first != 0);
    EXPECT_EQ(out.required_replicas, first == 0 ? in.max_replicas : first);
  }
}

TEST(ServingCapacity, SaysWhatStopsIt) {
  ServingCapacityIn in = tutorial();
  in.target_p99_latency = 0.5;  // below a request alone
  const ServingCapacityOut hopeless = good(serving_capacity(in));
  EXPECT_FALSE(hopeless.feasible);
  EXPECT_EQ(hopeless.required_replicas, 1024);
  EXPECT_EQ(hopeless.bottleneck, "Tail Latency");
  EXPECT_EQ(hopeless.bottleneck_exact, "Base Latency");
  in = tutorial();
  in.qps = 100;
  in.max_replicas = 2;
  EXPECT_EQ(good(serving_capacity(in)).bottleneck, "Capacity");
  in = tutorial();
  in.model = gpt3();
  const ServingCapacityOut none = good(serving_capacity(in));
  EXPECT_EQ(none.bottleneck, "Memory");
  EXPECT_EQ(none.qps_capacity, 0);
  EXPECT_TRUE(std::isinf(none.estimated_p99_latency));
  in.qps = 0;
  expect_error(serving_capacity(in), "qps is 0");
}

TEST(BatchingOptimizer, FindsTheLargestBatchThatPasses) {
  const BatchingOptimizerIn in{.model = llama3_8b(),
                               .hardware = h100(),
                               .seq_len = 512,
                               .sla_latency = 20,
                               .arrival_rate = 2};
  const BatchingOptimizerOut out = good(batching_optimizer(in));
  ASSERT_TRUE(out.feasible);
  ServingIn at{.model = llama3_8b(), .hardware = h100(), .seq_len = 512};
  std::int64_t last = 0;
  for (std::int64_t b = 1; b <= 256; ++b) {  // from the two models, once more
    at.batch_size = b;
    const ServingOut served = good(serving(at));
    const double service = served.ttft + 512 * served.itl;
    const TailLatencyOut tail = good(
        tail_latency({.arrival_rate = 2.0 / static_cast<double>(b), .service_latency = service}));
    if (served.feasible && tail.is_stable && tail.p99_latency <= 20) last = b;
  }
  EXPECT_EQ(out.best_batch_size, last);
  EXPECT_LT(last, 256);
  expect_relative(out.max_throughput, 1024, 1e-12);
  EXPECT_GE(out.throughput_capacity, out.max_throughput);
  EXPECT_GT(out.p99_with_batch_formation, out.p99_latency);
}

TEST(BatchingOptimizer, HasNothingToOfferWhenNoBatchPasses) {
  BatchingOptimizerIn in{.model = llama3_8b(),
                         .hardware = h100(),
                         .seq_len = 512,
                         .sla_latency = 0.1,
                         .arrival_rate = 2};
  const BatchingOptimizerOut out = good(batching_optimizer(in));
  EXPECT_FALSE(out.feasible);
  EXPECT_EQ(out.best_batch_size, 0);
  EXPECT_EQ(out.max_throughput, 0);
  in.seq_len = 0;
  expect_error(batching_optimizer(in), "seq_len is 0");
}

}  // namespace
}  // namespace fleetsim::analytic
