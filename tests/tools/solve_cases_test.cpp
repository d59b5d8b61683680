#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "sim/unit_text.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"
#include "tools/case_names.h"
#include "tools/case_text.h"
#include "tools/cases.h"
#include "tools/expression.h"

namespace fleetsim {
namespace {

using testing_support::fleetsim_says;
using testing_support::TemporaryFolder;

Result<double> worth(std::string_view text) {
  const std::map<std::string, double, std::less<>> values = {{"a", 2}, {"b.c", 5}};
  const ExpressionNames names{
      [&](std::string_view name) -> Result<double> {
        const auto found = values.find(name);
        if (found == values.end()) return Error{"no " + std::string(name)};
        return found->second;
      },
      [](std::string_view name, std::span<const double> arguments) -> Result<double> {
        if (name != "hypotenuse" || arguments.size() != 2) return Error{"no such function"};
        return std::hypot(arguments[0], arguments[1]);
      }};
  return evaluate(text, names);
}

TEST(Expression, IsArithmetic) {
  EXPECT_EQ(*worth("1 + 2 * 3 - 4 / 2"), 5);
  EXPECT_EQ(*worth("(1 - a) * b.c"), -5);
  EXPECT_EQ(*worth("10 / 2 / 5"), 1);
  EXPECT_EQ(*worth("--3 - -a"), 5);
  EXPECT_EQ(*worth("hypotenuse(3, a + 2) + floor(2.7) + ceil(0.1) + max(a, 1) + min(a, 1)"), 11);
}

TEST(Expression, SaysWhatIsWrong) {
  for (const char* text :
       {"", "1 +", "(1", "1)", "a b", "1 2", "unknown", "hypotenuse(1)", "$", "f(", "1..2"})
    EXPECT_FALSE(worth(text)) << text;
  EXPECT_FALSE(worth(std::string(1000, '(')));
}

TEST(CaseText, DropsWhatOnlyExplains) {
  EXPECT_EQ(plain_text("Systems.Clusters.Frontier_8K (8192)"), "Systems.Clusters.Frontier_8K");
  EXPECT_EQ(plain_text("2048 (implied by the 0.071 s TTFT)"), "2048");
  EXPECT_EQ(plain_text("H100 nvlink.bandwidth = 900 GB/s (total)"), "900 GB/s");
  EXPECT_EQ(plain_text("400 Gbit/s fat-tree"), "400 Gbit/s");
  EXPECT_EQ(plain_text("1.6 GB/s per chip"), "1.6 GB/s");
  EXPECT_EQ(plain_text("50000 h"), "50000 h");
  EXPECT_TRUE(leaves_default("default (0.5, as the page says)"));
  EXPECT_TRUE(leaves_default("not stated"));
  EXPECT_FALSE(leaves_default("0.5"));
}

TEST(CaseText, WorksOutProducts) {
  const auto rate = parse_measure(plain_text("32 workers x 850 img/s x 150 KB"));
  ASSERT_TRUE(rate);
  EXPECT_DOUBLE_EQ(rate->value, 32 * 850 * 150e3);
  const auto quotient = parse_measure(plain_text("256 x 500 KB / 16 ms"));
  ASSERT_TRUE(quotient);
  EXPECT_DOUBLE_EQ(quotient->value, 256 * 500e3 / 0.016);
  EXPECT_TRUE(quotient->dimension ==
              times(power_of(Dimension::byte), power_of(Dimension::second), -1));
  ASSERT_TRUE(repeated("2 x 10000 h"));
  EXPECT_EQ(repeated("2 x 10000 h")->each, "10000 h");
}

// Cases of every form, with values worked out by hand.
const char* const cases = R"json([
 {"id": "units", "solver": "ServingModel",
  "inputs": {"model": "Models.Language.Llama3_8B (8.03e9)", "hardware": "Hardware.Cloud.H100",
             "seq_len": 2048, "batch_size": 1, "efficiency": "default (0.5)",
             "precision": "fp16 (default)"},
  "expected": {"model_weights_size": {"value": 16060, "unit": "MB", "rel_tol": 1e-9},
               "memory_utilization": {"value": 19.0088, "unit": "percent", "rel_tol": 1e-5},
               "feasible": {"value": true, "unit": "bool", "rel_tol": 0},
               "ttft": {"value": 0, "unit": "ms", "op": ">"},
               "itl": {"value": 5, "unit": "ms", "op": "between", "upper": 6}}},
 {"id": "list", "solver": "ServingModel",
  "inputs": {"model": "Llama3_8B", "hardware": "H100", "seq_len": 2048, "batch_size": [1, 4]},
  "expected": {"kv_ratio_b4_over_b1": {"value": 4, "unit": "ratio", "rel_tol": 1e-9}}},
 {"id": "pair", "solver": "SustainabilityModel",
  "inputs": {"fleet": "Research_256", "duration_days": 30, "pair": "Poland / Quebec"},
  "expected": {"carbon_ratio": {"value": 61.1132, "unit": "ratio", "rel_tol": 1e-5}}},
 {"id": "inline", "solver": "ReliabilityModel",
  "inputs": {"fleet": {"node": "Systems.Nodes.DGX_H100", "count": 8,
                       "fabric": "400 Gbit/s fat-tree"}, "checkpoint_time_s": "default 60"},
  "expected": {"fleet_mtbf": {"value": 535.714, "unit": "hour", "rel_tol": 1e-5}}},
 {"id": "formula", "solver": "calc_mtbf_node", "inputs": {"gpu": "2 x 10000 h"},
  "expected": {"mtbf": {"value": 5000, "unit": "hour", "rel_tol": 1e-9}}},
 {"id": "derived", "solver": "EconomicsModel",
  "inputs": {"fleet": "Research_256", "duration_days": 30},
  "expected": {"cluster_purchase": {"value": 6.4e6, "unit": "USD", "rel_tol": 1e-9},
               "capex_over_tco": {"value": 0, "op": ">"}}},
 {"id": "registry", "solver": "Registry", "inputs": {"grid": "Infrastructure.Grids.Quebec"},
  "expected": {"carbon_intensity": {"value": 20, "unit": "g/kWh", "rel_tol": 1e-9}}},
 {"id": "search", "solver": "ServingModel",
  "inputs": {"model": "Llama3_8B", "hardware": "H100", "seq_len": 131072,
             "search": "largest batch_size with feasible = True"},
  "expected": {"max_feasible_batch": {"value": 4, "unit": "count", "rel_tol": 0}}},
 {"id": "measured", "solver": "ServingModel",
  "inputs": {"model": "Llama3_8B", "hardware": "H100", "seq_len": 2048},
  "expected": {"measured_itl": {"value": 7, "unit": "ms"}}},
 {"id": "unknown-solver", "solver": "v2_07.fixture", "inputs": {}, "expected": {"x": {"value": 1}}},
 {"id": "unknown-figure", "solver": "ServingModel",
  "inputs": {"model": "Llama3_8B", "hardware": "H100", "seq_len": 2048},
  "expected": {"beauty": {"value": 1}}},
 {"id": "older", "solver": "SingleNodeModel", "generation": "older",
  "inputs": {"model": "Models.Vision.ResNet50", "hardware": "A100", "batch_size": 256},
  "expected": {"throughput": {"value": 35343, "unit": "1/s", "rel_tol": 1e-4}}}
])json";

