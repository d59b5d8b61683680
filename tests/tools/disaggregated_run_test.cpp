#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/shipped_run.h"

// Shipped scenarios in which some replicas read prompts and others decode, and the figures that
// they claim.
namespace fleetsim {
namespace {

using testing_support::mean;
using testing_support::run_shipped;

const std::string together = "serving.replica=[{ cluster: \"decoders\" }]";

std::string rate(const char* value) {
  return std::string("serving.clients[0].arrivals.poisson.rate=") + value;
}

// The book's lab on performance, part 3, prefill elsewhere: 2984 +- 82 tokens/s with MFU 42.6 % and
// 18.6 ms and 24.6 ms between tokens; 2749 +- 73, 39.3 %, 16.1 ms and 20.2 ms. Its tolerance, 2.75
// % and 2.66 %, is that of all but the median at 12/s, which varies by 25 % from run to run.
TEST(DisaggregatedScenarios, DecodingAloneIsThatOfTheLab) {
  const Results most = run_shipped("llama70b_h100_mfu");
  EXPECT_NEAR(mean(most, "serving.throughput_tokens"), 2984, 82);
  EXPECT_NEAR(mean(most, "serving.decode.mfu") / 0.426, 1, 82.0 / 2984);
  EXPECT_NEAR(mean(most, "serving.itl.p99") / 24.6e-3, 1, 82.0 / 2984);
  EXPECT_NEAR(mean(most, "serving.itl.p50") / 18.6e-3, 1, 0.25 / std::sqrt(4));
  const Results less =
      run_shipped("llama70b_h100_mfu", {rate("11 /s"), "serving.scheduler.max_batch=64"});
  EXPECT_NEAR(mean(less, "serving.throughput_tokens"), 2749, 73);
  EXPECT_NEAR(mean(less, "serving.decode.mfu") / 0.393, 1, 73.0 / 2749);
  EXPECT_NEAR(mean(less, "serving.itl.p50") / 16.1e-3, 1, 73.0 / 2749);
  EXPECT_NEAR(mean(less, "serving.itl.p99") / 20.2e-3, 1, 73.0 / 2749);
}

// The same lab where one device does both: 502 tokens/s at 2/s with 17.4 ms a token in the median,
// at most 1110 with 56 ms; in chunks of 64 tokens 503, 15.2 ms and 23.6 ms at p99.
TEST(DisaggregatedScenarios, BothOnOneDeviceAreThoseOfTheLab) {
  const std::string batch = "serving.scheduler.max_batch=64";
  const Results calm = run_shipped("llama70b_h100_mfu", {together, batch, rate("2 /s")});
  EXPECT_NEAR(mean(calm, "serving.throughput_tokens") / 502, 1, 0.03);
  EXPECT_NEAR(mean(calm, "serving.tpot.p50") / 17.4e-3, 1, 0.06);
  const Results flooded =
      run_shipped("llama70b_h100_mfu",
                  {together, batch, rate("8 /s"), "run.horizon=1600 s", "run.warm_up=400 s"});
  EXPECT_NEAR(mean(flooded, "serving.throughput_tokens") / 1110, 1, 0.02);
  EXPECT_NEAR(mean(flooded, "serving.tpot.p50") / 56e-3, 1, 0.02);
  const Results chunks =
      run_shipped("llama70b_h100_mfu",
                  {together, batch, rate("2 /s"), "serving.scheduler.chunked_prefill=64 tokens"});
  EXPECT_NEAR(mean(chunks, "serving.throughput_tokens") / 503, 1, 0.03);
  EXPECT_NEAR(mean(chunks, "serving.tpot.p50") / 15.2e-3, 1, 0.02);
  EXPECT_NEAR(mean(chunks, "serving.tpot.p99") / 23.6e-3, 1, 0.02);
}

// What the header of the scenario claims: the split has the steadier tokens, and runs out first.
TEST(DisaggregatedScenarios, ASplitIsSteadierAndRunsOutFirst) {
  const std::string four = "serving.replica=[{ cluster: \"h100\" count: 4 tensor: 2 }]";
  const Results split = run_shipped("disaggregated"), both = run_shipped("disaggregated", {four});
  EXPECT_NEAR(mean(split, "serving.tpot.p99"), 13.1e-3, 0.3e-3);
  EXPECT_NEAR(mean(both, "serving.tpot.p99"), 24.0e-3, 2e-3);
  EXPECT_GT(mean(split, "serving.ttft.p99"), 1.1 * mean(both, "serving.ttft.p99"));
  EXPECT_GT(mean(split, "serving.slo_attainment"), mean(both, "serving.slo_attainment"));
  EXPECT_LT(mean(run_shipped("disaggregated", {rate("12 /s")}), "serving.slo_attainment"),
            mean(run_shipped("disaggregated", {four, rate("12 /s")}), "serving.slo_attainment"));
  // Transfers seldom meet on fast wires: 80 x 2 x 8 x 128 byte a token over two stripes.
  const double bytes = 163840 * 2000.0;
  EXPECT_NEAR(mean(split, "serving.transfer.mean") / (bytes / 2 / 450e9), 1, 0.05);
  EXPECT_NEAR(mean(split, "serving.transfer.bytes") / (540 * 8 * bytes), 1, 0.03);
}

}  // namespace
}  // namespace fleetsim
