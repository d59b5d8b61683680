#include <gtest/gtest.h>

#include "tests/traces/scenario_texts.h"
#include "traces/scenario_file.h"
#include "workloads/scenario.h"

namespace fleetsim {
namespace {

Result<LoadedScenario> loaded(const std::string& load, const std::string& site = "") {
  const std::string text =
      "name: \"x\"\nfleet {\n"
      "  region { name: \"south\" site { pue: 1.5 " +
      site +
      " } cluster { name: \"s\" node: \"DGX_H100\" count: 4 } }\n"
      "  region { name: \"north\" cluster { name: \"n\" node: \"DGX_H100\" count: 9 } }\n"
      "  region { name: \"east\" cluster { name: \"e\" node: \"DGX_H100\" count: 4 } }\n"
      "  link { between: \"north\" and: \"south\" bandwidth: \"8 Gb/s\" latency: \"50 ms\" "
      "price: \"0.02 $/GB\" }\n}\n"
      "load { name: \"batch\" " +
      load + " }\nrun { horizon: \"10 d\" replications: 2 }\n";
  return load_scenario_text(text, "x.textproto");
}

constexpr const char* plain = "power: \"5 kW\" region: \"south\" ";
constexpr const char* six_hours = "needs { constant { value: \"6 h\" } } ";

TEST(LoadMessages, AreRead) {
  const auto scenario = loaded(
      "cluster: \"s\" cluster: \"n\" nodes: 2 mfu: 0.5 needs { exponential { mean: \"2 h\" } } "
      "deadline: \"1 d\" at: \"30 min\" every: \"6 h\" policy: FOLLOW_SUN pausable: true "
      "pause_time: \"3 min\" move_size: \"1 TB\" least_gain: 0.1 when_over: CAP");
  ASSERT_TRUE(scenario) << scenario.error().message;
  const loads::LoadConfig& load = scenario->scenario.loads->loads[0];
  ASSERT_EQ(load.places.size(), 2u);
  EXPECT_DOUBLE_EQ(load.places[1].draw(1).watts, 2 * 8 * 700 * (0.3 + 0.7 * 0.5));
  EXPECT_EQ(load.places[1].region, RegionId{1});
  EXPECT_EQ(*load.deadline, 86400_s);
  EXPECT_EQ(load.first, 1800_s);
  EXPECT_DOUBLE_EQ(load.gap->mean(), 6 * 3600);
  EXPECT_FALSE(load.random_first);
  EXPECT_EQ(load.pause, 180_s);
  EXPECT_EQ(load.move(0, 1).time, 1000_s + 50'000'000_ns);
  EXPECT_DOUBLE_EQ(load.move(1, 0).price, 20);
  EXPECT_EQ(load.move(1, 1).time, Duration{});
  EXPECT_DOUBLE_EQ(load.least_gain, 0.1);
  EXPECT_TRUE(load.cap_when_over);
  EXPECT_EQ(scenario->scenario.loads->horizon, 864000_s);
  EXPECT_EQ(scenario->scenario.run.warm_up, Duration{});
}

// What is known by its power alone needs nobody's nodes.
TEST(LoadMessages, NeedNoClusterWhereTheyGiveTheirPower) {
  const auto alone = load_scenario_text(
      "name: \"x\" fleet { region { name: \"r\" } } load { name: \"l\" region: \"r\" power: "
      "\"5 kW\" needs { constant { value: \"6 h\" } } } run { horizon: \"1 d\" }",
      "x.textproto");
  ASSERT_TRUE(alone) << alone.error().message;
  EXPECT_DOUBLE_EQ(alone->scenario.loads->loads[0].places[0].draw(1).watts, 5000);
  const auto training = load_scenario_text(
      "name: \"x\" fleet { region { name: \"r\" } } training { name: \"t\" cluster: \"c\" work: "
      "\"1 h\" } run { horizon: \"1 d\" }",
      "x.textproto");
  ASSERT_FALSE(training);
  EXPECT_NE(training.error().message.find("no region has a cluster"), std::string::npos);
}

TEST(LoadMessages, SayWhatOfANodesPowerHasNoUse) {
  const auto warnings = [](const std::string& power, const std::string& load) {
    const auto read = load_scenario_text(
        "name: \"x\" fleet { region { name: \"r\" site { power_budget: \"1 MW\" } cluster { name: "
        "\"c\" node: \"DGX_H100\" count: 4 power { " +
            power + " } } } } load { name: \"l\" cluster: \"c\" " + six_hours + load +
            " } run { horizon: \"1 d\" }",
        "x.textproto");
    EXPECT_TRUE(read) << read.error().message;
    return read ? read->warnings : std::vector<std::string>{};
  };
  const std::string at = "fleet.region[0].cluster[0].power.";
  const std::string full = ": has no use without a load that runs with less power than it wants";
  using Lines = std::vector<std::string>;
  EXPECT_EQ(warnings("checkpoint: \"90 W\" restart: \"90 W\"", ""),
            (Lines{at + "checkpoint: has no use: loads compute",
                   at + "restart: has no use: loads compute"}));
  const std::string slowdown = "slowdown { x: 0.5 y: 1.2 } slowdown { x: 1 y: 1 } ";
  EXPECT_EQ(warnings(slowdown + "idle: \"90 W\"", ""),
            (Lines{at + "slowdown" + full, at + "idle" + full}));
  EXPECT_EQ(warnings(slowdown + "idle: \"90 W\"", "when_over: CAP"), Lines{});
  const std::string curve = "curve { x: 0 y: 0.2 } curve { x: 1 y: 1 } compute: \"600 W\" ";
  EXPECT_EQ(warnings(curve, ""), Lines{at + "curve: has no use beside compute"});
  EXPECT_EQ(warnings(curve, "when_over: CAP"), Lines{});
  EXPECT_EQ(warnings(curve + "idle: \"90 W\"", "when_over: CAP"),
            Lines{at + "curve has no use beside compute and idle"});
}

TEST(LoadMessages, SeriesAreGivenByHour) {
  const auto scenario =
      loaded(std::string(plain) + six_hours,
             "carbon_by_hour: [360, 720] price_by_hour: [0.36, -0.036, 0] carbon_kind: MARGINAL");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_TRUE(scenario->warnings.empty());
  const Grid& grid = scenario->sites.regions[0]->grid();
  EXPECT_EQ(grid.kind, CarbonKind::marginal);
  EXPECT_DOUBLE_EQ(grid.carbon.at({}), 1e-7);
  EXPECT_DOUBLE_EQ(grid.carbon.at(Instant{} + 3600_s), 2e-7);
  EXPECT_DOUBLE_EQ(grid.carbon.at(Instant{} + 7200_s), 1e-7);
  EXPECT_DOUBLE_EQ(grid.price.at(Instant{} + 3600_s), -1e-8);
  EXPECT_DOUBLE_EQ(scenario->sites.regions[0]->cost_per_it().at({}), 1.5e-7);
  const loads::LoadConfig& load = scenario->scenario.loads->loads[0];
  EXPECT_DOUBLE_EQ(load.places[0].draw(1).watts, 5000);
}

void expect_error(const std::string& load, const std::string& what, const std::string& site = "") {
  const auto bad = loaded(load, site);
  ASSERT_FALSE(bad) << load;
  EXPECT_NE(bad.error().message.find(what), std::string::npos) << bad.error().message;
  EXPECT_NE(bad.error().message.find("x.textproto:"), std::string::npos) << bad.error().message;
}

TEST(LoadMessages, WhatCannotBeIsAnError) {
  const std::string load = std::string(plain) + six_hours;
  expect_error(six_hours, "expected either power and one or more regions, or clusters");
  expect_error(load + "cluster: \"s\"", "expected either power");
  expect_error("power: \"5 kW\" region: \"sowth\" " + std::string(six_hours),
               "expected the name of a region; did you mean \"south\"?");
  expect_error("cluster: \"s\" cluster: \"s\" " + std::string(six_hours), "found \"s\" twice");
  expect_error("cluster: \"s\" nodes: 5 " + std::string(six_hours), "cluster \"s\" has 4");
  expect_error(load + "deadline: \"5 h\"", "expected at least 6 h, which the work needs");
  expect_error(load + "policy: CLEANEST", "found CLEANEST without a deadline");
  expect_error(load + "policy: FORECAST deadline: \"40 d\"", "at most 31 days with FORECAST");
  expect_error(load + "policy: FOLLOW_SUN pausable: true", "has several places");
  expect_error(load + "policy: THRESHOLD deadline: \"1 d\"", "expected either below or mean_of");
  expect_error(load + "policy: CAPPED", "without cap_at");
  expect_error(load + "policy: CAPPED cap_at { x: 100 y: 0.2 }", "found y 0.2; expected more");
  expect_error(load + "pausable: true region: \"east\"",
               "regions \"south\" and \"east\" have no link");
  expect_error(load, "it draws 5 kW, and the power_budget of region \"south\" is 4 kW",
               "power_budget: \"4 kW\"");
  expect_error(load + "when_over: CAP", "is 1 kW; expected it to fit", "power_budget: \"1 kW\"");
  expect_error(load + "arrivals { exponential { mean: \"1 ms\" } }", "more than 10000000 arrivals");
  expect_error(load + "} device { name: \"d\" rate: \"1 Hz\"", "found beside another workload");
  expect_error(load, "found beside carbon_intensity; expected one of them",
               "carbon_intensity: \"5 g/kWh\" carbon_by_hour: [1]");
  expect_error(load, "carbon_by_hour", "carbon_by_hour: [-1]");
}

TEST(LoadMessages, WhatHasNoUseIsSaid) {
  const auto scenario = loaded(std::string(plain) + six_hours + "below: \"100 g/kWh\" nodes: 3");
  ASSERT_TRUE(scenario) << scenario.error().message;
  ASSERT_EQ(scenario->warnings.size(), 2u);
  EXPECT_EQ(scenario->warnings[0], "load[0].below: has no use without policy THRESHOLD");
  EXPECT_EQ(scenario->warnings[1], "load[0].nodes: has no use beside power");
}

TEST(LoadMessages, EachFieldWithoutUseIsSaid) {
  const std::string at_power = std::string(plain) + six_hours;
  const std::string two = "cluster: \"s\" cluster: \"n\" " + std::string(six_hours);
  const std::string waits = two + "policy: THRESHOLD below: \"9 g/kWh\" deadline: \"1 d\" ";
  using Lines = std::vector<std::string>;
  const auto said = [](const std::string& load, const std::string& site = "") {
    const auto scenario = loaded(load, site);
    EXPECT_TRUE(scenario) << scenario.error().message;
    return scenario ? scenario->warnings : Lines{};
  };
  EXPECT_EQ(said(at_power + "mfu: 0.5"), Lines{"load[0].mfu: has no use beside power"});
  EXPECT_EQ(said(at_power + "least_gain: 0.1"),
            Lines{"load[0].least_gain: has no use without policy FOLLOW_SUN"});
  EXPECT_EQ(said(at_power + "when_over: CAP"),
            Lines{"load[0].when_over: has no use without the power_budget of a site"});
  EXPECT_EQ(said(at_power + "when_over: CAP", "power_budget: \"9 kW\""), Lines{});
  EXPECT_EQ(said(at_power + "pausable: true"),
            Lines{"load[0].pausable: has no use without a policy that pauses, or a deadline"});
  EXPECT_EQ(said(at_power + "pausable: true deadline: \"1 d\""), Lines{});
  EXPECT_EQ(said(at_power + "pause_time: \"1 min\""),
            Lines{"load[0].pause_time: has no use without pausable and a policy that pauses"});
  EXPECT_EQ(said(two), Lines{"load[0].cluster[1]: has no use with policy AT_ONCE, which takes the "
                             "first place"});
  EXPECT_EQ(said(waits), Lines{});
  EXPECT_EQ(said(waits + "pausable: true pause_time: \"1 min\""), Lines{});
  EXPECT_EQ(
      said(waits + "pausable: true move_size: \"1 TB\""),
      Lines{"load[0].move_size: has no use without pausable, several places and a policy that "
            "moves"});
}

TEST(LoadMessages, ACapThatCostsNoTimeIsSaid) {
  const std::string text =
      "name: \"x\" fleet { region { name: \"r\" cluster { name: \"c\" node: \"DGX_H100\" "
      "count: 1 power { cap: \"455 W\" } } } } load { name: \"l\" cluster: \"c\" " +
      std::string(six_hours) + "} run { horizon: \"1 d\" }";
  const auto scenario = load_scenario_text(text, "x.textproto");
  ASSERT_TRUE(scenario) << scenario.error().message;
  ASSERT_EQ(scenario->warnings.size(), 1u);
  EXPECT_NE(scenario->warnings[0].find("which is 1.26 times that without"), std::string::npos)
      << scenario->warnings[0];
}

}  // namespace
}  // namespace fleetsim
