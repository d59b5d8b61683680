#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "sim/interval.h"
#include "sim/spread.h"
#include "tests/workloads/training_fleets.h"
#include "workloads/training/pairs.h"
#include "workloads/training/training_model.h"

namespace fleetsim::training {
namespace {

TrainingConfig config_of(std::uint32_t nodes, std::uint32_t redundancy, double horizon) {
  const CheckpointConfig saves{.interval = 500_s, .write = 20_s};
  JobConfig job{.name = "job", .cluster = {0}, .step = {}, .work = {}, .checkpoint = saves};
  job.nodes = nodes;
  job.restart = 100_s;
  job.redundancy = redundancy;
  const ComponentPlan part{.name = "node", .per_node = 1, .life = *Law::exponential(1e4 * nodes)};
  return {.fleet = plain_fleet(nodes),
          .failures = {{.components = {part}, .detection = 30_s}},
          .jobs = {job},
          .horizon = from_seconds(horizon)};
}

Estimate seen(const TrainingConfig& config, const std::string& metric) {
  std::vector<double> values, weights;
  const TrainingModel model(config);
  for (std::uint32_t r = 0; r < 40; ++r) {
    const Observation run =
        model.simulate({.seed = 1, .replication = r}, {.end = config.horizon}, nullptr);
    for (const Measured& m : run.windows[0])
      if (m.metric.name == metric) values.push_back(m.value), weights.push_back(m.weight);
  }
  return t_interval(metric_terms(metric, values, weights), 0.999);
}

// Against the plain way: a set of all dead nodes.
TEST(Pairs, DieWhenBothAreDead) {
  Stream stream = Chance{.seed = 1}.stream("pairs");
  Pairs pairs(20);
  std::set<std::uint32_t> dead;
  int lost = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto node = static_cast<std::uint32_t>(stream.uniform() * 20);
    dead.insert(node);
    const bool both = dead.count((node + 10) % 20) > 0;
    ASSERT_EQ(pairs.lose(node), both);
    if (!both) continue;
    ++lost;
    pairs.mend();
    dead.clear();
  }
  EXPECT_GT(lost, 1000);
}

TEST(Redundancy, AgreesWithTheClosedForms) {
  for (const std::uint32_t nodes : {2u, 8u, 400u}) {
    const TrainingConfig config = config_of(nodes, 2, 2e7);
    std::size_t predicted = 0;
    for (const Prediction& p : TrainingModel(config).twin().predictions) {
      if (p.formula != "c.replica") continue;
      ++predicted;
      const Estimate found = seen(config, p.metric);
      EXPECT_LE(found.low, *p.value) << p.metric << " of " << nodes;
      EXPECT_GE(found.high, *p.value) << p.metric << " of " << nodes;
      EXPECT_LT(found.half_width(), 0.03 * found.mean) << p.metric << " of " << nodes;
    }
    EXPECT_EQ(predicted, 4u);
  }
}

TEST(Redundancy, FailuresAreThoseOfAllNodes) {
  const TrainingConfig twice = config_of(8, 2, 2e7), once = config_of(8, 1, 2e7);
  EXPECT_EQ(seen(twice, "training.failures").mean, seen(once, "training.failures").mean);
  EXPECT_LT(seen(twice, "training.interruptions").high, seen(twice, "training.failures").low / 3);
  EXPECT_GT(seen(twice, "training.goodput").low, seen(once, "training.goodput").high);
}

// Nodes that are told apart draw nothing: an even hazard by another name gives the same law.
TEST(Redundancy, NodesThatAreToldApartAreTheSame) {
  TrainingConfig config = config_of(8, 2, 2e7);
  const Estimate drawn = seen(config, "training.mtbf");
  config.failures[0].components[0].life = *Law::weibull(1, 8e4);
  const Estimate named = seen(config, "training.mtbf");
  EXPECT_NEAR(drawn.mean, named.mean, drawn.half_width() + named.half_width());
  EXPECT_LT(named.half_width(), 0.03 * named.mean);
}

// What the cluster shares stops both of a pair.
TEST(Redundancy, SharedPartsInterrupt) {
  TrainingConfig config = config_of(8, 2, 2e7);
  config.failures[0].components = {
      {.name = "bugs", .per_node = 0, .shared = 1, .life = *Law::exponential(5000)}};
  EXPECT_EQ(seen(config, "training.interruptions").mean, seen(config, "training.failures").mean);
}

}  // namespace
}  // namespace fleetsim::training
