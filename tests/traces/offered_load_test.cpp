#include "traces/offered_load.h"

#include <gtest/gtest.h>

#include "tests/traces/scenario_texts.h"
#include "traces/scenario_file.h"

namespace fleetsim {
namespace {

using testing_support::ScenarioText;

std::vector<std::string> warnings(const ScenarioText& scenario) {
  const auto loaded = load_scenario_text(scenario.text(), "x.textproto");
  EXPECT_TRUE(loaded) << loaded.error().message;
  return loaded ? loaded->warnings : std::vector<std::string>{loaded.error().message};
}

// Arrivals every 2 s: a service of x s is a load of x / 2.
ScenarioText with_service(const std::string& time, const std::string& station = "") {
  return {.station = station, .service = "service { constant { value: \"" + time + "\" } }"};
}

TEST(OfferedLoad, WarnsFromOneOn) {
  EXPECT_TRUE(warnings(with_service("1.99 s")).empty());
  ASSERT_EQ(warnings(with_service("2 s")).size(), 1u);
  const auto said = warnings(with_service("2.4 s"));
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].find("station server: utilisation 1.2 >= 1: the queue never settles"), 0u)
      << said[0];
}

TEST(OfferedLoad, MoreServersCarryMore) {
  EXPECT_TRUE(warnings(with_service("5.9 s", "servers: 3")).empty());
  EXPECT_FALSE(warnings(with_service("6.1 s", "servers: 3")).empty());
  EXPECT_TRUE(warnings(with_service("5.9 s", "copies: 3")).empty());
  EXPECT_TRUE(warnings(with_service("5.9 s", "bulk { size: 3 }")).empty());
  EXPECT_FALSE(warnings(with_service("6.1 s", "bulk { size: 3 }")).empty());
}

TEST(OfferedLoad, WhoIsTurnedAwayIsNoLoad) {
  const std::string law = "{ constant { value: \"1 s\" } }";
  EXPECT_TRUE(warnings(with_service("3 s", "room: 5")).empty());
  EXPECT_TRUE(warnings(with_service("3 s", "patience " + law)).empty());
  EXPECT_FALSE(warnings(with_service("3 s", "room: 5 retrial { delay " + law + " }")).empty());
}

TEST(OfferedLoad, ClosedAndPlannedArrivalsSettle) {
  ScenarioText closed = with_service("3 s");
  closed.interarrival = "population { count: 100 think { constant { value: \"1 s\" } } }";
  EXPECT_TRUE(warnings(closed).empty());
  closed.interarrival = "schedule { at: [\"1 s\", \"2 s\"] }";
  EXPECT_TRUE(warnings(closed).empty());
}

// A mean rate of (6/min * 1 h + 0 * 3 h) / 4 h = 1 in 40 s.
TEST(OfferedLoad, BurstsCountByTheirMean) {
  ScenarioText bursts = with_service("39 s");
  bursts.interarrival =
      "mmpp { state { rate: \"6 /min\" mean_stay: \"1 h\" } state { rate: \"0 /s\" mean_stay: \"3 "
      "h\" } }";
  EXPECT_TRUE(warnings(bursts).empty());
  bursts.service = with_service("41 s").service;
  EXPECT_FALSE(warnings(bursts).empty());
}

// Of those served, a share f returns: 1 / (1 - f) visits each (Jackson). With f = 0.75 there are 4,
// so arrivals every 2 s are a visit every 0.5 s.
TEST(OfferedLoad, FeedbackMultipliesVisits) {
  const std::string router =
      "router { name: \"again\" policy: PROBABILITIES to: [\"server\", \"exit\"] probability: "
      "[0.75, 0.25] }";
  ScenarioText loop = with_service("0.499 s", "to: \"again\"");
  loop.queueing = router;
  EXPECT_TRUE(warnings(loop).empty());
  loop.service = with_service("0.501 s").service;
  const auto said = warnings(loop);
  ASSERT_EQ(said.size(), 1u);
  EXPECT_NE(said[0].find("utilisation 1 >= 1"), std::string::npos) << said[0];
}

TEST(OfferedLoad, WhoNeverLeavesOverloads) {
  EXPECT_FALSE(warnings(with_service("0.01 s", "to: \"server\"")).empty());
}

TEST(OfferedLoad, RoutersSplitTheLoad) {
  const std::string second =
      "station { name: \"second\" service { constant { value: \"3.9 s\" } } }\n";
  ScenarioText split = with_service("3.9 s");
  split.source = "";
  split.queueing = second + "router { name: \"split\" to: [\"server\", \"second\"] }";
  std::string text = split.text();
  text.replace(text.find("to: \"server\""), 12, "to: \"split\" ");
  const auto loaded = load_scenario_text(text, "x.textproto");
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_TRUE(loaded->warnings.empty());
  // A fast station and a slow one: chance overloads the slow one, looking first does not.
  text.replace(text.rfind("3.9 s"), 5, "0.5 s");
  text.replace(text.find("3.9 s"), 5, "6.0 s");
  EXPECT_EQ(load_scenario_text(text, "x.textproto")->warnings.size(), 1u);
  text.replace(text.find("name: \"split\""), 13, "policy: SHORTEST name: \"split\"");
  EXPECT_TRUE(load_scenario_text(text, "x.textproto")->warnings.empty());
}

TEST(OfferedLoad, ASourceMayBringItsOwnService) {
  ScenarioText own = with_service("1 s");
  own.source = "service { constant { value: \"3 s\" } }";
  EXPECT_FALSE(warnings(own).empty());
}

TEST(OfferedLoad, NamesStationsThatNobodyReaches) {
  ScenarioText idle = with_service("1 s");
  idle.queueing = "station { name: \"idle\" service { constant { value: \"1 s\" } } }";
  EXPECT_EQ(warnings(idle),
            (std::vector<std::string>{"station idle: no customer ever gets there"}));
}

}  // namespace
}  // namespace fleetsim
