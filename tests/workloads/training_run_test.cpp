#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "analytic/exact/checkpoint.h"
#include "sim/interval.h"
#include "sim/spread.h"
#include "sim/tally.h"
#include "tests/workloads/training_fleets.h"
#include "workloads/training/metrics.h"
#include "workloads/training/training_model.h"

namespace fleetsim::training {
namespace {

struct Setting {
  double mtbf = 10'000, interval = 500, write = 20, detection = 30, restart = 100;  // s
  double work = 0;                                                                  // 0: no end
  double horizon = 1e6;
};

TrainingConfig config_of(const Setting& s) {
  JobConfig job{.name = "job", .cluster = {0}, .step = {}, .work = {}, .checkpoint = {}};
  job.checkpoint.interval = from_seconds(s.interval);
  job.checkpoint.write = from_seconds(s.write);
  job.restart = from_seconds(s.restart);
  if (s.work > 0) job.work = from_seconds(s.work);
  const ComponentPlan part{
      .name = "part", .per_node = 0, .shared = 1, .life = *Law::exponential(s.mtbf)};
  const FailurePlan plan{.components = {part}, .detection = from_seconds(s.detection)};
  return {.fleet = plain_fleet(1),
          .failures = {plan},
          .jobs = {job},
          .horizon = from_seconds(s.horizon)};
}

using Values = std::map<std::string, std::vector<double>>;
struct Seen {
  Values values, weights;
  Estimate of(const std::string& metric) const {
    return t_interval(metric_terms(metric, values.at(metric), weights.at(metric)), 0.999);
  }
};

Seen run(const TrainingConfig& config, std::uint32_t replications, std::uint64_t seed = 1) {
  const TrainingModel model(config);
  Seen out;
  for (std::uint32_t r = 0; r < replications; ++r) {
    const Observation seen =
        model.simulate({.seed = seed, .replication = r},
                       {.warm_up = config.warm_up, .end = config.horizon}, nullptr);
    for (const Measured& m : seen.windows[0]) {
      out.values[m.metric.name].push_back(m.value);
      out.weights[m.metric.name].push_back(m.weight);
    }
  }
  return out;
}

// Every prediction of the twin against the simulation, each in an interval of 99.9 %.
void expect_agreement(const TrainingConfig& config, std::uint32_t replications,
                      std::size_t predictions, const std::string& about) {
  const Seen seen = run(config, replications);
  std::size_t predicted = 0;
  for (const Prediction& p : TrainingModel(config).twin().predictions) {
    if (!p.value) continue;
    ++predicted;
    const Estimate found = seen.of(p.metric);
    const double rounding = 1e-8 * std::abs(*p.value) + 1e-9;
    EXPECT_LE(found.low, *p.value + rounding) << about << " " << p.metric;
    EXPECT_GE(found.high, *p.value - rounding) << about << " " << p.metric;
  }
  EXPECT_EQ(predicted, predictions) << about;
}

// c.exact over two decades of intervals and MTBFs down to where most time is lost; the run is short
// on purpose, for its end must not matter.
TEST(TrainingRuns, AgreeWithTheExactForm) {
  const Setting settings[] = {{},
                              {.interval = 60},
                              {.interval = 8000},
                              {.mtbf = 1800, .interval = 330, .write = 30, .restart = 390},
                              {.mtbf = 1800, .interval = 1800, .restart = 900, .horizon = 4e5},
                              {.mtbf = 900, .interval = 900, .write = 300, .horizon = 3e5},
                              {.write = 0, .detection = 0, .restart = 0}};
  for (const Setting& s : settings)
    expect_agreement(config_of(s), 400, 11,
                     "interval " + std::to_string(s.interval) + " mtbf " + std::to_string(s.mtbf));
}

// Racks that are struck, and nodes of which some are lemons: the failures of the job are one stream
// still, whose rate is known.
TEST(TrainingRuns, AgreeUnderShocksAndLemons) {
  TrainingConfig config = config_of({.horizon = 4e5});
  config.fleet = plain_fleet(64);
  config.jobs[0].nodes = 64;
  FailurePlan& plan = config.failures[0];
  plan.components[0] = {.name = "node", .per_node = 1, .life = *Law::exponential(2e6)};
  plan.shocks = {{.name = "rack", .nodes = 8, .mean = from_seconds(2e5), .hits = 0.4}};
  expect_agreement(config, 400, 15, "shocks");
  plan.shocks.clear();
  plan.lemons = {.count = 4, .of = 64, .factor = 12};
  expect_agreement(config, 400, 11, "lemons");
  plan.script = {{.at = 100_s, .node = {5}, .outage = 50_s}};
  expect_agreement(config, 2, 0, "a script");
}

// A node that the script takes out for 50 s, where there is no other: the job waits for it.
TEST(TrainingRuns, AScriptIsFollowedToTheSecond) {
  TrainingConfig config = config_of({.horizon = 2000});
  config.failures[0].components.clear();
  config.failures[0].script = {{.at = 900_s, .node = {0}, .outage = 50_s},
                               {.at = 1400_s, .node = {}, .outage = {}}};
  const Seen seen = run(config, 1);
  EXPECT_EQ(seen.values.at("training.failures")[0], 2);
  EXPECT_NEAR(seen.values.at("fleet.availability")[0], 1 - 50.0 / 2000, 1e-12);
  EXPECT_GT(seen.values.at("training.fraction.queued")[0], 0);
}

// Jobs that end, also with a last interval that is shorter than the others.
TEST(TrainingRuns, AgreeForJobsThatEnd) {
  for (const double work : {5000.0, 5200.0, 499.0})
    expect_agreement(config_of({.mtbf = 3000, .work = work}), 4000, 19,
                     "work " + std::to_string(work));
}

// The spread of the time of a job, not only its mean (c.var).
TEST(TrainingRuns, TheSpreadIsThatOfTheTransform) {
  const Setting s{.mtbf = 3000, .work = 5000};
  const Seen seen = run(config_of(s), 4000);
  const auto segment = analytic::checkpoint_segment({s.interval, s.write, 130, s.mtbf});
  Tally times;
  for (const double t : seen.values.at("training.time_to_train")) times.add(t);
  EXPECT_NEAR(times.mean() / (10 * segment->mean), 1, 0.03);
  EXPECT_NEAR(times.variance() / (10 * segment->variance), 1, 0.12);
}

// The books close to the nanosecond: the phases sum to the wall time, which is that of the windows.
TEST(TrainingRuns, ConserveTime) {
  const TrainingConfig config = config_of({.mtbf = 2000, .horizon = 2e5});
  const TrainingModel model(config);
  for (std::uint32_t r = 0; r < 50; ++r) {
    const Chance chance{.seed = 7, .replication = r};
    const auto whole = model.simulate(chance, {.end = config.horizon}, nullptr).windows;
    const auto cut = model.simulate(chance, {.end = config.horizon, .windows = 7}, nullptr).windows;
    double wall = 0, useful = 0, failures = 0, sum = 0;
    for (const auto& window : cut)
      for (const Measured& m : window) {
        if (m.metric.name == "training.goodput") wall += m.weight, useful += m.weight * m.value;
        if (m.metric.name == "training.failures") failures += m.value / 7;
      }
    double hours = 0;
    for (const Measured& m : whole[0]) {
      if (m.metric.name.starts_with("training.fraction.")) sum += m.value;
      if (m.metric.name.starts_with("training.gpu_hours.")) hours += m.value;
      if (m.metric.name == "training.goodput") {
        EXPECT_GE(m.weight, 2e5);
        EXPECT_NEAR(wall, m.weight, 1e-6);
        EXPECT_NEAR(useful, m.weight * m.value, 1e-6);
      }
      if (m.metric.name == "training.failures") {
        EXPECT_NEAR(failures, m.value, 1e-9);
      }
    }
    EXPECT_NEAR(sum, 1, 1e-12);
    EXPECT_NEAR(hours, wall * config.jobs[0].nodes * config.jobs[0].devices / 3600, 1e-9);
  }
}

double goodput(const Setting& s) {
  return run(config_of(s), 20).of("training.goodput").mean;
}

// With the same failures, what costs more gives less; and nothing lost is nothing lost.
TEST(TrainingRuns, AreMonotone) {
  EXPECT_GT(goodput({}), goodput({.write = 40}));
  EXPECT_GT(goodput({}), goodput({.restart = 200}));
  EXPECT_GT(goodput({}), goodput({.detection = 100}));
  EXPECT_GT(goodput({.mtbf = 20'000}), goodput({}));
  const Setting unbroken{.mtbf = 1e15};
  EXPECT_NEAR(goodput(unbroken), 500.0 / 520, 1e-12);
}

TEST(TrainingRuns, ArePureFunctions) {
  const TrainingConfig config = config_of({.mtbf = 500, .horizon = 1e5});
  EXPECT_EQ(run(config, 5).values, run(config, 5).values);
  EXPECT_NE(run(config, 5).values, run(config, 5, 2).values);
}

// Without anything that breaks, and where no interval is ever saved.
TEST(TrainingRuns, ReachTheirLimits) {
  TrainingConfig quiet = config_of({.horizon = 1e5});
  quiet.failures[0].components.clear();
  const Seen calm = run(quiet, 2);
  EXPECT_NEAR(calm.values.at("training.goodput")[0], 500.0 / 520, 1e-12);
  EXPECT_EQ(calm.values.at("training.failures")[0], 0);
  expect_agreement(quiet, 2, 9, "quiet");
  const Seen hopeless = run(config_of({.mtbf = 100, .interval = 50'000, .horizon = 1e6}), 2);
  EXPECT_EQ(hopeless.values.at("training.goodput")[0], 0);
  EXPECT_NEAR(hopeless.weights.at("training.goodput")[0], 2e6, 1e-6);
}

// Parts that grow old with shape 1 are memoryless parts.
TEST(TrainingRuns, AgreeForPartsFollowedOneByOne) {
  TrainingConfig config = config_of({.mtbf = 1e5, .horizon = 1e6});
  config.fleet = plain_fleet(10);
  config.jobs[0].nodes = 10;
  config.failures[0].components = {
      {.name = "a", .per_node = 1, .shared = 0, .life = *Law::weibull(1, 1.25e5)},
      {.name = "b", .per_node = 0, .shared = 1, .life = *Law::exponential(5e4)}};
  const Seen seen = run(config, 400);
  const auto exact = analytic::checkpoint_exact({500, 20, 130, 1e4});
  const Estimate found = seen.of("training.goodput"), mtbf = seen.of("training.mtbf");
  EXPECT_NEAR(found.mean, exact->goodput, found.half_width());
  EXPECT_LT(found.half_width(), 0.002);
  EXPECT_NEAR(mtbf.mean, 1e4, mtbf.half_width());
  const Estimate cause = seen.of("training.failures.a");
  EXPECT_NEAR(cause.mean, 80, cause.half_width());
}

// Nodes go to repair: with spares to hand a job never waits, without any it does, and stands in
// the queue for as long as its node is away.
TEST(TrainingRuns, WaitForTheirNodes) {
  TrainingConfig config = config_of({.detection = 0, .horizon = 4e6});
  config.jobs[0].nodes = 20;
  config.failures[0].components = {
      {.name = "node", .per_node = 1, .shared = 0, .life = *Law::exponential(2e5)}};
  config.failures[0].repair = *Law::constant(1000);
  config.fleet = plain_fleet(20, 20);
  expect_agreement(config, 100, 16, "spares");
  config.fleet = plain_fleet(20);
  expect_agreement(config, 100, 14, "no spares");
  config.failures[0].crews = 1;
  config.failures[0].repair = *Law::exponential(3000);
  config.fleet = plain_fleet(20, 1);
  expect_agreement(config, 100, 14, "one spare, one crew");
  config.failures[0].repair = *Law::constant(1000);
  config.failures[0].crews = 0;
  config.fleet = plain_fleet(20);
  const Seen seen = run(config, 100);
  EXPECT_GT(seen.of("training.fraction.queued").low, 0.05);
  EXPECT_LT(seen.of("training.goodput").high, 0.85);
  // One place at a time is empty for a share of 1000 / 201000.
  const Estimate up = seen.of("fleet.availability");
  EXPECT_NEAR(up.mean, 200.0 / 201, up.half_width() + 1e-5);
}

// 16 replicas on 32 nodes without a spare.
TrainingConfig elastic_config() {
  TrainingConfig config =
      config_of({.interval = 1, .write = 0, .detection = 0, .restart = 0, .horizon = 2e7});
  config.fleet = plain_fleet(32);
  config.jobs[0].nodes = 32;
  config.jobs[0].replicas = 16;
  config.jobs[0].min_replicas = 1;
  config.failures[0].components = {
      {.name = "node", .per_node = 1, .shared = 0, .life = *Law::exponential(2e5)}};
  config.failures[0].repair = *Law::exponential(2e4);
  return config;
}

// The chain of the nodes, weighted by what is left of the throughput: c.elastic. For one part or
// many, few crews, a spare, and replicas below which the job waits.
TEST(TrainingRuns, ElasticJobsFollowTheChain) {
  const auto check_chain = [](const TrainingConfig& config, double low, double high,
                              const char* about) {
    const Twin twin = TrainingModel(config).twin();
    ASSERT_EQ(twin.predictions[0].metric, "training.goodput");
    ASSERT_EQ(twin.predictions[0].formula, "c.elastic") << about;
    const double expected = *twin.predictions[0].value;
    EXPECT_GT(expected, low) << about;
    EXPECT_LT(expected, high) << about;
    const Estimate found = run(config, 40).of("training.goodput");
    EXPECT_NEAR(found.mean, expected, found.half_width() + 2e-5) << about;
    EXPECT_LT(found.half_width(), 0.01) << about;
  };
  TrainingConfig config = elastic_config();
  // All crews: nodes are up by themselves, and pairs of them whole: (N a - P(odd)) / N.
  const double up = 10.0 / 11, odd = (1 - std::pow(1 - 2 * up, 32)) / 2;
  // Each failure undoes half a second of 6,250.
  const double whole = (up - odd / 32) * (1 - 0.5 / 6250);
  check_chain(config, whole - 1e-8, whole + 1e-8, "all crews");
  config.failures[0].crews = 3;
  check_chain(config, 0.7, up - 0.02, "three crews");
  config.failures[0].crews = 0;
  config.jobs[0].min_replicas = 14;
  check_chain(config, 0.5, up - 0.02, "at least 14");
  config.fleet = plain_fleet(32, 3);
  check_chain(config, up + 0.02, 1, "three spares");
}

// Time is conserved, going on beats waiting, and a job that ends does all its work.
TEST(TrainingRuns, ElasticJobsGainOnThoseThatWait) {
  TrainingConfig config = elastic_config();
  config.jobs[0].checkpoint = {.interval = 500_s, .write = 20_s};
  config.jobs[0].restart = 100_s;
  config.failures[0].detection = 30_s;
  config.horizon = from_seconds(1e6);
  const auto goodput = [](const TrainingConfig& c) { return run(c, 20).of("training.goodput"); };
  const double all = goodput(config).low;
  config.jobs[0].min_replicas = 15;
  const Estimate some = goodput(config);
  config.jobs[0].min_replicas.reset();
  EXPECT_GT(all, some.high);
  EXPECT_GT(some.low, goodput(config).high);
  config.jobs[0].min_replicas = 3;
  config.jobs[0].work = from_seconds(123'456.789);
  const Seen seen = run(config, 20);
  for (std::size_t r = 0; r < 20; ++r) {
    double sum = 0;
    for (const char* phase : phase_names)
      sum += seen.values.at(std::string("training.fraction.") + phase)[r];
    EXPECT_NEAR(sum, 1, 1e-12);
    const double useful =
        seen.values.at("training.goodput")[r] * seen.weights.at("training.goodput")[r];
    EXPECT_NEAR(useful, 123'456.789, 1e-6);
  }
}

// T = F / (N peak mfu scaling goodput) of what was measured, whatever the job: 1e-9.
TEST(TrainingRuns, ObeyTheIronLaw) {
  Stream draws = Chance{.seed = 11}.stream("iron law", 0);
  for (int i = 0; i < 40; ++i) {
    TrainingConfig config = i % 2 == 0 ? config_of({.horizon = 2e5}) : elastic_config();
    config.horizon = from_seconds(2e5);
    JobConfig& job = config.jobs[0];
    job.devices = 8;
    if (i % 3 == 0) job.work = from_seconds(1e3 + 1e5 * draws.uniform());
    StepConfig step{.tokens = 1e6, .flops = 1e18 * draws.uniform(), .peak = 1e15 * job.nodes * 8};
    ModelledStep model;
    model.terms = {.compute = draws.uniform(), .tensor = draws.uniform(), .data = draws.uniform()};
    step.seconds = model.terms.total();
    step.model = model;
    job.step = step;
    const Seen seen = run(config, 5);
    const auto of = [&](const char* name) { return seen.of(std::string("ironlaw.") + name).mean; };
    const double product =
        of("flops") / (of("n") * of("peak") * of("mfu") * of("scaling") * of("goodput"));
    EXPECT_NEAR(product / of("time"), 1, 1e-9);
    EXPECT_NEAR(of("residual"), 0, 1e-9);
    if (job.work) {
      EXPECT_NEAR(of("time") / seen.of("training.time_to_train").mean, 1, 1e-9);
      EXPECT_NEAR(of("flops") / (step.flops * seconds(*job.work) / step.seconds), 1, 1e-9);
    }
  }
}

// Two jobs share a cluster: each has its own failures, and the whole is their sum by devices.
TEST(TrainingRuns, SeveralJobsShareACluster) {
  TrainingConfig config = config_of({.horizon = 1e6});
  config.fleet = plain_fleet(40);
  config.failures[0].components = {
      {.name = "node", .per_node = 1, .shared = 0, .life = *Law::exponential(2e5)}};
  config.jobs.push_back(config.jobs[0]);
  config.jobs[0].nodes = 30;
  config.jobs[1].nodes = 10;
  config.jobs[1].name = "small";
  expect_agreement(config, 100, 33, "two jobs");

  TrainingConfig ending = config;
  ending.jobs[0].work = from_seconds(4e4);
  ending.jobs[1].work = from_seconds(9e4);
  expect_agreement(ending, 400, 56, "two jobs that end");
  const Seen seen = run(config, 20);
  const auto mean = [&](const char* metric) { return seen.of(metric).mean; };
  EXPECT_NEAR(mean("training.failures"),
              mean("training.job.failures") + mean("training.small.failures"), 1e-9);
  EXPECT_NEAR(mean("training.goodput"),
              0.75 * mean("training.job.goodput") + 0.25 * mean("training.small.goodput"), 1e-3);
}

}  // namespace
}  // namespace fleetsim::training
