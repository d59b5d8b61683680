#include "tools/solve_verbs.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"
#include "tools/bench.h"
#include "tools/solve_words.h"

namespace fleetsim {
namespace {

using testing_support::fleetsim_says;
using testing_support::Outcome;
using testing_support::TemporaryFolder;

nlohmann::json json_of(const std::string& arguments, int status = 0) {
  const Outcome outcome = fleetsim_says(arguments + " --format json");
  EXPECT_EQ(outcome.status, status) << arguments << '\n' << outcome.out;
  return nlohmann::json::parse(outcome.out, nullptr, false);
}

TEST(SolveCompare, SaysWhatBoundAndWhy) {
  const nlohmann::json json = json_of("solve compare A100 H100 --model Llama3_8B");
  EXPECT_EQ(json["before"]["case"], "A100");
  EXPECT_EQ(json["before"]["parts"][0]["part"], "memory");
  // Weights and 10% of them over 3.35 and 2.039 TB/s, and what launching costs.
  const double traffic = 2 * 8.03e9 * 1.1;
  const double before = traffic / 2.039e12 + 15e-6 + 32e-5;
  const double after = traffic / 3.35e12 + 10e-6 + 32e-5;
  EXPECT_NEAR(json["speedup"], before / after, 1e-9);
  const Outcome text =
      fleetsim_says("solve compare batch_size=1 batch_size=256 --hardware A100 --model ResNet50");
  EXPECT_EQ(text.status, 0);
  EXPECT_NE(text.out.find("launching bound before, compute binds now"), std::string::npos)
      << text.out;
  EXPECT_EQ(fleetsim_says("solve compare A100 --model Llama3_8B 2>&1").status, 2);
  EXPECT_EQ(fleetsim_says("solve compare A100 H1000 --model Llama3_8B 2>&1").status, 2);
}

TEST(SolveSearch, FindsWhatATableOfAllWould) {
  const nlohmann::json json = json_of(
      "solve search serving --model Llama3_8B --seq_len 2048 --vary hardware=A100,H100 "
      "--vary batch_size=1:64 --minimize itl --maximize kv_cache_size "
      "--subject-to 'ttft <= 2 s' --top 3");
  EXPECT_EQ(json["searched"], 14);
  EXPECT_EQ(json["best"]["set"]["hardware"], "H100");
  EXPECT_EQ(json["best"]["set"]["batch_size"], 1);
  EXPECT_EQ(json["top"].size(), 3u);
  // Each point: as good as itself when solved alone, within the constraint.
  for (const auto& point : json["pareto"]) {
    const std::string batch = point["set"]["batch_size"].dump();
    const nlohmann::json alone = json_of(
        "solve serving --model Llama3_8B --seq_len 2048 "
        "--hardware H100 --batch_size " +
        batch)["outputs"];
    EXPECT_EQ(point["metrics"]["itl"], alone["itl"]);
    EXPECT_LE(alone["ttft"]["value"].get<double>(), 2000);
  }
}

TEST(SolveSearch, TakesDocuments) {
  const TemporaryFolder folder;
  std::ofstream(folder / "search.json") << R"json({"solver": "SingleNodeModel",
    "fixed": {"model": "ResNet50", "hardware": "A100"}, "space": {"batch_size": [1, 8, 64]},
    "objective": "maximize(throughput)", "constraints": ["latency <= 2 ms"], "top": 1})json";
  const nlohmann::json json = json_of("solve search " + (folder / "search.json"));
  EXPECT_EQ(json["best"]["set"]["batch_size"], 8);
  EXPECT_EQ(json["constrained"], 1);
  std::ofstream(folder / "wrong.json") << R"({"objectiv": "minimize: latency"})";
  EXPECT_EQ(fleetsim_says("solve search " + (folder / "wrong.json") + " 2>&1").status, 2);
  EXPECT_EQ(fleetsim_says("solve search serving --vary nonsense --minimize itl 2>&1").status, 2);
  EXPECT_EQ(fleetsim_says("solve search serving --vary 2>&1").status, 2);
}

const char* const plan = R"({"version": "1.0", "name": "my-plan",
  "workload": {"name": "Llama3_8B", "batch_size": 64, "seq_len": 2048},
  "hardware": {"name": "B200", "nodes": 64, "accelerators_per_node": 8, "precision": "fp8"},
  "ops": {"region": "Quebec"},
  "constraints": {"assert": [{"metric": "performance.latency", "max": 5000, "min": "1 ms"}]}})";

