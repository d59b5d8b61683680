#include <gtest/gtest.h>

#include "traces/scenario_file.h"
#include "workloads/scenario.h"

namespace fleetsim {
namespace {

constexpr const char* node =
    "component { class: NODE time_to_failure { exponential { mean: \"100 d\" } } }";
constexpr const char* repair = "repair { exponential { mean: \"1 d\" } }";

Result<LoadedScenario> loaded(const std::string& failures, const std::string& more = "",
                              const std::string& rare = "rare { paths: 7 }") {
  return load_scenario_text(
      "name: \"x\"\nfleet { region { name: \"here\"\n"
      "  cluster { name: \"a\" node: \"DGX_H100\" count: 10 spares: 3 } " +
          more + " } }\nfailures { crews: 2 " + failures + " " + rare +
          " }\nrun { horizon: \"30 d\" replications: 2 }\n",
      "x.textproto");
}

void expect_refused(const Result<LoadedScenario>& scenario, const std::string& why) {
  ASSERT_FALSE(scenario);
  EXPECT_NE(scenario.error().message.find("failures.rare"), std::string::npos);
  EXPECT_NE(scenario.error().message.find(why), std::string::npos) << scenario.error().message;
}

TEST(RareMessages, TellWhatIsLookedFor) {
  const auto scenario = loaded(std::string(node) +
                               "component { class: GPU per_node: 4 time_to_failure { exponential { "
                               "mean: \"400 d\" } } } component { class: NIC effect: RESTART }" +
                               repair);
  ASSERT_TRUE(scenario) << scenario.error().message;
  const rare::ExhaustionConfig& config = *scenario->scenario.rare;
  EXPECT_EQ(config.places, 10u);
  EXPECT_EQ(config.spares, 3u);
  EXPECT_EQ(config.crews, 2u);
  EXPECT_EQ(config.paths, 7u);
  EXPECT_DOUBLE_EQ(config.node_rate, 2.0 / (100 * 86'400));
  EXPECT_DOUBLE_EQ(config.horizon, 30 * 86'400);
  EXPECT_FALSE(loaded(std::string(node) + repair, "", "")->scenario.rare);
}

// Beside the metrics of the fleet; each window has a value, and the closed form is told.
TEST(RareMessages, AddAMetric) {
  const auto scenario = loaded(std::string(node) + repair, "", "rare { paths: 1000 }");
  ASSERT_TRUE(scenario) << scenario.error().message;
  const auto model = model_of(scenario->scenario);
  const std::vector<MetricSpec> metrics = model->metrics();
  EXPECT_EQ(metrics.front().name, "fleet.availability");
  EXPECT_EQ(metrics.back().name, "fleet.exhaustion");
  const Observation seen =
      model->simulate({}, {.end = scenario->scenario.run.horizon, .windows = 2}, nullptr);
  ASSERT_EQ(seen.windows.size(), 2u);
  EXPECT_EQ(seen.windows[0].size(), metrics.size());
  EXPECT_NE(seen.windows[0].back().value, seen.windows[1].back().value);
  const Prediction told = model->twin().predictions.back();
  EXPECT_EQ(told.metric, "fleet.exhaustion");
  EXPECT_EQ(told.formula, "h.exhaust");
  EXPECT_GT(*told.value, 0);

  const auto other = loaded(std::string(node) + "repair { constant { value: \"1 d\" } }");
  ASSERT_TRUE(other) << other.error().message;
  const Twin twin = model_of(other->scenario)->twin();
  EXPECT_FALSE(twin.predictions.back().value);
  EXPECT_EQ(twin.predictions.back().note, "no closed form: repairs are constant");
  EXPECT_EQ(twin.rivals.back().formula, "h.exhaust");
}

TEST(RareMessages, SayWhereSplittingDoesNotApply) {
  expect_refused(loaded(node), "expected the field \"repair\"");
  expect_refused(
      loaded("component { class: GPU time_to_failure { weibull { shape: 0.7 mean: \"9 d\" "
             "} } }" +
             std::string(repair)),
      "the life of \"gpu\" is weibull; expected exponential");
  expect_refused(
      loaded("component { class: SOFTWARE time_to_failure { exponential { mean: \"9 d\" } } "
             "}" +
             std::string(repair)),
      "expected a component on nodes");
  expect_refused(
      loaded(std::string(node) + repair, "cluster { name: \"b\" node: \"DGX_H100\" count: 10 }"),
      "2 clusters");
  EXPECT_FALSE(loaded(std::string(node) + repair, "", "rare { paths: 0 }"));
}

}  // namespace
}  // namespace fleetsim
