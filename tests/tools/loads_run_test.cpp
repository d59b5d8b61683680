#include <gtest/gtest.h>

#include <cmath>

#include "analytic/book/operations.h"
#include "tests/support/shipped_run.h"
#include "tools/print_results.h"
#include "traces/results_json.h"
#include "traces/zoo.h"

// Shipped scenarios of loads, run as the program runs them.
namespace fleetsim {
namespace {

using testing_support::mean;
using testing_support::run_shipped;

void expect_relative(double value, double expected) {
  EXPECT_NEAR(value, expected, 1e-9 * std::abs(expected));
}

analytic::Fleet h100s(std::int64_t nodes) {
  const auto zoo = load_zoo({});
  const auto node = zoo->node(analytic::Value("DGX_H100"));
  EXPECT_TRUE(node);
  return {.node = *node, .nodes = nodes};
}

constexpr double month = 30 * 86400.0;

// Slide 5.9a: 334.3 t and 5.47 t.
TEST(LoadScenarios, GeographyIsThatOfTheSolver) {
  const Results results = run_shipped("carbon_geography");
  const auto zoo = load_zoo({});
  for (const auto& [grid, load] : {std::pair{"Poland", "poland"}, std::pair{"Quebec", "quebec"}}) {
    const auto form = analytic::sustainability(
        {.fleet = h100s(64), .duration_days = month, .grid = *zoo->grid(analytic::Value(grid))});
    ASSERT_TRUE(form);
    const std::string prefix = std::string("load.") + load;
    expect_relative(mean(results, prefix + ".carbon"), form->carbon_footprint_kg);
    expect_relative(mean(results, prefix + ".energy"), form->total_energy_kwh);
  }
  expect_relative(mean(results, "load.poland.carbon"), 334'326.9888);
  expect_relative(mean(results, "load.quebec.carbon"), 5'470.6176);
}

// Slide 5.2: 521,450 $.
TEST(LoadScenarios, CostsAreThoseOfTheSolver) {
  const Results results = run_shipped("tco_research_256");
  const auto zoo = load_zoo({});
  const auto form = analytic::economics({.fleet = h100s(32),
                                         .duration_days = month,
                                         .grid = *zoo->grid(analytic::Value("US_Avg")),
                                         .infrastructure_multiplier = 2.5});
  ASSERT_TRUE(form);
  expect_relative(mean(results, "cost.capex"), form->capex_usd);
  expect_relative(mean(results, "cost.maintenance"), form->opex_maintenance_usd);
  expect_relative(mean(results, "cost.energy"), form->opex_energy_usd);
  expect_relative(mean(results, "cost.total"), form->tco_usd);
  expect_relative(mean(results, "cost.total"), 521'450.414641);
  expect_relative(mean(results, "carbon.operational"), form->energy.carbon_footprint_kg);
}

TEST(LoadScenarios, FollowingTheSunSavesWhatItsHeaderSays) {
  const Results results = run_shipped("follow_the_sun");
  EXPECT_NEAR(mean(results, "load.carbon_saved"), 0.375, 5e-4);
  EXPECT_EQ(mean(results, "load.moves"), 76);
  EXPECT_NEAR(mean(results, "cost.network"), 76 * 2000 * 0.02, 1e-6);
  for (const char* home : {"a", "e", "m"}) {
    const Results stays =
        run_shipped("follow_the_sun",
                    {std::string("load[0].cluster=[\"") + home + "\"]", "load[0].policy=AT_ONCE"});
    EXPECT_LT(mean(results, "load.carbon"), 0.65 * mean(stays, "load.carbon"));
    EXPECT_GE(mean(stays, "load.intensity"), 297.7);
  }
}

TEST(LoadScenarios, TheWindowHoldsTwelveHours) {
  EXPECT_LT(mean(run_shipped("net_zero_window"), "load.intensity"), 250);
  EXPECT_GT(
      mean(run_shipped("net_zero_window", {"load[0].needs.constant.value=13 h"}), "load.intensity"),
      250);
}

// A column of the table is as wide as its numbers where these differ by rounding alone.
TEST(LoadScenarios, ATableHasAllOfARowInLine) {
  const std::string table = results_text(run_shipped("power_capped_site"), false);
  const auto line = [&](const std::string& name) {
    const auto begin = table.find("\n" + name + " ") + 1;
    return table.substr(begin, table.find('\n', begin) - begin);
  };
  EXPECT_EQ(line("load.intensity").find("note 1"), line("load.pauses").find("note 1"));
  EXPECT_NE(line("load.intensity").find("429.000 g/kWh   0.000 g/kWh"), std::string::npos);
}

Results of_text(const std::string& text) {
  const auto loaded = load_scenario_text(text, "x.textproto");
  EXPECT_TRUE(loaded) << loaded.error().message;
  Crew crew(1);
  Progress progress(Progress::When::never);
  return *run_experiment(*loaded, {}, crew, progress);
}

// Where hardly any waits and none is seen to, a mean of zero says little; where most should, much.
TEST(LoadRuns, AMeanOfWhatNobodyHadAgreesIfFewWouldHaveIt) {
  const auto wait = [](const std::string& arrivals, const std::string& more) {
    const Results seen = of_text(
        "name: \"l\" fleet { region { name: \"r\" site { power_budget: \"31 kW\" } } } load { "
        "name: \"l\" region: \"r\" power: \"9 kW\" arrivals { exponential { mean: \"" +
        arrivals +
        "\" } } needs { exponential { mean: \"20 min\" } } } run { horizon: \"100 d\" warm_up: "
        "\"5 d\" " +
        more + " }");
    for (const MetricResult& m : seen.metrics)
      if (m.spec.name == "load.wait.mean") return m;
    return MetricResult{};
  };
  const MetricResult rare = wait("400 min", "replications: 4 seed: 98");
  EXPECT_EQ(rare.estimate.mean, 0);
  EXPECT_GT(rare.closed_form.value_or(0), 1e-4);
  EXPECT_TRUE(rare.agrees.value_or(false));
  const MetricResult often = wait("20 min", "replications: 4 seed: 98");
  EXPECT_GT(often.estimate.mean, 0);
  EXPECT_TRUE(often.agrees.value_or(false));
}

TEST(LoadThreads, ResultsDoNotDependOnTheirNumber) {
  for (const std::string mode : {"run.antithetic=false", "run.antithetic=true"}) {
    const std::string one = results_json(run_shipped("power_capped_site", {mode}, 1));
    EXPECT_EQ(one, results_json(run_shipped("power_capped_site", {mode}, 2)));
    EXPECT_EQ(one, results_json(run_shipped("power_capped_site", {mode}, 5)));
    EXPECT_NE(one, results_json(run_shipped("power_capped_site", {mode, "run.seed=2"}, 1)));
  }
}

}  // namespace
}  // namespace fleetsim