TEST(SolveEvaluate, PlansAreEvaluatedAndHeldToTheirWord) {
  const TemporaryFolder folder;
  std::ofstream(folder / "plan.json") << plan;
  const std::string evaluate = "solve evaluate " + (folder / "plan.json");
  const nlohmann::json json = json_of(evaluate);
  EXPECT_EQ(json["outputs"]["scenario"]["value"], "my-plan");
  EXPECT_EQ(json["outputs"]["f_status"]["value"], "PASS");
  EXPECT_EQ(json["inputs"]["region"], "Grids.Quebec");
  EXPECT_EQ(json["inputs"]["duration_days"]["value"], 30);
  std::string strict = plan;
  strict.replace(strict.find("5000"), 4, "5");
  std::ofstream(folder / "strict.json") << strict;
  const nlohmann::json failed = json_of("solve evaluate " + (folder / "strict.json"), 1);
  EXPECT_NE(failed["notes"].dump().find("does not hold: performance.latency <= 5"),
            std::string::npos);
  // The command line goes before the plan; a fleet has the book's names for its figures.
  const nlohmann::json more = json_of(evaluate + " --batch_size 512");
  EXPECT_EQ(more["inputs"]["batch_size"], 512);
  EXPECT_EQ(more["outputs"]["p_step_latency"], more["outputs"]["p_latency"]);
  EXPECT_EQ(more["outputs"]["passed_all"]["value"], true);
  // What a plan asserts, a search from it keeps to.
  const nlohmann::json searched = json_of("solve search " + (folder / "plan.json") +
                                          " --vary batch_size=64:256 --maximize p_throughput");
  EXPECT_EQ(searched["searched"], 3);
}

TEST(SolveEvaluate, UnknownKeysOfAPlanAreErrors) {
  const auto error = [](const std::string& from, const std::string& to) {
    std::string text = plan;
    text.replace(text.find(from), from.size(), to);
    const Result<Plan> read = read_plan(*parse_json(text, "plan.json"), "plan.json");
    return read ? std::string() : read.error().message;
  };
  EXPECT_EQ(error("my-plan", "other"), "");
  EXPECT_EQ(error("\"seq_len\"", "\"seqlen\""),
            "plan.json: workload: unknown key \"seqlen\"; did you mean \"seq_len\"?");
  EXPECT_EQ(error("\"version\": \"1.0\", ", ""), "plan.json: version is missing");
  EXPECT_NE(error("\"max\"", "\"most\""), "");
}

TEST(SolveWords, OptionsAndAxes) {
  std::vector<std::string> words{"serving", "--vary", "a=1", "--b", "2", "--vary=c=3"};
  EXPECT_EQ(take_names(words), std::vector<std::string>{"serving"});
  EXPECT_EQ(*take_option(words, "vary"), (std::vector<std::string>{"a=1", "c=3"}));
  EXPECT_EQ(words, (std::vector<std::string>{"--b", "2"}));
  EXPECT_EQ(parse_axis("n=8:64")->values.size(), 4u);
  EXPECT_EQ(parse_axis("n=1:9:2")->values.size(), 5u);
  EXPECT_EQ(parse_axis("n=a,b,c")->values.size(), 3u);
  EXPECT_EQ(parse_axis("n=5")->values.size(), 1u);
  EXPECT_EQ(parse_axis("n=5,b")->values[0].number(), 5);
  EXPECT_EQ(parse_axis("n=5,b")->values[1].text(), "b");
  for (const char* text : {"n", "=5", ""}) EXPECT_FALSE(parse_axis(text)) << text;
}

// What is asked for in writing: a microsecond for each of 10^6 ways to train.
TEST(BenchSearch, PrintsAFrontOfAMillionConfigurations) {
  const BenchOptions options;
  const std::vector<BenchRow> rows = bench_search(options);
  ASSERT_GT(rows.size(), 5u);
  double price = 0, rate = 0;
  for (const BenchRow& row : rows) {
    EXPECT_GT(row.figures[0].second, price);
    EXPECT_GT(row.figures[1].second, rate);
    price = row.figures[0].second, rate = row.figures[1].second;
    EXPECT_GE(row.figures[2].second, 1e6);
  }
}

}  // namespace
}  // namespace fleetsim
