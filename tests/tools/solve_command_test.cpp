#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "analytic/solver.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"
#include "tools/solve_arguments.h"

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

const std::string serving =
    "solve ServingModel --model Llama3_8B --hardware H100 --seq_len 2048 --batch_size 1";

TEST(Solve, SweepsCompressionsAndKnowsOtherNames) {
  const nlohmann::json json = json_of(
      "solve compression_sweep --model Llama3_8B --hardware H100 --max_accuracy_drop 0.01 "
      "--configs '[{\"target_bitwidth\": 8}, {\"target_bitwidth\": 4}]'");
  EXPECT_EQ(json["outputs"]["best_candidate_label"]["value"], "INT8 quantization");
  EXPECT_EQ(json["outputs"]["candidates"]["value"][1]["binding_constraint"], "quality");
  EXPECT_EQ(fleetsim_says("solve compression_sweep --model Llama3_8B --hardware H100 "
                          "--configs 8 2>&1")
                .status,
            2);
  const nlohmann::json other = json_of(
      "solve calc_bottleneck --ops 1e12 --model_bytes 1e9 --device_flops 312e12 "
      "--device_bw 2e12");
  EXPECT_EQ(other["outputs"]["bottleneck"]["value"], "Compute");
  const std::string csv = fleetsim_says("solve --list --format csv").out;
  EXPECT_NE(csv.find("\"Energy, carbon and water of a fleet over a period\""), std::string::npos);
}

// Hand-made from P = 8.03e9, L 32, d 128, 8 key and value heads (analytic.md, sections 2.7, 5.6).
TEST(Solve, JsonIsThatOfTheContract) {
  const nlohmann::json json = json_of(serving + " --precision fp16");
  EXPECT_EQ(json["solver"], "ServingModel");
  EXPECT_EQ(json["inputs"]["model"], "Language.Llama3_8B");
  EXPECT_EQ(json["inputs"]["seq_len"], 2048);
  EXPECT_EQ(json["inputs"]["efficiency"], 0.5);
  EXPECT_EQ(json["inputs"]["network_bandwidth"]["unit"], "GB/s");
  const double kv = 2.0 * 32 * 8 * 128 * 2048 * 2;
  const double itl = (2 * 8.03e9 + kv) / 3.35e12 + 32 * 1e-5;
  EXPECT_EQ(json["outputs"]["itl"]["unit"], "ms");
  EXPECT_NEAR(json["outputs"]["itl"]["value"], itl * 1e3, itl * 1e-6);
  EXPECT_EQ(json["outputs"]["feasible"]["value"], true);
  EXPECT_TRUE(json["notes"].is_array());
}

TEST(Solve, ShortFormsMeanTheSame) {
  const nlohmann::json long_form = json_of(serving);
  EXPECT_EQ(json_of("solve serving --model Language.Llama3_8B --hardware Hardware.Cloud.H100 "
                    "--seq-len=2048 --Batch-Size 1"),
            long_form);
}

TEST(Solve, WhatDoesNotFitIsAnAnswer) {
  const std::string gpt3 = "solve single_node --model GPT3 --hardware H100";
  EXPECT_EQ(json_of(gpt3)["outputs"]["feasible"]["value"], false);
  EXPECT_EQ(json_of(gpt3 + " --strict", 1)["outputs"]["feasible"]["value"], false);
  EXPECT_EQ(fleetsim_says(serving + " --strict").status, 0);
}

TEST(Solve, MistakesAreNamedWithTheNearestValid) {
  const auto says = [](const std::string& arguments, const std::string& words) {
    const Outcome outcome = fleetsim_says("solve " + arguments + " 2>&1");
    EXPECT_EQ(outcome.status, 2) << arguments;
    EXPECT_NE(outcome.out.find(words), std::string::npos) << arguments << '\n' << outcome.out;
  };
  says("servng", "did you mean \"serving\"?");
  says("serving --modle x", "did you mean \"model\"?");
  says("serving --model Llama3_8B --hardware H100", "needs seq_len");
  says("serving --model Llama3_8C --hardware H100 --seq_len 1", "did you mean");
  says("serving --model Llama3_8B --hardware H100 --seq_len 9 --batch_size 1.5", "a whole number");
  says("serving --model Llama3_8B --hardware H100 --seq_len nan", "seq_len");
  says("serving stray", "found \"stray\"");
  says("serving --zoo /nonexistent.json --model Llama3_8B", "nonexistent");
  says("", "solve needs the name of a solver");
}

