#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "traces/scenario_file.h"

namespace fleetsim {
namespace {

using Values = std::map<std::string, double>;

struct Scenario {
  std::string site{}, power{}, cluster = "count: 16", job{}, rest{};
};
const std::string saves = "checkpoint { interval: \"1 h\" write_time: \"30 s\" }";
const std::string no_network = " fabric { switch_power: \"0 W\" cable_power: \"0 W\" }";

Result<LoadedScenario> load(const Scenario& s) {
  return load_scenario_text(
      "name: \"x\" fleet { region { name: \"r\" site { pue: 1 " + s.site +
          " } cluster { name: \"c\" node: \"DGX_H100\" " + s.cluster + " power { " + s.power +
          " } } } } training { name: \"t\" cluster: \"c\" " + s.job + " " + saves + " } " + s.rest +
          " run { horizon: \"20 d\" replications: 1 }",
      "x.textproto");
}

struct Told {
  Values seen{}, predicted{};
  std::vector<std::string> warnings{};
};
Told run(const Scenario& s) {
  const auto loaded = load(s);
  EXPECT_TRUE(loaded) << loaded.error().message;
  if (!loaded) return {};
  const auto model = model_of(loaded->scenario);
  const Observation seen =
      model->simulate({.seed = 1}, {.end = loaded->scenario.run.horizon}, nullptr);
  Told out{.warnings = loaded->warnings};
  for (const Measured& m : seen.windows[0]) out.seen[m.metric.name] = m.value;
  for (const Prediction& p : model->twin().predictions)
    if (p.value) out.predicted[p.metric] = *p.value;
  return out;
}

void expect_predicted(const Told& told, std::initializer_list<const char*> metrics) {
  for (const char* metric : metrics) {
    ASSERT_TRUE(told.predicted.count(metric)) << metric;
    EXPECT_NEAR(told.predicted.at(metric) / told.seen.at(metric), 1, 1e-9) << metric;
  }
}

// Of an H100, which idles at 0.3 of 700 W.
double clock_cubed(double wanted, double cap) {
  return std::cbrt((wanted - 210) / (cap - 210));
}

// Nothing is known of the job but its time: all of it is arithmetic, at the full 700 W.
TEST(TrainingPower, ACapLengthensWorkThatIsTold) {
  const std::string job = "work: \"3 d\"";
  const Told free = run({.power = "", .job = job}),
             told = run({.power = "cap: \"500 W\"", .job = job});
  const double factor = clock_cubed(700, 500);
  EXPECT_NEAR(factor, 1.191, 5e-4);
  EXPECT_TRUE(told.warnings.empty());
  EXPECT_NEAR(free.seen.at("training.gpu_hours.useful"), 16 * 8 * 72, 1e-6);
  EXPECT_NEAR(told.seen.at("training.gpu_hours.useful"), 16 * 8 * 72 * factor, 1e-6);
  EXPECT_NEAR(told.seen.at("energy.phase.useful"), 16 * 8 * 500 * 259'200.0 * factor, 1);
  EXPECT_NEAR(free.seen.at("energy.phase.useful"), 16 * 8 * 700 * 259'200.0, 1);
  expect_predicted(told, {"training.time_to_train", "energy.it", "energy.phase.useful"});
}

// The draw of a share of the peak that a step reaches is what a cap holds down.
TEST(TrainingPower, ACapLengthensTheWholeOfAStepThatIsAShareOfThePeak) {
  const std::string job =
      "model: \"Llama3_8B\" tokens: 2e11 efficiency: 0.45 parallelism { tensor: 8 }";
  const Told free = run({.job = job}), held = run({.power = "cap: \"400 W\"", .job = job});
  const double factor = clock_cubed(700 * (0.3 + 0.7 * 0.45), 400);
  for (const auto& [metric, ratio] : {std::pair{"training.step_time", factor},
                                      {"training.gpu_hours.useful", factor},
                                      {"training.mfu", 1 / factor},
                                      {"ironlaw.mfu", 1 / factor},
                                      {"ironlaw.flops", 1.0},
                                      {"energy.phase.useful", factor * 400 / (700 * 0.615)}})
    EXPECT_NEAR(held.seen.at(metric) / free.seen.at(metric), ratio, 1e-9) << metric;
  EXPECT_NEAR(held.seen.at("ironlaw.residual"), 0, 1e-12);
  EXPECT_GT(factor, 1.04);
  expect_predicted(held, {"training.time_to_train", "ironlaw.time", "energy.it"});
  // It draws 430.5 W at most, which no cap above holds back.
  const Told loose = run({.power = "cap: \"431 W\"", .job = job});
  EXPECT_EQ(loose.seen.at("training.step_time"), free.seen.at("training.step_time"));
  EXPECT_EQ(loose.seen.at("energy.it"), free.seen.at("energy.it"));
}

const std::string spread_job =
    "model: \"Llama3_70B\" tokens: 2e10 parallelism { tensor: 8 pipeline: 4 data: 4 "
    "microbatches: 16 zero_stage: 1 } step { efficiency: 0.6 overlap: 0.5 }";

TEST(TrainingPower, ACapLengthensOnlyTheArithmeticOfAStep) {
  const std::string rails = "count: 16 fabric { topology: RAIL_OPTIMISED }";
  const Told free = run({.cluster = rails, .job = spread_job});
  const Told held = run(
      {.power = "cap: \"400 W\" communication: \"250 W\"", .cluster = rails, .job = spread_job});
  const auto f = [&](const char* name) { return free.seen.at(fmt::format("training.{}", name)); };
  const auto h = [&](const char* name) { return held.seen.at(fmt::format("training.{}", name)); };
  const double factor = clock_cubed(700 * (0.3 + 0.7 * 0.6), 400);
  EXPECT_NEAR(h("step.compute") / f("step.compute"), factor, 1e-12);
  EXPECT_EQ(h("step.tensor"), f("step.tensor"));
  EXPECT_EQ(h("step.pipeline"), f("step.pipeline"));
  EXPECT_NEAR(h("step.bubble"),
              3.0 / 16 * (h("step.compute") + h("step.tensor") + h("step.pipeline")), 1e-12);
  EXPECT_LE(h("step.data"), f("step.data"));
  EXPECT_GT(h("step_time"), f("step_time"));
  EXPECT_LT(h("step_time") / f("step_time"), factor);
  EXPECT_NEAR(h("mfu") / f("mfu"), f("step_time") / h("step_time"), 1e-12);
  EXPECT_NEAR(held.seen.at("ironlaw.mfu") * factor, 0.6, 1e-12);
  EXPECT_NEAR(held.seen.at("ironlaw.residual"), 0, 1e-12);
  expect_predicted(held, {"training.step_time", "training.time_to_train", "ironlaw.time",
                          "energy.it", "energy.phase.useful"});
  // Arithmetic at the cap, waits at 250 W; the step swings between the two.
  const double useful = 3600 * h("gpu_hours.useful"), busy = h("step.compute") / h("step_time");
  EXPECT_NEAR(held.seen.at("energy.phase.useful") / (useful * (busy * 400 + (1 - busy) * 250)), 1,
              1e-9);
  EXPECT_NEAR(held.seen.at("power.ramp"), 128 * (400 - 210), 1e-6);
  EXPECT_NEAR(free.seen.at("power.ramp"), 128 * 0.42 * 700, 1e-6);
}

// Work that is told beside a model is that at full power, so as many steps are done.
TEST(TrainingPower, WorkOfAModelIsThatOfAsManySteps) {
  std::string job = spread_job;
  job.replace(job.find("tokens: 2e10"), 12, "work: \"40 h\"");
  const Told free = run({.job = job}), held = run({.power = "cap: \"300 W\"", .job = job});
  EXPECT_NEAR(held.seen.at("ironlaw.flops") / free.seen.at("ironlaw.flops"), 1, 1e-9);
  EXPECT_NEAR(held.seen.at("training.gpu_hours.useful") / free.seen.at("training.gpu_hours.useful"),
              held.seen.at("training.step_time") / free.seen.at("training.step_time"), 1e-9);
}

// (16 x 8 cap + 16 x 300)/0.95 + 2 idle nodes + cables = budget.
TEST(TrainingPower, ABudgetIsKeptByACapOfAllDevices) {
  const std::string power = "overhead: \"300 W\" efficiency: 0.95";
  Scenario s{
      .power = power,
      .cluster = "count: 16 spares: 2 fabric { switch_power: \"1 kW\" cable_power: \"10 W\" }",
      .job = "work: \"3 d\""};
  const Told free = run(s);
  const double network = free.seen.at("energy.network") / free.seen.at("training.time_to_train");
  const double idle = (8 * 210 + 300) / 0.95;
  EXPECT_GT(network, 5000);
  EXPECT_NEAR(free.seen.at("power.peak"), (128 * 700 + 4800) / 0.95 + 2 * idle + network, 1e-6);
  s.site = "power_budget: \"80 kW\"";
  const Told held = run(s);
  const double cap = ((80e3 - 2 * idle - network) * 0.95 - 4800) / 128;
  EXPECT_NEAR(held.seen.at("power.peak"), 80e3, 1e-4);
  EXPECT_LE(held.seen.at("power.peak"), 80e3 * (1 + 1e-12));
  const double factor = clock_cubed(700, cap);
  EXPECT_NEAR(held.seen.at("training.gpu_hours.useful"), 128 * 72 * factor, 1e-6);
  EXPECT_NEAR(held.seen.at("energy.phase.useful") / ((128 * cap + 4800) / 0.95 * 259'200 * factor),
              1, 1e-9);
  expect_predicted(held,
                   {"training.time_to_train", "energy.it", "energy.accelerators", "energy.overhead",
                    "energy.conversion", "energy.standby", "energy.network"});
  ASSERT_EQ(held.warnings.size(), 1u);
  EXPECT_EQ(held.warnings[0],
            fmt::format("fleet.region[0].site.power_budget: at work its IT would draw {:.3g} kW; a "
                        "cap of {:.3g} W for each accelerator keeps it at 80 kW, and makes "
                        "arithmetic {:.3g} times as long",
                        free.seen.at("power.peak") / 1e3, cap, factor));
}

TEST(TrainingPower, ABudgetThatIsKeptAnywayChangesNothing) {
  Scenario s{.job = "work: \"3 d\""};
  const Told free = run(s);
  s.site = fmt::format("power_budget: \"{} W\"", free.seen.at("power.peak"));
  const Told kept = run(s);
  EXPECT_TRUE(kept.warnings.empty());
  for (const auto& [name, value] : free.seen)
    EXPECT_TRUE(kept.seen.at(name) == value || std::isnan(value)) << name;
}

TEST(TrainingPower, ABudgetThatHardlyLetsDevicesIdleIsAnError) {
  Scenario s{.cluster = "count: 16" + no_network, .job = "work: \"3 d\""};
  s.site = "power_budget: \"26.8 kW\"";
  const auto bad = load(s);
  ASSERT_FALSE(bad);
  EXPECT_NE(bad.error().message.find("fleet.region[0].site.power_budget: found 26.8 kW; expected "
                                     "more than 26.9 kW, which the IT of its jobs draws"),
            std::string::npos)
      << bad.error().message;
  s.site = "power_budget: \"26.9 kW\"";
  EXPECT_TRUE(load(s));
}

// Where a cluster has a lower cap of its own the others get what it leaves; a site with power to
// spare is left alone, and a job on both goes at the pace of the slower one.
TEST(TrainingPower, CapsAreAlikeAtASiteOnly) {
  const auto loaded = load_scenario_text(
      "name: \"x\" fleet { fabric { switch_power: \"0 W\" cable_power: \"0 W\" } "
      "region { name: \"r\" site { pue: 1 power_budget: \"80 kW\" } "
      "cluster { name: \"a\" node: \"DGX_H100\" count: 8 power { cap: \"400 W\" } } "
      "cluster { name: \"b\" node: \"DGX_H100\" count: 8 } "
      "cluster { name: \"unused\" node: \"DGX_H100\" count: 800 } } "
      "region { name: \"q\" site { pue: 1 power_budget: \"60 kW\" } "
      "cluster { name: \"d\" node: \"DGX_H100\" count: 8 } } } "
      "training { name: \"ja\" cluster: \"a\" work: \"1 d\" } "
      "training { name: \"jb\" cluster: \"b\" work: \"1 d\" } "
      "training { name: \"jd\" cluster: \"d\" work: \"1 d\" } "
      "run { horizon: \"9 d\" replications: 1 }",
      "x.textproto");
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_TRUE(loaded->warnings.empty());  // 64 x 400 W + 64 x 700 W = 70.4 kW
  const auto less =
      load_scenario_text(loaded->source_text, "x.textproto",
                         std::vector<std::string>{"fleet.region[0].site.power_budget=60 kW"});
  ASSERT_TRUE(less) << less.error().message;
  ASSERT_EQ(less->warnings.size(), 1u);
  const auto& nodes = less->scenario.training->energy->sites.nodes;
  EXPECT_EQ(nodes[0].cap, 400);
  EXPECT_NEAR(nodes[1].cap.value_or(0), (60e3 - 64 * 400) / 64, 1e-9);
  EXPECT_FALSE(nodes[2].cap);
  EXPECT_FALSE(nodes[3].cap);
  EXPECT_NEAR(seconds(*less->scenario.training->jobs[1].work),
              86400 * clock_cubed(700, (60e3 - 64 * 400) / 64), 1e-6);
  EXPECT_EQ(less->scenario.training->jobs[2].work, 86400_s);
}

// Whatever breaks and whoever stands in, the site keeps its budget, and its parts are the whole.
TEST(TrainingPower, ABudgetIsKeptWhileNodesBreak) {
  for (const char* budget : {"75 kW", "60 kW", "45 kW"})
    for (const std::string& job : {spread_job, std::string("work: \"9 d\"")}) {
      const Told told = run(
          {.site = fmt::format("power_budget: \"{}\"", budget),
           .power = "overhead: \"200 W\" efficiency: 0.97 checkpoint: \"500 W\"",
           .cluster = "count: 16 spares: 3",
           .job = job,
           .rest =
               "failures { component { class: GPU time_to_failure { exponential { mean: "
               "\"3000 h\" } } } detection: \"60 s\" repair { constant { value: \"9 h\" } } }"});
      const double watts = std::stod(budget) * 1e3;
      EXPECT_LE(told.seen.at("power.peak"), watts * (1 + 1e-12)) << budget;
      EXPECT_GT(told.seen.at("power.peak"), 0.99 * watts) << budget;
      EXPECT_LE(told.seen.at("power.mean"), told.seen.at("power.peak"));
      EXPECT_LE(told.seen.at("power.ramp"), told.seen.at("power.peak"));
      double sum = 0;
      for (const char* part : {"accelerators", "overhead", "conversion", "standby", "network"}) {
        const double joules = told.seen.at(fmt::format("energy.{}", part));
        EXPECT_GT(joules, 0) << part;
        sum += joules;
      }
      EXPECT_NEAR(sum / told.seen.at("energy.it"), 1, 1e-12) << budget;
    }
}

TEST(TrainingPower, APartOfUnknownPowerDrawsNothingAndIsTold) {
  const auto note = [](const std::string& fabric) {
    const auto loaded =
        load({.cluster = "count: 16 fabric { " + fabric + " }", .job = "work: \"3 d\""});
    EXPECT_TRUE(loaded) << loaded.error().message;
    for (const Prediction& p : model_of(loaded->scenario)->twin().predictions)
      if (p.metric == "energy.network") return p.note;
    return std::string("not told");
  };
  EXPECT_EQ(note(""), "power of switches unknown");
  EXPECT_EQ(note("switch_power: \"1 kW\""), "");
  EXPECT_EQ(note("topology: RING"), "");
  EXPECT_EQ(note("kind: \"Ethernet_100G\""), "power of switches and cables unknown");
}

}  // namespace
}  // namespace fleetsim
