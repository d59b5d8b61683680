#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "tests/support/public_traces.h"
#include "tests/support/temporary_folder.h"
#include "traces/scenario_file.h"
#include "workloads/training/training_model.h"

namespace fleetsim {
namespace {

using testing_support::TemporaryFolder;

Result<LoadedScenario> loaded(const std::string& failures, const std::string& counts) {
  return load_scenario_text(
      "name: \"x\"\n"
      "fleet { region { name: \"r\" cluster { name: \"eu\" node: \"DGX_H100\" " +
          counts + " } } }\nfailures { " + failures +
          " }\nrun { horizon: \"348 d\" replications: 1 }\n",
      "x.textproto");
}

const FailurePlan& plan_of(const Result<LoadedScenario>& scenario) {
  EXPECT_TRUE(scenario) << scenario.error().message;
  return scenario->scenario.training->failures[0];
}

std::map<std::string, double> run(const Result<LoadedScenario>& scenario, double days) {
  EXPECT_TRUE(scenario) << scenario.error().message;
  const training::TrainingModel model(*scenario->scenario.training);
  const Observation seen = model.simulate({}, {.end = from_seconds(days * 86400)}, nullptr);
  std::map<std::string, double> out;
  for (const Measured& m : seen.windows[0]) out[m.metric.name] = m.value;
  return out;
}

TEST(TroublesMessages, SayWhatBreaks) {
  const auto scenario = loaded(
      "shock { name: \"rack\" nodes: 8 time_to_failure: \"1 yr\" hits: 0.5 } "
      "shock { name: \"feed\" time_to_failure: \"2 yr\" effect: RESTART } "
      "lemons { share: \"2 %\" factor: 5 } spare_wear: 0.5 "
      "scripted { at: \"20 min\" what: \"eu\" } "
      "scripted { at: \"10 min\" what: \"eu/node/103\" for: \"20 min\" }",
      "count: 100 spares: 4");
  const FailurePlan& plan = plan_of(scenario);
  EXPECT_EQ(causes(plan), (std::vector<std::string>{"rack", "feed", "scripted"}));
  EXPECT_EQ(plan.shocks[0].nodes, 8u);
  EXPECT_EQ(plan.shocks[0].hits, 0.5);
  EXPECT_TRUE(replaces(plan, 0));
  EXPECT_FALSE(replaces(plan, 1));
  EXPECT_TRUE(replaces(plan, 2));
  EXPECT_EQ(plan.shocks[1].nodes, 0u);
  EXPECT_EQ(plan.lemons.count, 2u);  // of 104
  EXPECT_EQ(plan.lemons.of, 104u);
  EXPECT_EQ(plan.lemons.factor, 5);
  EXPECT_EQ(plan.spare_wear, 0.5);
  ASSERT_EQ(plan.script.size(), 2u);
  EXPECT_EQ(plan.script[0].at, 600_s);
  EXPECT_EQ(plan.script[0].node, NodeId{103});
  EXPECT_EQ(plan.script[0].outage, 1200_s);
  EXPECT_EQ(plan.script[1].node, NodeId{});
  EXPECT_FALSE(plan.script[1].outage);
}

TEST(TroublesMessages, NoLemonsAreNone) {
  for (const char* text : {"share: \"0 %\"", "factor: 1", "share: \"0.1 %\""}) {
    const auto scenario = loaded(std::string("lemons { ") + text + " }", "count: 100");
    EXPECT_EQ(plan_of(scenario).lemons.count, 0u) << text;
  }
}

TEST(TroublesMessages, ATraceIsReplayed) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/faults.csv";
  std::ofstream(path) << "node,fault_start_day,fault_end_day,class\n"
                         "3,10,20.5,GPU\n1,2,3,NIC\n3,15,18,GPU\n";
  const auto seen = run(loaded("trace: \"" + path + "\"", "count: 4"), 348);
  EXPECT_EQ(seen.at("fleet.failures"), 3);
  EXPECT_NEAR(seen.at("fleet.availability"), 1 - 11.5 / (4 * 348), 1e-12);
  EXPECT_NEAR(seen.at("fleet.failed_nodes.mean"), 11.5 / 348, 1e-12);
  const auto few = loaded("trace: \"" + path + "\"", "count: 3");
  ASSERT_FALSE(few);
  EXPECT_NE(few.error().message.find("fault 1: found the node 3; expected a number below 3"),
            std::string::npos)
      << few.error().message;
  std::ofstream(path) << "node,fault_start_day,fault_end_day\n1,5,4\n";
  const auto back = loaded("trace: \"" + path + "\"", "count: 3");
  ASSERT_FALSE(back);
  EXPECT_NE(back.error().message.find("ends on day 4 before it starts on day 5"),
            std::string::npos);
}

// 584 faults of 400 servers, from which 2.32 % of the node time is lost.
TEST(TroublesMessages, TheStepFunTraceLosesAsMuchAsItsAuthorsCount) {
  const std::string path = testing_support::public_trace("failures/infinitehbd_node_faults.csv");
  if (path.empty()) GTEST_SKIP() << testing_support::no_public_traces;
  const auto trace = loaded("trace: \"" + path + "\"", "count: 400");
  EXPECT_NEAR(run(trace, 348).at("fleet.availability"), 0.9768, 0.00005);
  EXPECT_EQ(run(trace, 349).at("fleet.failures"), 584);  // the last begins after day 348
}

}  // namespace
}  // namespace fleetsim
