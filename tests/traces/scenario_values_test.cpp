#include <gtest/gtest.h>

#include <cmath>

#include "tests/traces/scenario_texts.h"
#include "traces/scenario_file.h"

namespace fleetsim {
namespace {

using testing_support::ScenarioText;

Law law(const std::string& fields) {
  const auto loaded = load_scenario_text(
      ScenarioText{.service = "service { " + fields + " }"}.text(), "x.textproto");
  EXPECT_TRUE(loaded) << loaded.error().message;
  return loaded ? loaded->scenario.queueing->stations[0].service : *Law::constant(0);
}

// Mean and cv of each way to give a law, by the formulas of its own textbook parametrisation.
struct Moments {
  std::string fields;
  double mean, cv;
};
const Moments moments[] = {
    {"constant { value: \"2 min\" }", 120, 0},
    {"exponential { mean: \"250 ms\" }", 0.25, 1},
    {"exponential { rate: \"30 /min\" }", 2, 1},
    {"uniform { low: \"1 s\" high: \"3 s\" }", 2, 1 / std::sqrt(12.0)},
    {"uniform { mean: \"2 s\" cv: 0.25 }", 2, 0.25},
    {"gamma { mean: \"2 s\" cv: 0.5 }", 2, 0.5},
    {"gamma { shape: 4 scale: \"500 ms\" }", 2, 0.5},
    {"weibull { shape: 1 scale: \"3 s\" }", 3, 1},
    {"weibull { shape: 2 scale: \"1 s\" }", std::sqrt(M_PI) / 2, std::sqrt(4 / M_PI - 1)},
    {"weibull { shape: 1 mean: \"3 s\" }", 3, 1},
    {"weibull { mean: \"3 s\" cv: 1 }", 3, 1},
    {"lognormal { mean: \"5 s\" cv: 2 }", 5, 2},
    {"lognormal { median: \"5 s\" sigma: 1 }", 5 * std::exp(0.5), std::sqrt(std::exp(1.0) - 1)},
    {"pareto { shape: 3 low: \"1 s\" high: \"2 s\" }", 1.5 * (1 - 1 / 4.0) / (1 - 1 / 8.0),
     std::sqrt(3 * (1 - 1 / 2.0) / (1 - 1 / 8.0) / std::pow(1.5 * (3 / 4.0) / (7 / 8.0), 2) - 1)},
    {"pareto { shape: 1.5 mean: \"3 s\" cv: 2 }", 3, 2},
    {"hyperexponential { mean: \"3 s\" cv: 2 }", 3, 2},
    {"hyperexponential { branch { probability: 0.5 mean: \"1 s\" } "
     "branch { probability: 0.5 mean: \"3 s\" } }",
     2, std::sqrt((1 + 9) / 4.0 - 1)},
    {"empirical { value: [\"1 s\", \"3 s\"] }", 2, 0.5},
    {"empirical { value: [\"1 s\", \"3 s\"] weight: [3, 1] }", 1.5, std::sqrt(0.75) / 1.5},
};

TEST(ScenarioValues, EveryLawArrives) {
  for (const Moments& c : moments) {
    const Law found = law(c.fields);
    EXPECT_NEAR(found.mean(), c.mean, 1e-9 * c.mean) << c.fields;
    EXPECT_NEAR(found.cv(), c.cv, 1e-7) << c.fields;
    EXPECT_TRUE(c.fields.starts_with(found.name())) << found.name();
  }
}

// Where two ways of giving a law differ in more than two moments, the shape tells them apart.
TEST(ScenarioValues, ShapesArrive) {
  EXPECT_EQ(std::get<WeibullLaw>(law("weibull { shape: 2 scale: \"3 min\" }").kind()).scale, 180);
  EXPECT_EQ(
      std::get<ParetoLaw>(law("pareto { shape: 1.25 low: \"1 s\" high: \"2 s\" }").kind()).shape,
      1.25);
  EXPECT_EQ(std::get<LognormalLaw>(law("lognormal { median: \"1 s\" sigma: 0.75 }").kind()).mu, 0);
  EXPECT_EQ(std::get<GammaLaw>(law("gamma { shape: 0.25 scale: \"1 s\" }").kind()).shape, 0.25);
}

queueing::QueueingConfig config(const ScenarioText& scenario) {
  const auto loaded = load_scenario_text(scenario.text(), "x.textproto");
  EXPECT_TRUE(loaded) << loaded.error().message;
  return loaded ? *loaded->scenario.queueing : queueing::QueueingConfig{};
}

TEST(ScenarioValues, EverySourceArrives) {
  using namespace queueing;
  auto source =
      config({.source = "priority: 3 service { constant { value: \"4 s\" } }"}).sources.at(0);
  EXPECT_EQ(source.name, "clients");
  EXPECT_EQ(source.to, (Target{Target::Kind::station, 0}));
  EXPECT_EQ(source.priority, 3u);
  EXPECT_EQ(source.service->mean(), 4);
  EXPECT_EQ(std::get<Renewal>(source.arrivals).interarrival.mean(), 2);

  source = config({.interarrival = "mmpp { state { rate: \"6 /min\" mean_stay: \"2 min\" } "
                                   "state { rate: \"0 /s\" mean_stay: \"1 h\" } }"})
               .sources.at(0);
  const auto& mmpp = std::get<Mmpp>(source.arrivals);
  ASSERT_EQ(mmpp.states.size(), 2u);
  EXPECT_EQ(mmpp.states[0].rate, 0.1);
  EXPECT_EQ(mmpp.states[0].mean_stay, 120);
  EXPECT_EQ(mmpp.states[1].rate, 0);

  source = config({.interarrival = "schedule { at: [\"0 s\", \"1 ns\", \"1 ns\", \"2 min\"] }"})
               .sources.at(0);
  EXPECT_EQ(std::get<Schedule>(source.arrivals).at,
            (std::vector<Instant>{{0}, {1}, {1}, {120'000'000'000}}));

  source = config({.interarrival = "population { count: 7 think { constant { value: \"0 s\" } } }"})
               .sources.at(0);
  EXPECT_EQ(std::get<Population>(source.arrivals).count, 7u);
  EXPECT_EQ(std::get<Population>(source.arrivals).think.mean(), 0);
}

TEST(ScenarioValues, EveryStationArrives) {
  using namespace queueing;
  const std::pair<std::string, Discipline> disciplines[] = {
      {"FCFS", Discipline::fcfs},
      {"LCFS", Discipline::lcfs},
      {"LCFS_PREEMPTIVE", Discipline::lcfs_preemptive},
      {"PS", Discipline::ps},
      {"SRPT", Discipline::srpt},
      {"PRIORITY", Discipline::priority},
      {"PRIORITY_PREEMPTIVE", Discipline::priority_preemptive}};
  for (const auto& [name, discipline] : disciplines)
    EXPECT_EQ(config({.station = "discipline: " + name}).stations.at(0).discipline, discipline);

  auto station =
      config({.station = "copies: 2 servers: 3 room: 4 to: \"server\" "
                         "patience { constant { value: \"5 s\" } } "
                         "retrial { delay { constant { value: \"6 s\" } } policy: CONSTANT }"})
          .stations.at(0);
  EXPECT_EQ(station.copies, 2u);
  EXPECT_EQ(station.servers, 3u);
  EXPECT_EQ(station.room, 4u);
  EXPECT_EQ(station.to, (Target{Target::Kind::station, 0}));
  EXPECT_EQ(station.patience->mean(), 5);
  EXPECT_EQ(station.retrial->delay.mean(), 6);
  EXPECT_TRUE(station.retrial->constant);

  station = config({.station = "bulk { size: 8 }"}).stations.at(0);
  EXPECT_EQ(station.bulk->size, 8u);
  EXPECT_FALSE(station.bulk->full_only);
  EXPECT_EQ(station.to, Target{});
  EXPECT_FALSE(station.room || station.patience || station.retrial);
  EXPECT_TRUE(config({.station = "bulk { size: 8 mode: FULL }"}).stations.at(0).bulk->full_only);
  EXPECT_EQ(config({.station = "discipline: PS servers: 4 room: 1"}).stations.at(0).room, 1u);
}

TEST(ScenarioValues, EveryRouterArrives) {
  using namespace queueing;
  using Policy = RouterConfig::Policy;
  const std::pair<std::string, Policy> policies[] = {{"RANDOM", Policy::random},
                                                     {"ROUND_ROBIN", Policy::round_robin},
                                                     {"SHORTEST", Policy::shortest}};
  for (const auto& [name, policy] : policies)
    EXPECT_EQ(config({.queueing = "router { name: \"r\" to: \"server\" policy: " + name + " }"})
                  .routers.at(0)
                  .policy,
              policy);
  auto router =
      config({.station = "copies: 5",
              .queueing = "router { name: \"r\" policy: POWER_OF_D choices: 3 to: \"server\" }"})
          .routers.at(0);
  EXPECT_EQ(router.policy, Policy::power_of_d);
  EXPECT_EQ(router.choices, 3u);
  router =
      config({.queueing =
                  "router { name: \"r\" policy: PROBABILITIES to: [\"exit\", \"q\", \"server\"] "
                  "probability: [0.1, 0.2, 0.7] }"
                  "router { name: \"q\" to: \"server\" }"})
          .routers.at(0);
  EXPECT_EQ(router.to,
            (std::vector<Target>{{}, {Target::Kind::router, 1}, {Target::Kind::station, 0}}));
  EXPECT_EQ(router.probability, (std::vector<double>{0.1, 0.2, 0.7}));
}

TEST(ScenarioValues, EveryRunFieldArrives) {
  const auto loaded = load_scenario_text(
      ScenarioText{.run =
                       "warm_up: \"1 min\" replications: 12 batches: 34 seed: 56 antithetic: true "
                       "control_variates: true keep_requests: 78"}
          .text(),
      "x.textproto");
  ASSERT_TRUE(loaded) << loaded.error().message;
  const RunConfig& run = loaded->scenario.run;
  EXPECT_EQ(run.horizon, from_seconds(1000));
  EXPECT_EQ(run.warm_up, from_seconds(60));
  EXPECT_EQ(run.replications, 12u);
  EXPECT_EQ(run.batches, 34u);
  EXPECT_EQ(run.seed, 56u);
  EXPECT_TRUE(run.antithetic);
  EXPECT_TRUE(run.control_variates);
  EXPECT_EQ(run.keep_requests, 78u);
}

}  // namespace
}  // namespace fleetsim
