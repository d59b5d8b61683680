#include "traces/results_json.h"

#include <gtest/gtest.h>

#include <bit>
#include <nlohmann/json.hpp>

#include "tests/support/sample_results.h"

namespace fleetsim {
namespace {

using testing_support::sample_results;
using Json = nlohmann::ordered_json;

std::vector<std::string> keys(const Json& json) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  return keys;
}

void expect_same_bits(const Json& json, double number) {
  ASSERT_TRUE(json.is_number()) << json;
  EXPECT_EQ(std::bit_cast<std::uint64_t>(json.get<double>()), std::bit_cast<std::uint64_t>(number));
}

TEST(ResultsJson, KeysComeAsPromised) {
  const Json json = Json::parse(results_json(sample_results()));
  EXPECT_EQ(keys(json),
            (std::vector<std::string>{"fleetsim", "scenario", "seed", "replications", "partial",
                                      "events", "wall_s", "simulated_s", "metrics", "findings"}));
  EXPECT_EQ(keys(json["metrics"]),
            (std::vector<std::string>{"queue.sojourn.mean", "queue.wait.p99", "queue.length"}));
  for (const Json& metric : json["metrics"]) {
    std::vector<std::string> expected = {"unit",    "mean",   "ci95", "closed_form",
                                         "formula", "agrees", "note"};
    if (metric["agrees"] == false) expected.push_back("rivals");  // only where there are some
    EXPECT_EQ(keys(metric), expected);
  }
}

TEST(ResultsJson, ValuesReadBackToTheSameBits) {
  const Results r = sample_results();
  const Json json = Json::parse(results_json(r));
  EXPECT_EQ(json["fleetsim"], r.version);
  EXPECT_EQ(json["scenario"], r.scenario);
  EXPECT_EQ(json["seed"].get<std::uint64_t>(), r.seed);
  EXPECT_EQ(json["replications"], r.replications);
  EXPECT_EQ(json["partial"], false);
  EXPECT_EQ(json["events"].get<std::uint64_t>(), r.events);
  expect_same_bits(json["wall_s"], r.wall_s);
  expect_same_bits(json["simulated_s"], r.simulated_s);
  for (std::size_t i = 0; i < 2; ++i) {
    const MetricResult& metric = r.metrics[i];
    const Json& read = json["metrics"][metric.spec.name];
    EXPECT_EQ(read["unit"], metric.spec.unit);
    expect_same_bits(read["mean"], metric.estimate.mean);
    expect_same_bits(read["ci95"][0], metric.estimate.low);
    expect_same_bits(read["ci95"][1], metric.estimate.high);
    expect_same_bits(read["closed_form"], *metric.closed_form);
    EXPECT_EQ(read["formula"], metric.formula);
    EXPECT_EQ(read["agrees"], *metric.agrees);
    EXPECT_EQ(read["note"], metric.note);
    for (const RivalValue& rival : metric.rivals)
      expect_same_bits(read["rivals"][rival.formula], rival.value);
  }
}

TEST(ResultsJson, HasWhatAPersonShouldKnow) {
  const Results r = sample_results();
  const Json json = Json::parse(results_json(r))["findings"];
  ASSERT_EQ(json.size(), r.findings.size());
  EXPECT_EQ(json[0], Json({{"metric", r.findings[0].metric}, {"text", r.findings[0].text}}));
}

TEST(ResultsJson, WhatIsMissingIsNull) {
  const Results r = sample_results();
  const Json json = Json::parse(results_json(r));
  const Json& metric = json["metrics"]["queue.length"];
  for (const char* key : {"mean", "ci95", "closed_form", "formula", "agrees"})
    EXPECT_TRUE(metric[key].is_null()) << key;
  EXPECT_EQ(metric["note"], r.metrics[2].note);
}

TEST(ResultsJson, IntervalWithoutAnEndIsNull) {
  Results r = sample_results();
  r.metrics[0].estimate.low = -std::numeric_limits<double>::infinity();
  const Json json = Json::parse(results_json(r));
  EXPECT_TRUE(json["metrics"]["queue.sojourn.mean"]["ci95"].is_null());
}

TEST(ResultsJson, NoMetricsIsAnEmptyObject) {
  Results r = sample_results();
  r.metrics.clear();
  EXPECT_EQ(Json::parse(results_json(r))["metrics"], Json::object());
}

TEST(ResultsJson, NameThatIsNoTextIsStillJson) {
  Results r = sample_results();
  r.scenario = "bad \xff byte, \"quotes\" and \x01";
  const Json json = Json::parse(results_json(r));
  EXPECT_EQ(json["scenario"], "bad \xEF\xBF\xBD byte, \"quotes\" and \x01");
}

}  // namespace
}  // namespace fleetsim
