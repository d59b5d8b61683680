#include <gtest/gtest.h>

#include <map>

#include "analytic/book/operations.h"
#include "traces/scenario_file.h"
#include "traces/zoo.h"

namespace fleetsim {
namespace {

// A job of some days at an MFU of 0.45 on DGX_H100 nodes, which saves nothing until its end.
std::map<std::string, double> run(int nodes, const std::string& grid, int days, double mfu) {
  const std::string texts =
      "name: \"x\"\nfleet { region { name: \"r\" grid: \"" + grid +
      "\" cluster { name: \"c\" node: \"DGX_H100\" count: " + std::to_string(nodes) +
      " fabric { switch_power: \"0 W\" cable_power: \"0 W\" } } } }\ntraining { name: \"t\" "
      "cluster: \"c\" model: \"Llama3_8B\" work: \"" +
      std::to_string(days) + " d\" efficiency: " + std::to_string(mfu) +
      " parallelism { tensor: 8 } checkpoint { interval: \"1 yr\" write_time: \"0 s\" } }\n"
      "run { horizon: \"40 d\" replications: 1 }\n";
  const auto loaded = load_scenario_text(texts, "x.textproto");
  EXPECT_TRUE(loaded) << loaded.error().message;
  const auto model = model_of(loaded->scenario);
  const Observation seen =
      model->simulate({.seed = 1}, {.end = loaded->scenario.run.horizon}, nullptr);
  std::map<std::string, double> out;
  for (const Measured& m : seen.windows[0]) out[m.metric.name] = m.value;
  for (const Prediction& p : model->twin().predictions)
    if (p.value && (p.metric.starts_with("energy.") || p.metric.starts_with("carbon.") ||
                    p.metric.starts_with("cost.") || p.metric.starts_with("water."))) {
      EXPECT_NEAR(out.at(p.metric), *p.value, 1e-9 * *p.value) << p.metric;
    }
  return out;
}

analytic::EconomicsOut by_book(std::int64_t nodes, const std::string& grid, double days,
                               double mfu) {
  const auto zoo = load_zoo({});
  analytic::Fleet fleet{.nodes = nodes};
  fleet.node = *zoo->node(analytic::Value(std::string("DGX_H100")));
  const auto out = analytic::economics({.fleet = fleet,
                                        .duration_days = days * 86400,
                                        .grid = *zoo->grid(analytic::Value(grid)),
                                        .mfu = mfu});
  EXPECT_TRUE(out) << out.error().message;
  return *out;
}

void expect_book(int nodes, const std::string& grid, int days, double mfu) {
  const auto seen = run(nodes, grid, days, mfu);
  const analytic::EconomicsOut book = by_book(nodes, grid, days, mfu);
  const auto near = [&](const char* metric, double value) {
    EXPECT_NEAR(seen.at(metric) / value, 1, 1e-9) << grid << " " << metric;
  };
  near("energy.it", book.energy.it_energy_kwh);
  near("energy.facility", book.energy.total_energy_kwh);
  near("carbon.operational", book.energy.carbon_footprint_kg);
  if (book.energy.water_usage_exact > 0) near("water.total", book.energy.water_usage_exact);
  near("cost.capex", book.capex_usd);
  near("cost.energy", book.opex_energy_usd);
  near("cost.maintenance", book.opex_maintenance_usd);
  EXPECT_NEAR((seen.at("cost.total") - seen.at("cost.network")) / book.tco_usd, 1, 1e-9);
  EXPECT_NEAR(seen.at("energy.wasted_share"), 0, 1e-12);
  EXPECT_NEAR(seen.at("cost.per_useful_hour") * nodes * 8 * days * 24 / seen.at("cost.total"), 1,
              1e-9);
}

// Where nothing fails and nothing is saved, the book's solvers hold; networks draw nothing there.
TEST(TrainingEnergyMessages, TheBookHoldsWhereNothingFails) {
  expect_book(32, "US_Avg", 1, 0.45);
  expect_book(64, "Poland", 30, 1);
  expect_book(64, "Quebec", 30, 1);
  expect_book(64, "Quebec", 30, 0.4);
}

// Figures that the book prints: 256 GPUs for a day; 512 for a month in Poland and in Quebec.
TEST(TrainingEnergyMessages, FiguresOfTheBook) {
  const auto day = run(32, "US_Avg", 1, 0.45);
  EXPECT_NEAR(day.at("energy.it") / 3.6e6, 2644.992, 1e-6);
  EXPECT_NEAR(day.at("energy.facility") / 3.6e6, 2962.39104, 1e-6);
  EXPECT_NEAR(day.at("carbon.operational"), 1270.86575616, 1e-6);
  EXPECT_NEAR(day.at("cost.energy"), 355.4869248, 1e-6);
  EXPECT_NEAR(day.at("cost.capex"), 5844.748858447489, 1e-6);
  const double poland = run(64, "Poland", 30, 1).at("carbon.operational");
  const double quebec = run(64, "Quebec", 30, 1).at("carbon.operational");
  EXPECT_NEAR(poland, 258'048 * 1.58 * 0.820, 1e-3);
  EXPECT_NEAR(quebec, 258'048 * 1.06 * 0.020, 1e-5);
  EXPECT_NEAR(poland / quebec, 61.1, 0.05);
  const auto audit = run(64, "Quebec", 30, 0.4);
  EXPECT_NEAR(audit.at("cost.energy"), 19'038, 0.5);
  EXPECT_NEAR(audit.at("cost.capex"), 350'685, 0.5);
  EXPECT_NEAR(audit.at("cost.maintenance"), 52'603, 0.5);
}

TEST(TrainingEnergyMessages, TheNetworkIsPartOfAMultiplierAboveOne) {
  const auto load = [](const std::string& price) {
    return load_scenario_text(
        "name: \"x\" fleet { region { name: \"r\" cluster { name: \"c\" node: \"DGX_H100\" "
        "count: 8 " +
            price +
            " } } } training { name: \"t\" cluster: \"c\" work: \"1 h\" } "
            "run { horizon: \"1 d\" replications: 1 }",
        "x.textproto");
  };
  EXPECT_GT(load("")->scenario.training->energy->network_price.value_or(0), 0);
  EXPECT_FALSE(load("price { multiplier: 1.5 }")->scenario.training->energy->network_price);
}

}  // namespace
}  // namespace fleetsim