class SolveCases : public testing::Test {
 protected:
  nlohmann::json run(const std::string& text, int status) {
    std::ofstream(folder_ / "cases.json") << text;
    const auto outcome =
        fleetsim_says("solve --cases " + (folder_ / "cases.json") + " --format json");
    EXPECT_EQ(outcome.status, status) << outcome.out;
    return nlohmann::json::parse(outcome.out, nullptr, false);
  }
  static nlohmann::json find(const nlohmann::json& all, const std::string& id) {
    for (const auto& one : all["cases"])
      if (one["id"] == id) return one;
    return {};
  }

  TemporaryFolder folder_;
};

TEST_F(SolveCases, FormsAreUnderstood) {
  const nlohmann::json all = run(cases, 0);
  for (const char* id :
       {"units", "list", "pair", "inline", "formula", "derived", "registry", "search"})
    EXPECT_EQ(find(all, id)["status"], "pass") << find(all, id).dump(1);
  EXPECT_EQ(all["passed"], 8);
  EXPECT_EQ(all["failed"], 0);
  EXPECT_EQ(all["skipped"], 4);
  const nlohmann::json metric = find(all, "units")["metrics"]["model_weights_size"];
  EXPECT_NEAR(metric["value"], 16060, 1e-6);
  EXPECT_EQ(metric["expected"], 16060);
  EXPECT_LT(metric["rel_error"], 1e-9);
  EXPECT_EQ(metric["pass"], true);
}

