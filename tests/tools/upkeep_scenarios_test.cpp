#include <gtest/gtest.h>

#include "tests/support/shipped_run.h"

// Shipped scenarios of replicas that fail and of fleets that are shared, run as the program runs
// them: the figures of their headers.
namespace fleetsim {
namespace {

using testing_support::mean;
using testing_support::run_shipped;

TEST(UpkeepScenariosSlow, ADeadNodeIsABlackHoleForWhoDoesNotLook) {
  const Results usual = run_shipped("replica_failures");
  EXPECT_NEAR(mean(usual, "serving.resent"), 266, 2);
  EXPECT_NEAR(mean(usual, "serving.ttft.p99"), 0.28, 0.005);
  EXPECT_NEAR(mean(usual, "serving.slo_attainment"), 0.9990, 0.0001);
  EXPECT_NEAR(mean(usual, "serving.replicas"), 30.7, 0.05);
  const Results in_turn = run_shipped("replica_failures", {"serving.router.policy=ROUND_ROBIN"});
  EXPECT_NEAR(mean(in_turn, "serving.resent"), 1643, 5);
  EXPECT_NEAR(mean(in_turn, "serving.slo_attainment"), 0.988, 0.001);
  EXPECT_NEAR(mean(in_turn, "serving.ttft.p999"), 18, 0.5);
  const Results lost = run_shipped("replica_failures", {"serving.router.resend=false"});
  EXPECT_NEAR(mean(lost, "serving.lost"), 266, 2);
}

TEST(UpkeepScenariosSlow, SparesThatHoldTheWeightsAreBackSooner) {
  const auto replicas = [](const std::string& set) {
    return mean(run_shipped("replica_failures", {set, "run.replications=2"}), "serving.replicas");
  };
  EXPECT_NEAR(replicas("serving.warm_spares=true"), 31.5, 0.05);
  EXPECT_NEAR(replicas("fleet.region[0].cluster[0].spares=0"), 26.3, 0.05);
}

TEST(UpkeepScenariosSlow, TwelveNodesKeepAHundredMilliseconds) {
  const auto p99 = [](std::vector<std::string> sets) {
    return mean(run_shipped("two_regions_1000qps", sets), "serving.ttft.p99");
  };
  EXPECT_NEAR(p99({}), 0.100, 0.002);
  EXPECT_NEAR(p99({"failures.scripted[0].at=100 d"}), 0.095, 0.001);
  std::vector<std::string> older = {"run.replications=1"};
  for (const char* r : {"0", "1"}) {
    older.push_back(std::string("fleet.region[") + r + "].cluster[0].node=DGX_H100");
    older.push_back(std::string("fleet.region[") + r + "].cluster[0].count=7");
    older.push_back(std::string("serving.replica[") + r + "].count=14");
  }
  EXPECT_GT(p99(older), 0.35);
}

TEST(UpkeepScenariosSlow, WhoBreaksFirstHasTheSpare) {
  const auto shared = [](const std::string& spares) {
    return run_shipped("shared_fleet",
                       {"fleet.region[0].cluster[0].spares=" + spares, "run.replications=1"});
  };
  EXPECT_NEAR(mean(shared("1"), "training.goodput"), 0.47, 0.005);
  EXPECT_NEAR(mean(shared("1"), "serving.replicas"), 3.997, 0.001);
  EXPECT_NEAR(mean(shared("1"), "serving.ttft.p99"), 0.17, 0.005);
  EXPECT_NEAR(mean(shared("2"), "training.goodput"), 0.96, 0.005);
  EXPECT_NEAR(mean(shared("0"), "training.goodput"), 0.37, 0.005);
  EXPECT_NEAR(mean(shared("0"), "serving.replicas"), 3.38, 0.005);
}

}  // namespace
}  // namespace fleetsim