TEST(Solve, InfinityIsANoteInJson) {
  const nlohmann::json json = json_of(
      "solve tail_latency --arrival_rate_qps 200 "
      "--service_latency_ms '10 ms'");
  EXPECT_TRUE(json["outputs"]["p99_latency"]["value"].is_null());
  EXPECT_NE(json["notes"].dump().find("p99_latency is infinite"), std::string::npos);
}

TEST(Solve, TextAndCsvCarryUnits) {
  const Outcome text = fleetsim_says(serving);
  EXPECT_NE(text.out.find("70.97 ms"), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("16.06 GB"), std::string::npos) << text.out;
  const Outcome csv = fleetsim_says(serving + " --format csv");
  EXPECT_EQ(csv.out.substr(0, 16), "name,value,unit\n");
  EXPECT_NE(csv.out.find("\nmodel_weights_size,16.06,GB\n"), std::string::npos) << csv.out;
}

TEST(Solve, EverySolverIsListedAndDescribed) {
  const nlohmann::json list = json_of("solve --list")["solvers"];
  EXPECT_EQ(list.size(), analytic::solvers().size());
  const nlohmann::json serving_page = json_of("solve serving --describe");
  for (const char* section : {"inputs", "outputs", "equations", "assumptions"})
    EXPECT_FALSE(serving_page[section].empty()) << section;
  for (const auto& input : serving_page["inputs"]) {
    const bool efficiency = input["name"] == "efficiency";
    EXPECT_EQ(efficiency, input["default"] == 0.5);
  }
  const Outcome text = fleetsim_says("solve serving --describe");
  for (const char* words : {"seq_len", "required", "itl = ", "4 Serving (node)"})
    EXPECT_NE(text.out.find(words), std::string::npos) << words;
  EXPECT_EQ(json_of("solve --walls")["walls"].size(), 22u);
}

TEST(Solve, UsersAddToTheCatalogue) {
  const TemporaryFolder folder;
  std::ofstream(folder / "mine.json")
      << R"({"hardware": [{"id": "Cloud.Twice", "base": "Cloud.H100",
             "memory_bandwidth": "6.7 TB/s"}]})";
  const std::string with =
      "solve single_node --zoo " + (folder / "mine.json") + " --model Llama3_8B --hardware ";
  const double once = json_of(with + "H100")["outputs"]["latency_memory"]["value"];
  const double twice = json_of(with + "Twice")["outputs"]["latency_memory"]["value"];
  EXPECT_NEAR(once / twice, 2, 1e-9);
}

TEST(SolveArguments, WordsBecomeFields) {
  const Result<analytic::Fields> fields =
      parse_arguments({"--a", "1", "--b=x", "--flag", "--list", "1,2", "--a", "3", "--row",
                       "{\"base\": \"H100\"}", "--negative", "-5"});
  ASSERT_TRUE(fields);
  ASSERT_EQ(fields->size(), 6u);
  EXPECT_EQ((*fields)[0].second.as_list()->size(), 2u);
  EXPECT_EQ(*(*fields)[1].second.as_text(), "x");
  EXPECT_EQ(*(*fields)[2].second.as_bool(), true);
  EXPECT_EQ(*(*(*fields)[3].second.as_list())[1].as_text(), "2");
  EXPECT_EQ((*fields)[4].second.as_fields()->front().first, "base");
  EXPECT_EQ(*(*fields)[5].second.as_text(), "-5");
  EXPECT_FALSE(parse_arguments({"--row", "{broken"}));
  EXPECT_FALSE(parse_arguments({"stray"}));
}

}  // namespace
}  // namespace fleetsim