// Units that only say what is counted, the book's spellings, and answers without end.
TEST_F(SolveCases, UnitsAreSpelledManyWays) {
  const nlohmann::json all = run(R"([
    {"id": "counted", "solver": "SingleNodeModel",
     "inputs": {"model": "ResNet50", "hardware": "H100", "batch_size": 128},
     "expected": {"throughput": {"value": 0, "unit": "img/s", "op": ">"},
                  "mfu": {"value": 0.403136, "unit": "dimensionless", "rel_tol": 1e-5},
                  "energy": {"value": 0, "unit": "joule", "op": ">"}}},
    {"id": "budget", "solver": "ScalingModel", "inputs": {"compute_budget": "588 ZFLOPs"},
     "expected": {"optimal_parameters": {"value": 70, "unit": "Bparam", "rel_tol": 1e-9},
                  "tokens_per_parameter": {"value": 20, "unit": "x", "rel_tol": 1e-9}}},
    {"id": "never", "solver": "calc_process_containment_time_to_breach",
     "inputs": {"max_volume": 100, "volume": 40, "inflow": 1, "outflow": 2},
     "expected": {"time_to_breach": {"value": "inf", "unit": "label"}}}])",
                                 0);
  EXPECT_EQ(all["passed"], 3) << all.dump(1);
}

// Names as publications shorten them, lists that are one argument, runs by what differs.
TEST_F(SolveCases, NamesAreShortened) {
  const nlohmann::json all = run(R"([
    {"id": "regions", "solver": "PlacementOptimizer",
     "inputs": {"fleet": "Research_256", "duration_days": 30, "regions": ["US_Avg", "Quebec"]},
     "expected": {"best_region": {"value": "Quebec", "unit": "label"},
                  "total_searched": {"value": 2, "unit": "count"}}},
    {"id": "minutes", "solver": "calc_young_daly_interval",
     "inputs": {"checkpoint_cost_min": 1, "mtbf_h": 100},
     "expected": {"tau": {"value": 6572.6707, "unit": "s", "rel_tol": 1e-7}}},
    {"id": "waits", "solver": "OrchestrationModel",
     "inputs": {"arrival_rate_jobs_per_day": [0.45, 0.25], "avg_job_duration_days": 2},
     "expected": {"wait_ratio": {"value": 9, "unit": "ratio", "rel_tol": 1e-9},
                  "queue_length_ratio": {"value": 16.2, "unit": "ratio", "rel_tol": 1e-9}}},
    {"id": "flags", "solver": "DistributedModel",
     "inputs": {"model": "Llama3_8B", "fleet": "Research_256", "batch_size": 1024,
                "tp_size": 8, "overlap_comm": [false, true]},
     "expected": {"bubble_true": {"value": 0, "unit": "fraction"},
                  "step_false_over_true": {"value": 1, "unit": "ratio", "op": ">"}}},
    {"id": "tags", "solver": "SustainabilityModel",
     "inputs": {"fleet": "Research_256", "duration_days": 30,
                "datacenter": ["Infrastructure.Grids.Poland", "Infrastructure.Grids.Quebec"]},
     "expected": {"carbon_poland_over_quebec": {"value": 61.1132, "unit": "ratio",
                                                "rel_tol": 1e-5}}},
    {"id": "fleet-row", "solver": "Registry", "inputs": {"fleet": "Systems.Clusters.Research_256"},
     "expected": {"total_accelerators": {"value": 256, "unit": "count"}}},
    {"id": "grids", "solver": "Registry", "inputs": {"pair": "Poland / Quebec"},
     "expected": {"carbon_intensity_ratio": {"value": 41, "unit": "ratio", "rel_tol": 1e-9}}},
    {"id": "price", "solver": "EconomicsModel",
     "inputs": {"fleet": "Research_256", "duration_days": 365, "unit_cost": "30 k$"},
     "expected": {"capex": {"value": 2.56e6, "unit": "USD", "rel_tol": 1e-9}}}])",
                                 0);
  EXPECT_EQ(all["passed"], 8) << all.dump(1);
}

