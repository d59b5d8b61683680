#include <gtest/gtest.h>

#include "traces/scenario_file.h"

namespace fleetsim {
namespace {

Result<LoadedScenario> loaded(const std::string& failures, const std::string& training = "") {
  return load_scenario_text(
      "name: \"x\"\n"
      "fleet { region { name: \"r\" cluster { name: \"eu\" node: \"DGX_H100\" count: 4 } "
      "cluster { name: \"us\" node: \"DGX_H100\" count: 4 } } }\nfailures { " +
          failures + " }\n" +
          (training.empty() ? "" : "training { name: \"j\" cluster: \"eu\" " + training + " }\n") +
          "run { horizon: \"348 d\" replications: 1 }\n",
      "x.textproto");
}

const std::vector<FailurePlan>& plans_of(const Result<LoadedScenario>& scenario) {
  EXPECT_TRUE(scenario) << scenario.error().message;
  return scenario->scenario.training->failures;
}

const char* const exponential = "time_to_failure { exponential { mean: \"1 yr\" } } ";

TEST(UpkeepMessages, SayHowNodesAreKept) {
  const auto scenario = loaded(
      std::string(
          "repair { exponential { mean: \"1 d\" } } stock: 3 burn_in: \"12 h\" "
          "lead_time { constant { value: \"5 d\" } } component { name: \"a\" per_node: 2 ") +
      exponential +
      "effect: SLOW slow_down: 1.5 found_after { constant { value: \"1 h\" } } } "
      "component { name: \"b\" per_node: 1 " +
      exponential +
      "effect: SLOW } "
      "maintenance { name: \"all\" every: \"30 d\" takes: \"8 h\" } "
      "maintenance { name: \"us\" cluster: \"us\" first: \"1 d\" every: \"7 d\" takes: \"1 h\" "
      "announced: false }");
  const std::vector<FailurePlan>& plans = plans_of(scenario);
  const FailurePlan& eu = plans[0];
  EXPECT_EQ(eu.stock, 3u);
  EXPECT_EQ(eu.lead_time->mean(), 5 * 86400);
  EXPECT_EQ(eu.burn_in, 43200_s);
  EXPECT_TRUE(slows(eu));
  EXPECT_EQ(eu.components[0].slow->factor, 1.5);
  EXPECT_EQ(eu.components[0].slow->found_after->mean(), 3600);
  EXPECT_TRUE(replaces(eu, 0));
  EXPECT_EQ(eu.components[1].slow->factor, 2);
  EXPECT_FALSE(eu.components[1].slow->found_after);
  ASSERT_EQ(eu.maintenance.size(), 1u);
  EXPECT_EQ(eu.maintenance[0].first, eu.maintenance[0].every);
  EXPECT_TRUE(eu.maintenance[0].announced);
  ASSERT_EQ(plans[1].maintenance.size(), 2u);
  EXPECT_EQ(plans[1].maintenance[1].first, 86400_s);
  EXPECT_EQ(plans[1].maintenance[1].takes, 3600_s);
  EXPECT_FALSE(plans[1].maintenance[1].announced);
}

// A cluster that is only switched off has no parts that break.
TEST(UpkeepMessages, MaintenanceAloneBreaksNothing) {
  const auto scenario = loaded("maintenance { name: \"m\" every: \"30 d\" takes: \"8 h\" }");
  EXPECT_TRUE(plans_of(scenario)[0].components.empty());
}

TEST(UpkeepMessages, MistakesAreTold) {
  const std::string slow =
      std::string("component { name: \"s\" per_node: 1 ") + exponential + "effect: SLOW } ";
  const std::string repair = "repair { exponential { mean: \"1 d\" } } ";
  const auto expect = [](const Result<LoadedScenario>& scenario, const char* message) {
    ASSERT_FALSE(scenario) << message;
    EXPECT_NE(scenario.error().message.find(message), std::string::npos)
        << scenario.error().message;
  };
  expect(loaded("stock: 1 lead_time { constant { value: \"1 d\" } }"), "found without repair");
  expect(loaded(repair + "stock: 1"), "found without lead_time");
  expect(loaded(repair + "lead_time { constant { value: \"1 d\" } }"), "found without stock");
  expect(loaded("burn_in: \"1 d\""), "found without repair");
  expect(loaded("maintenance { name: \"m\" every: \"1 d\" takes: \"1 d\" }"),
         "found 1 d where the next begins after 1 d; expected less");
  expect(loaded("maintenance { name: \"m\" cluster: \"es\" every: \"1 d\" takes: \"1 h\" }"),
         "found \"es\"; expected the name of a cluster");
  expect(loaded("maintenance { name: \"m\" every: \"1 d\" takes: \"1 h\" } "
                "maintenance { name: \"m\" every: \"2 d\" takes: \"1 h\" }"),
         "twice; expected another name");
  expect(loaded("shock { name: \"s\" time_to_failure: \"1 yr\" effect: SLOW }"),
         "found SLOW; expected REPLACE or RESTART");
  expect(loaded("spare_wear: 1 " + slow), "found SLOW beside spares that wear");
  expect(loaded(std::string("component { name: \"s\" total: 1 ") + exponential + "effect: SLOW }"),
         "found SLOW for parts that a cluster shares");
  expect(loaded(std::string("component { name: \"s\" per_node: 1 ") + exponential +
                "found_after { constant { value: \"1 h\" } } }"),
         "found beside the effect REPLACE; expected effect: SLOW");
  expect(
      loaded(std::string("component { name: \"s\" per_node: 1 slow_down: 3 ") + exponential + "}"),
      "slow_down: found beside the effect REPLACE; expected effect: SLOW");
  expect(loaded(slow,
                "checkpoint { strategy: ASYNC interval: \"1 h\" write_time: \"1 s\" "
                "drain_time: \"60 s\" }"),
         "found ASYNC where nodes may be slow");
}

}  // namespace
}  // namespace fleetsim
