#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "sim/interval.h"
#include "sim/spread.h"
#include "traces/scenario_file.h"
#include "traces/zoo.h"

namespace fleetsim {
namespace {

constexpr const char* rented =
    "spot { price: \"40 $/h\" interruption { exponential { mean: \"4 h\" } } "
    "absence { exponential { mean: \"1 h\" } } ";

struct Parts {
  std::string cluster = std::string(rented) + "}", training = "", checkpoint = "", rest = "";
  std::string times = "interval: \"30 min\" write_time: \"1 min\" ";
  std::string horizon = "60 d";
};

Result<LoadedScenario> loaded(const Parts& parts) {
  return load_scenario_text(
      "name: \"x\"\nfleet { region { name: \"r\" grid: \"US_Avg\" cluster { name: \"c\" node: "
      "\"DGX_H100\" count: 4 " +
          parts.cluster + " } } }\n" + parts.rest +
          "\ntraining { name: \"t\" cluster: \"c\" restart { time: \"5 min\" } " + parts.training +
          " checkpoint { " + parts.times + parts.checkpoint + " } }\nrun { horizon: \"" +
          parts.horizon + "\" warm_up: \"2 d\" replications: 1 }\n",
      "x.textproto");
}

using Values = std::map<std::string, double>;
Values run(const Parts& parts) {
  const auto scenario = loaded(parts);
  EXPECT_TRUE(scenario) << scenario.error().message;
  const auto model = model_of(scenario->scenario);
  const Observation seen = model->simulate(
      {.seed = 1},
      {.warm_up = *scenario->scenario.run.warm_up, .end = scenario->scenario.run.horizon}, nullptr);
  Values out;
  for (const Measured& m : seen.windows[0]) out[m.metric.name] = m.value;
  return out;
}

std::string refused(const Parts& parts) {
  const auto scenario = loaded(parts);
  EXPECT_FALSE(scenario);
  return scenario ? "" : scenario.error().message;
}
void expect_refused(const Parts& parts, const std::string& what) {
  EXPECT_NE(refused(parts).find(what), std::string::npos) << refused(parts);
}

// Each prediction, of time, energy and cost, against runs.
void expect_agreement(const Parts& parts, std::uint32_t replications, const std::string& about) {
  const auto scenario = loaded(parts);
  ASSERT_TRUE(scenario) << scenario.error().message;
  const auto model = model_of(scenario->scenario);
  std::map<std::string, std::vector<double>> values, weights;
  for (std::uint32_t r = 0; r < replications; ++r) {
    const Observation seen = model->simulate(
        {.seed = 5, .replication = r},
        {.warm_up = *scenario->scenario.run.warm_up, .end = scenario->scenario.run.horizon},
        nullptr);
    for (const Measured& m : seen.windows[0]) {
      values[m.metric.name].push_back(m.value);
      weights[m.metric.name].push_back(m.weight);
    }
  }
  int told = 0, spot = 0;
  for (const Prediction& p : model->twin().predictions) {
    if (!p.value || values.count(p.metric) == 0 || p.metric.starts_with("training.mtbf")) continue;
    ++told;
    spot += p.formula == "e.spot" ? 1 : 0;
    const Estimate found =
        t_interval(metric_terms(p.metric, values[p.metric], weights[p.metric]), 0.9995);
    const double rounding = 1e-8 * std::abs(*p.value) + 1e-9 + p.rounding;
    EXPECT_LE(found.low, *p.value + rounding) << about << " " << p.metric;
    EXPECT_GE(found.high, *p.value - rounding) << about << " " << p.metric;
    if (p.metric != "training.fraction.stalled" && *p.value > 0.01) {
      EXPECT_LT((found.high - found.low) / *p.value, 0.25) << about << " " << p.metric;
    }
  }
  EXPECT_GE(told, 25) << about;
  EXPECT_GE(spot, 10) << about;
}

TEST(Spot, AgreesWithRenewalReward) {
  expect_agreement({}, 200, "saves in time");
  expect_agreement({.cluster = std::string(rented) + "notice: \"59 s\" }"}, 200, "knows too late");
  const std::string failures =
      "failures { component { class: SOFTWARE name: \"bugs\" per_node: 1 effect: RESTART "
      "time_to_failure { exponential { mean: \"20 h\" } } } detection: \"3 min\" }";
  expect_agreement({.rest = failures}, 200, "fails too");
  expect_agreement({.cluster = std::string(rented) + "notice: \"0 s\" }", .rest = failures}, 200,
                   "fails too, and knows nothing");
}

// Stays that have no end: the plain price, and all else as on nodes that are owned.
TEST(Spot, WithoutInterruptionsIsAPlainPrice) {
  const Values reserved = run({.cluster = "spot { price: \"40 $/h\" }"}),
               owned = run({.cluster = ""});
  EXPECT_NEAR(reserved.at("cost.spot"), 4 * 40 * 24 * 58, 4 * 40 * 0.6);  // cut at a save
  EXPECT_EQ(reserved.at("spot.held"), 1);
  EXPECT_EQ(reserved.at("cost.capex"), 0);
  EXPECT_EQ(reserved.at("cost.maintenance"), 0);
  EXPECT_EQ(reserved.count("cost.network"), 0u);
  EXPECT_DOUBLE_EQ(reserved.at("cost.total"),
                   reserved.at("cost.spot") + reserved.at("cost.energy"));
  EXPECT_GT(owned.at("cost.capex"), 0);
  for (const char* same :
       {"training.goodput", "energy.it", "carbon.operational", "cost.energy", "carbon.embodied"})
    EXPECT_EQ(reserved.at(same), owned.at(same)) << same;
  const auto far = run({.cluster = "spot { price: \"40 $/h\" interruption { constant { value: "
                                   "\"100 yr\" } } absence { constant { value: \"1 h\" } } }"});
  EXPECT_EQ(far.at("cost.total"), reserved.at("cost.total"));
  EXPECT_EQ(far.at("training.goodput"), reserved.at("training.goodput"));
}

// 10 h of stay and 2 of absence, by hand: 5 min of restart, 19 intervals of 31 min, and the last
// minute for the rest of the 20th. Nodes that are away draw nothing.
TEST(Spot, OneStayByHand) {
  const Values seen = run({.cluster = "spot { price: \"40 $/h\" interruption { constant { value: "
                                      "\"10 h\" } } absence { constant { value: \"2 h\" } } }",
                           .horizon = "602 d"});
  const double stay = 600, cycle = 720, useful = stay - 5 - 19 - 1;  // min
  EXPECT_NEAR(seen.at("training.goodput"), useful / cycle, 2e-4);
  EXPECT_NEAR(seen.at("training.fraction.checkpoint"), 20 / cycle, 2e-4);
  EXPECT_NEAR(seen.at("training.fraction.queued"), 120 / cycle, 2e-4);
  EXPECT_EQ(seen.at("training.fraction.lost"), 0);
  EXPECT_NEAR(seen.at("spot.held"), stay / cycle, 2e-4);
  EXPECT_NEAR(seen.at("energy.phase.queued"), 0, 1e-3 * seen.at("energy.it"));
  EXPECT_NEAR(seen.at("cost.spot") / (600.0 * 24 * 4 * 40 * stay / cycle), 1, 1e-3);
  const Values late = run({.cluster = "spot { price: \"40 $/h\" notice: \"10 s\" interruption { "
                                      "constant { value: \"10 h\" } } absence { constant { value: "
                                      "\"2 h\" } } }",
                           .horizon = "602 d"});
  EXPECT_NEAR(late.at("training.goodput"), 19 * 30 / cycle, 2e-4);
  EXPECT_NEAR(late.at("training.fraction.lost"), (600 - 5 - 19 * 31) / cycle, 2e-4);
}

// A job that goes on with fewer nodes, in repair while others are away; and maintenance besides.
TEST(Spot, GoesWithAllElseThatKeepsNodesOut) {
  const std::string failures =
      "failures { component { class: GPU time_to_failure { exponential { mean: \"500 h\" } } } "
      "repair { exponential { mean: \"1 d\" } } ";
  for (const char* training : {"", "elastic { min_data: 1 }"})
    for (const char* more : {"}", "maintenance { name: \"m\" every: \"3 d\" takes: \"5 h\" } }"}) {
      const Values seen = run({.training = std::string("parallelism { tensor: 8 } ") + training,
                               .rest = failures + more,
                               .horizon = "100 d"});
      double shares = 0, joules = seen.at("energy.network");
      for (const char* phase : {"useful", "checkpoint", "lost", "restart", "stalled", "queued"}) {
        shares += seen.at(std::string("training.fraction.") + phase);
        joules += seen.at(std::string("energy.phase.") + phase);
        EXPECT_GE(seen.at(std::string("energy.phase.") + phase), 0) << training << more << phase;
      }
      EXPECT_NEAR(shares, 1, 1e-12);
      EXPECT_NEAR(joules / seen.at("energy.it"), 1, 1e-9);
      EXPECT_NEAR(seen.at("spot.held"), 0.8, 0.05);
      EXPECT_LT(seen.at("training.goodput"), seen.at("spot.held"));
    }
}

// What the header of the shipped scenario says.
TEST(Spot, TheShippedAnswerIsThatOfItsFormulas) {
  const auto cost = [](const std::vector<std::string>& sets) {
    const auto scenario =
        load_scenario(SOURCE_DIR "/workloads/scenarios/spot_or_reserved.textproto", sets);
    EXPECT_TRUE(scenario) << scenario.error().message;
    for (const Prediction& p : model_of(scenario->scenario)->twin().predictions)
      if (p.metric == "cost.per_million_tokens") return *p.value;
    return 0.0;
  };
  const std::string spot = "fleet.region[0].cluster[0].spot";
  const double stays = cost({spot + "={ price: \"98 $/h\" }"});
  EXPECT_NEAR(cost({}), 0.158, 5e-4);
  EXPECT_NEAR(stays, 0.381, 5e-4);
  EXPECT_NEAR(cost({spot + ".price=96.7 $/h"}) / stays, 1, 5e-4);
  EXPECT_NEAR(cost({spot + ".price=93.7 $/h", spot + ".notice=0 s"}) / stays, 1, 5e-4);
}

// Room for a whole checkpoint, and for what those after it change, all the time.
TEST(Storage, IsPaidForWhatIsKept) {
  const std::string model = "model: \"Llama3_8B\" parallelism { tensor: 8 } ";
  const auto cost = [&](const std::string& checkpoint) {
    const Values seen = run({.cluster = "", .training = model, .checkpoint = checkpoint});
    const double parts = seen.at("cost.capex") + seen.at("cost.energy") + seen.at("cost.network") +
                         seen.at("cost.maintenance") + seen.at("cost.storage");
    EXPECT_NEAR(seen.at("cost.total") / parts, 1, 1e-12);
    return seen.at("cost.storage");
  };
  const double one = cost("storage_price: \"0.02 $/GB\" retain: 1");
  const auto zoo = load_zoo({});
  const auto llama = zoo->model(analytic::Value(std::string("Llama3_8B")));
  ASSERT_TRUE(llama);
  const double size = 14 * *llama->parameters;  // B: weights, and Adam's copies
  const double months = 58 * 86400 / 2'628'000.0;
  EXPECT_NEAR(one / (0.02e-9 * size * months), 1, 1e-3);  // cut at a save
  EXPECT_NEAR(cost("storage_price: \"0.02 $/GB\" retain: 3") / one, 3, 1e-12);
  EXPECT_NEAR(cost("storage_price: \"0.02 $/GB\" retain: 3 incremental: 0.25") / one, 1.5, 1e-12);
  EXPECT_NEAR(cost("storage_price: \"20 $/TB\" retain: 2") / one, 2, 1e-12);
}

TEST(Storage, IsPaidAtEachLevel) {
  const auto plan = [](const std::string& near, const std::string& far) {
    return loaded({.cluster = "",
                   .training = "model: \"Llama3_8B\" parallelism { tensor: 8 }",
                   .checkpoint = "interval: \"30 min\" strategy: MULTI level { name: \"flash\" "
                                 "write_time: \"5 s\" " +
                                 near +
                                 " } level { name: \"store\" every: 4 write_time: \"60 s\" " + far +
                                 " }",
                   .times = ""});
  };
  const auto storage = [](const Result<LoadedScenario>& scenario) {
    EXPECT_TRUE(scenario) << scenario.error().message;
    return scenario->scenario.training->jobs[0].checkpoint.storage;
  };
  const double near = storage(plan("storage_price: \"0.1 $/GB\"", ""));
  const double far = storage(plan("", "storage_price: \"0.02 $/GB\" retain: 10"));
  EXPECT_NEAR(far / near, 2, 1e-12);
  EXPECT_NEAR(
      storage(plan("storage_price: \"0.1 $/GB\"", "storage_price: \"0.02 $/GB\" retain: 10")),
      near + far, 1e-12 * near);
  EXPECT_EQ(plan("retain: 3", "")->warnings.back(),
            "training[0].checkpoint.level[0].retain has no use without storage_price");
}

TEST(Storage, AgreesWithItsClosedForm) {
  const auto scenario = loaded({.cluster = "",
                                .training = "model: \"Llama3_8B\" parallelism { tensor: 8 }",
                                .checkpoint = "storage_price: \"0.02 $/GB\" retain: 3"});
  ASSERT_TRUE(scenario) << scenario.error().message;
  for (const Prediction& p : model_of(scenario->scenario)->twin().predictions)
    if (p.metric == "cost.storage") {
      EXPECT_NEAR(*p.value, scenario->scenario.training->jobs[0].checkpoint.storage * 58 * 86400,
                  1e-9);
      return;
    }
  FAIL() << "no prediction";
}

TEST(Storage, WhatIsNotKnownIsAskedFor) {
  expect_refused({.checkpoint = "storage_price: \"0.02 $/GB\" retain: 1"},
                 "checkpoint.storage_price: without a model the size of a checkpoint is not known");
  expect_refused({.training = "model: \"Llama3_8B\" parallelism { tensor: 8 }",
                  .checkpoint = "storage_price: \"0.02 $/GB\""},
                 "found where all checkpoints are kept; expected the field \"retain\"");
}

TEST(SpotMessages, WhatMakesNoSenseIsRefused) {
  expect_refused({.cluster = std::string(rented) + "} price { device_price: \"1 $\" }"},
                 "cluster[0].price: found beside spot");
  expect_refused({.cluster = std::string(rented) + "notice: \"-1 s\" }"}, "spot.notice");
  expect_refused({.cluster = "spot { notice: \"1 s\" }"}, "price");
  expect_refused({.cluster = "spot { price: \"1 $/h\" interruption { exponential { mean: \"1 h\" } "
                             "} }"},
                 "found without absence");
  expect_refused({.cluster = "spot { price: \"1 $/h\" absence { exponential { mean: \"1 h\" } } }"},
                 "found without interruption");
  expect_refused({.cluster = "spot { price: \"1 $/h\" interruption { constant { value: \"0 s\" } } "
                             "absence { constant { value: \"0 s\" } } }"},
                 "expected 1 s at least");
  expect_refused({.checkpoint = "strategy: ASYNC drain_time: \"1 s\""}, "found ASYNC on spot");
  expect_refused({.training = "redundancy: 2"}, "found 2 on spot capacity");
  expect_refused({.rest = "failures { component { class: GPU effect: SLOW } repair { constant { "
                          "value: \"1 h\" } } }"},
                 "found beside parts that are SLOW");
}

TEST(SpotMessages, LoadsAreNotForRentedNodes) {
  const auto scenario = load_scenario_text(
      "name: \"x\" fleet { region { name: \"r\" cluster { name: \"c\" node: \"DGX_H100\" count: 4 "
      "spot { price: \"1 $/h\" } } } } load { name: \"l\" cluster: \"c\" needs { constant { value: "
      "\"1 d\" } } } run { horizon: \"2 d\" replications: 1 }",
      "x.textproto");
  ASSERT_FALSE(scenario);
  EXPECT_NE(scenario.error().message.find("found in a scenario with the workload \"load\""),
            std::string::npos)
      << scenario.error().message;
}

}  // namespace
}  // namespace fleetsim