// A figure that there is none of leaves the others to be compared, and one of those may fail.
TEST_F(SolveCases, WhatIsUnknownHidesNothing) {
  const nlohmann::json all = run(R"([{"id": "both", "solver": "CheckpointModel",
    "inputs": {"model": "Llama3_8B", "hardware": "H100"},
    "expected": {"beauty": {"value": 1},
                 "checkpoint_size": {"value": 1, "unit": "GB", "rel_tol": 1e-6}}}])",
                                 1);
  EXPECT_EQ(all["failed"], 1) << all.dump(1);
}

TEST(CaseNames, TheNearestIsMeant) {
  EXPECT_EQ(words_left_out("goodput", "goodput_ratio"), 1u);
  EXPECT_EQ(words_left_out("intra_bw", "intra_node_bandwidth"), 1u);
  EXPECT_GT(words_left_out("wait", "avg_wait_time"), words_left_out("avg", "avg_wait_time"));
  EXPECT_EQ(words_left_out("p", "precision"), std::nullopt);  // one letter is a word of its own
  EXPECT_EQ(words_left_out("time_wait", "avg_wait_time"), std::nullopt);
  const analytic::Solver& node = **analytic::solver_named("calc_mtbf_node");
  EXPECT_EQ(meant_input(node, "gpu")->name, "gpu_mtbf_h");
  EXPECT_EQ(meant_input(node, "n_gpu")->name, "n_gpus");
  EXPECT_EQ(meant_input(node, "fan"), nullptr);
  const analytic::InputSpec& latency =
      *meant_input(**analytic::solver_named("SynthesisSolver"), "target_latency_ms");
  EXPECT_EQ(in_unit_of_name(50.0, "target_latency_ms", latency).text(), "50 ms");
  EXPECT_EQ(in_unit_of_name(50.0, "target_latency", latency).number(), 50);
}

TEST_F(SolveCases, WhatIsSkippedHasAReason) {
  const nlohmann::json all = run(cases, 0);
  const auto reason = [&](const char* id) { return find(all, id)["reason"].get<std::string>(); };
  EXPECT_NE(reason("measured").find("only measurements"), std::string::npos);
  EXPECT_NE(reason("unknown-solver").find("no solver \"v2_07.fixture\""), std::string::npos);
  EXPECT_NE(reason("unknown-figure").find("beauty is no figure"), std::string::npos);
  EXPECT_NE(reason("older").find("8.2e9"), std::string::npos);  // and its figures are shown
  EXPECT_EQ(find(all, "older")["metrics"]["throughput"]["pass"], false);
}

TEST_F(SolveCases, WhatDiffersFails) {
  const nlohmann::json all = run(R"([{"id": "wrong", "solver": "ServingModel",
    "inputs": {"model": "Llama3_8B", "hardware": "H100", "seq_len": 2048},
    "expected": {"model_weights_size": {"value": 16.07, "unit": "GB", "rel_tol": 1e-6}}}])",
                                 1);
  EXPECT_EQ(all["failed"], 1);
  const nlohmann::json metric = all["cases"][0]["metrics"]["model_weights_size"];
  EXPECT_NEAR(metric["rel_error"], 0.01 / 16.07, 1e-9);
  EXPECT_EQ(metric["pass"], false);
}

TEST_F(SolveCases, BrokenFilesAreInputErrors) {
  run("[{]", 2);
  run("{}", 2);
  run(R"([{"solver": "ServingModel"}])", 2);
}

// One case that cannot be read is told, and keeps no other from being judged.
TEST_F(SolveCases, UnreadableCasesAreSkippedAlone) {
  const nlohmann::json all = run(R"([
    {"id": "valueless", "solver": "ServingModel", "expected": {"a": {"unit": "s"}}},
    {"id": "operator", "solver": "ServingModel", "expected": {"a": {"value": 1, "op": "~"}}},
    {"id": "solverless", "inputs": {}, "expected": {}},
    {"id": "fine", "solver": "calc_mtbf_cluster",
     "inputs": {"component_mtbf_h": 1000, "n_components": 10},
     "expected": {"mtbf": {"value": 100, "unit": "h"}}}])",
                                 0);
  EXPECT_EQ(find(all, "valueless")["reason"], "a has no value");
  EXPECT_NE(find(all, "operator")["reason"].get<std::string>().find("\"~\""), std::string::npos);
  EXPECT_EQ(find(all, "solverless")["reason"], "it has no solver");
  EXPECT_EQ(all["skipped"], 3);
  EXPECT_EQ(all["passed"], 1) << all.dump(1);
}

}  // namespace
}  // namespace fleetsim
