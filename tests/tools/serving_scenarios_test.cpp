#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/support/program.h"
#include "tests/support/public_traces.h"
#include "tests/support/shipped_run.h"

// What the headers of scenarios with public traces say, against runs of them.
namespace fleetsim {
namespace {

using testing_support::mean;
using testing_support::no_public_traces;
using testing_support::public_trace;
using testing_support::run_shipped;

// A shipped scenario whose clients replay this file.
Results replayed(const std::string& scenario, const std::string& trace,
                 std::vector<std::string> sets = {}) {
  sets.push_back("serving.clients[0].trace=" + trace);
  return run_shipped(scenario, sets);
}

TEST(ServingScenarios, AzureConversationsAreAsTheHeaderSays) {
  const std::string trace = public_trace("llm/azure_llm_2023_conv.csv");
  if (trace.empty()) GTEST_SKIP() << no_public_traces;
  const Results as_it_was = replayed("azure_conv_tail", trace);
  EXPECT_NEAR(mean(as_it_was, "serving.ttft.mean"), 0.059, 0.0005);
  EXPECT_NEAR(mean(as_it_was, "serving.ttft.p99"), 0.28, 0.005);
  EXPECT_NEAR(mean(as_it_was, "serving.tpot.mean"), 0.007, 0.0005);
  EXPECT_NEAR(mean(as_it_was, "serving.tpot.p99"), 0.016, 0.0005);
  EXPECT_NEAR(mean(as_it_was, "serving.slo_attainment"), 0.9997, 0.00005);
  const Results twice = replayed("azure_conv_tail", trace, {"serving.clients[0].rate_scale=2"});
  EXPECT_NEAR(mean(twice, "serving.ttft.p99"), 0.8, 0.05);
  EXPECT_NEAR(mean(twice, "serving.slo_attainment"), 0.96, 0.005);
  const Results thrice = replayed("azure_conv_tail", trace, {"serving.clients[0].rate_scale=3"});
  EXPECT_NEAR(mean(thrice, "serving.slo_attainment"), 0.60, 0.005);
}

TEST(ServingScenarios, MooncakePrefixesAreAsTheHeaderSays) {
  const std::string trace = public_trace("llm/mooncake_conversation.jsonl");
  if (trace.empty()) GTEST_SKIP() << no_public_traces;
  const Results known = replayed("mooncake_prefix", trace);
  EXPECT_NEAR(mean(known, "serving.prefix_hits"), 0.125, 0.0005);
  EXPECT_NEAR(mean(known, "serving.ttft.mean"), 0.55, 0.006);
  const Results in_turn = replayed("mooncake_prefix", trace, {"serving.router.policy=ROUND_ROBIN"});
  EXPECT_NEAR(mean(in_turn, "serving.prefix_hits"), 0.06, 0.005);
  EXPECT_NEAR(mean(in_turn, "serving.ttft.mean"), 0.85, 0.005);
  const Results without =
      replayed("mooncake_prefix", trace, {"serving.scheduler.prefix_cache=false"});
  EXPECT_NEAR(mean(without, "serving.ttft.mean"), 0.62, 0.005);
}

// Where the traces are not there, the stand-ins that ship say nearly the same.
TEST(ServingScenarios, StandInsAreAsTheHeadersSay) {
  const Results azure = run_shipped("azure_conv_tail", {"serving.clients[0].trace=none.csv"});
  EXPECT_NEAR(mean(azure, "serving.ttft.mean"), 0.059, 0.0005);
  EXPECT_NEAR(mean(azure, "serving.ttft.p99"), 0.27, 0.005);
  const Results mooncake = run_shipped("mooncake_prefix", {"serving.clients[0].trace=none.jsonl"});
  EXPECT_NEAR(mean(mooncake, "serving.ttft.mean"), 0.60, 0.006);
  EXPECT_NEAR(mean(mooncake, "serving.prefix_hits"), 0.107, 0.0005);
}

TEST(ServingScenarios, CalibrationOfVllmIsAsTheHeaderSays) {
  const std::string trace = public_trace("llm/vllm_measured/rtxpro6000_llama31-8b_requests.jsonl");
  if (trace.empty()) GTEST_SKIP() << no_public_traces;
  const auto said = testing_support::fleetsim_says(
      "trace calibrate '" + trace +
      "' --format json --scenario " SOURCE_DIR "/workloads/scenarios/rtxpro6000_vllm.textproto");
  ASSERT_EQ(said.status, 0) << said.out;
  const auto json = nlohmann::json::parse(said.out);
  EXPECT_EQ(json["requests"], 300);
  const auto& sheet = json["errors"]["data_sheet_held_out"];
  EXPECT_NEAR(sheet["TPOT mean"].get<double>(), -0.20, 0.005);
  EXPECT_NEAR(sheet["TTFT mean"].get<double>(), -0.39, 0.005);
  for (const auto& [name, error] : json["errors"]["fitted_held_out"].items())
    EXPECT_LT(std::abs(error.get<double>()), 0.01) << name;
  const auto& fitted = json["calibration"];
  EXPECT_NEAR(fitted["launch_s"].get<double>(), 2.4e-3, 5e-5);
  EXPECT_NEAR(fitted["sequence_s"].get<double>(), 28e-6, 5e-7);
  EXPECT_NEAR(fitted["key"].get<double>(), 1.27, 0.005);
  EXPECT_NEAR(fitted["weights"].get<double>(), 1.07, 0.005);
  EXPECT_NEAR(fitted["token"].get<double>(), 0.73, 0.005);
}

}  // namespace
}  // namespace fleetsim
