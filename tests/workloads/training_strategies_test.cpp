#include <gtest/gtest.h>

#include <cmath>

#include "sim/interval.h"
#include "sim/pooled_mean.h"
#include "tests/workloads/training_fleets.h"
#include "workloads/training/training_model.h"

namespace fleetsim::training {
namespace {

// One job on one part that fails each hour.
TrainingConfig config_of(const CheckpointConfig& checkpoint, const Law& life, double horizon) {
  JobConfig job{.name = "job", .cluster = {0}, .step = {}, .work = {}, .checkpoint = checkpoint};
  job.restart = 100_s;
  const ComponentPlan part{.name = "part", .per_node = 0, .shared = 1, .life = life};
  const FailurePlan plan{.components = {part}, .detection = 30_s};
  return {
      .fleet = plain_fleet(1), .failures = {plan}, .jobs = {job}, .horizon = from_seconds(horizon)};
}
TrainingConfig config_of(const CheckpointConfig& checkpoint, double horizon = 1e6) {
  return config_of(checkpoint, *Law::exponential(3600), horizon);
}

CheckpointConfig async(Duration drain) {
  return {.interval = 600_s, .write = 5_s, .restore = 20_s, .drain = drain};
}

CheckpointConfig two_levels(double survives, std::uint32_t every) {
  CheckpointConfig out{.interval = 300_s, .write = 5_s, .restore = 10_s, .survives = survives};
  out.deeper = {{.name = "far", .every = every, .write = 60_s, .restore = 400_s}};
  return out;
}

Estimate seen(const TrainingConfig& config, const std::string& metric, std::uint32_t replications) {
  std::vector<double> values, weights;
  const TrainingModel model(config);
  for (std::uint32_t r = 0; r < replications; ++r) {
    const Chance chance{.seed = 1, .replication = r};
    const Observation run = model.simulate(chance, {.end = config.horizon}, nullptr);
    for (const Measured& m : run.windows[0])
      if (m.metric.name == metric) values.push_back(m.value), weights.push_back(m.weight);
  }
  return t_interval(pooled_terms(values, weights), 0.999);
}

double goodput(const CheckpointConfig& checkpoint) {
  return seen(config_of(checkpoint), "training.goodput", 20).mean;
}

void expect_agreement(const TrainingConfig& config, const std::string& formula,
                      std::size_t predictions, std::uint32_t replications = 300) {
  std::size_t predicted = 0;
  for (const Prediction& p : TrainingModel(config).twin().predictions) {
    if (!p.value || p.formula != formula) continue;
    ++predicted;
    const Estimate found = seen(config, p.metric, replications);
    EXPECT_LE(found.low, *p.value + 1e-9) << p.metric;
    EXPECT_GE(found.high, *p.value - 1e-9) << p.metric;
    if (p.metric == "training.goodput") {
      EXPECT_LT(found.half_width(), 0.02 * found.mean);
    }
  }
  EXPECT_EQ(predicted, predictions);
}

TEST(TrainingStrategies, DrainsCostWhatTheoryHas) {
  for (const Duration drain : {60_s, 300_s, 600_s})
    expect_agreement(config_of(async(drain)), "c.async", 9);
}

// Jobs that end: in one interval, with a last one that the drain outlasts, and at a deep write.
TEST(TrainingStrategies, TheEndOfAJobCostsWhatTheoryHas) {
  const auto ending = [](const CheckpointConfig& checkpoint, Duration work) {
    TrainingConfig config = config_of(checkpoint);
    config.jobs[0].work = work;
    return config;
  };
  for (const Duration work : {500_s, 1200_s, 3100_s})
    expect_agreement(ending(async(300_s), work), "c.async", 5, 4000);
  expect_agreement(ending(two_levels(0.6, 4), 4800_s), "c.multi", 5, 4000);
  for (const Prediction& p : TrainingModel(ending(two_levels(0.6, 4), 5000_s)).twin().predictions)
    if (p.metric == "training.goodput") {
      EXPECT_FALSE(p.value);
    }
}

TEST(TrainingStrategies, LevelsCostWhatTheoryHas) {
  for (const double survives : {0.0, 0.4, 0.9, 1.0})
    for (const std::uint32_t every : {2u, 7u})
      expect_agreement(config_of(two_levels(survives, every)), "c.multi", 4);
}

// A level that survives all leaves the deeper one to be written only, and one that survives nothing
// is a waste: more survival is more goodput, and a longer drain is less.
TEST(TrainingStrategies, AreMonotone) {
  EXPECT_GT(goodput(two_levels(0.9, 7)), goodput(two_levels(0.5, 7)));
  EXPECT_GT(goodput(two_levels(0.5, 7)), goodput(two_levels(0.1, 7)));
  EXPECT_GT(goodput(async(0_s)), goodput(async(60_s)));
  EXPECT_GT(goodput(async(60_s)), goodput(async(600_s)));
  CheckpointConfig blocking = async(0_s);
  blocking.write = 65_s;
  EXPECT_GT(goodput(async(60_s)), goodput(blocking));
}

// Two levels that cost the same and survive all are one.
TEST(TrainingStrategies, EqualLevelsAreOne) {
  CheckpointConfig two = async(0_s);
  two.deeper = {{.name = "far", .every = 1000, .write = two.write, .restore = two.restore}};
  const auto lost = [](const CheckpointConfig& c) {
    TrainingConfig config = config_of(c);
    config.jobs[0].work = 100'000_s;
    return seen(config, "training.time_to_train", 5).mean;
  };
  EXPECT_EQ(lost(two), lost(async(0_s)));
}

// Failures as a renewal process of Weibull gaps; a constant hazard would be off by more.
TEST(TrainingStrategies, AgeingAgreesWithTheRenewalForm) {
  for (const double shape : {0.6, 1.0, 2.5}) {
    const Law life = *Law::weibull(shape, 3600 / std::tgamma(1 + 1 / shape));
    const TrainingConfig config = config_of(async(0_s), life, 1e7);
    expect_agreement(config, "c.weibull", 3);
  }
}

// The job waits through the warm-up and the end of a run: what is watched begins as it waits, not
// with a write that never comes, and ends with the first write of the job that goes on.
TEST(TrainingWindows, HoldTheWaitWhereNothingIsSaved) {
  TrainingConfig config = config_of({.interval = 600_s, .write = 5_s, .restore = 20_s});
  config.failures[0].components.clear();
  config.failures[0].detection = {};
  config.failures[0].script = {{.at = 5000_s, .node = {0}, .outage = 5500_s}};
  const Observation run = TrainingModel(config).simulate(
      {.seed = 1, .replication = 0}, {.warm_up = 8000_s, .end = 10'000_s}, nullptr);
  const double watched = 2500 + 100 + 20 + 600 + 5;
  for (const Measured& m : run.windows[0]) {
    if (m.metric.name == "training.goodput") {
      EXPECT_DOUBLE_EQ(m.weight, watched);
      EXPECT_DOUBLE_EQ(m.value, 600 / watched);
    }
    if (m.metric.name == "training.fraction.queued") {
      EXPECT_DOUBLE_EQ(m.value, 2500 / watched);
    }
  }
}

}  // namespace
}  // namespace fleetsim::training
