#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "tests/workloads/training_fleets.h"
#include "workloads/serving/serving_model.h"
#include "workloads/shared_model.h"
#include "workloads/training/metrics.h"
#include "workloads/training/training_model.h"

// Training and serving on the same nodes: apart where nothing breaks, in each other's way where
// spares are few.
namespace fleetsim {
namespace {

using training::TrainingConfig;

TrainingConfig training_on(std::shared_ptr<const Fleet> fleet, const FailurePlan& plan) {
  training::JobConfig job{.name = "job", .cluster = {0}, .step = {}, .work = {}, .checkpoint = {}};
  job.nodes = 4;
  job.checkpoint.interval = 500_s;
  job.checkpoint.write = 20_s;
  job.restart = 100_s;
  return {.fleet = std::move(fleet),
          .failures = {plan},
          .jobs = {job},
          .others = {2},
          .warm_up = {},
          .horizon = 100'000_s};
}

serving::ServingConfig serving_on(std::shared_ptr<const Fleet> fleet, const FailurePlan& plan) {
  serving::ServingConfig config;
  config.name = "chat";
  serving::GroupConfig group{.name = "a", .cluster = {0}, .replicas = 2};
  group.cost = {.token = 1e-4, .weights = 5e-3, .launch_decode = 0.01, .launch_prefill = 0.01};
  group.scheduler = {.max_batch = 8, .max_tokens = 512, .pages = 1000};
  config.groups = {group};
  serving::ClientConfig client{.name = "c", .arrivals = queueing::Renewal{*Law::exponential(2)}};
  client.prompt = *Law::exponential(100);
  client.output = *Law::exponential(10);
  client.delay = {Duration{}};
  config.clients = {client};
  config.upkeep = serving::UpkeepConfig{
      .fleet = std::move(fleet), .failures = {plan}, .startup = 50_s, .resend = true};
  return config;
}

using Values = std::map<std::string, double>;
constexpr Plan plan_of_run{.end = 100'000_s};

Values seen_of(const Model& model) {
  const Observation seen = model.simulate({.seed = 3}, plan_of_run, nullptr);
  Values out;
  for (const Measured& one : seen.windows.front()) out[one.metric.name] = one.value;
  return out;
}

TEST(SharedFleet, ApartWhereNothingBreaks) {
  const auto fleet = training::plain_fleet(6);
  const TrainingConfig jobs = training_on(fleet, {});
  const serving::ServingConfig replicas = serving_on(fleet, {});
  const Values both = seen_of(SharedModel(jobs, replicas));
  for (const Values& alone :
       {seen_of(training::TrainingModel(jobs)), seen_of(serving::ServingModel(replicas))})
    for (const auto& [name, value] : alone) {
      if (!std::isnan(value)) {
        EXPECT_EQ(both.at(name), value) << name;
      }
    }
  EXPECT_EQ(SharedModel(jobs, replicas).metrics().size(), both.size());
}

// Nodes 0-3 train, 4 and 5 serve, one stands by. The replica's node breaks first and has the spare
// for the 20,000 s of the repair; the job, struck 5,000 s later, waits for the other 15,000 s.
TEST(SharedFleet, WhoMissesANodeFirstHasTheSpare) {
  const auto fleet = training::plain_fleet(6, 1);
  FailurePlan plan;
  plan.repair = *Law::constant(20'000);
  plan.script = {{.at = 30'000_s, .node = {4}, .outage = {}},
                 {.at = 35'000_s, .node = {1}, .outage = {}}};
  const TrainingConfig jobs = training_on(fleet, plan);
  const serving::ServingConfig replicas = serving_on(fleet, plan);
  const Values both = seen_of(SharedModel(jobs, replicas));
  // Serving lacks one of two replicas for the 50 s of its start.
  EXPECT_NEAR(both.at("serving.replicas"), 2 - 50.0 / 100'000, 1e-9);
  FailurePlan first = plan;
  first.script.erase(first.script.begin());
  TrainingConfig undisturbed = jobs;
  undisturbed.failures = {first};
  const Values alone = seen_of(training::TrainingModel(undisturbed));
  // The books are cut at the first whole write, up to 520 s after the end.
  EXPECT_NEAR(alone.at("training.goodput") - both.at("training.goodput"), 15'000.0 / 100'000, 0.01);
  EXPECT_EQ(both.at("serving.lost"), 0);
}

TEST(SharedFleet, ClosedFormsOfOneAloneAreNoPredictions) {
  const auto fleet = training::plain_fleet(6, 1);
  const Twin twin = SharedModel(training_on(fleet, {}), serving_on(fleet, {})).twin();
  EXPECT_GT(twin.predictions.size(), 30u);
  for (const Prediction& one : twin.predictions) {
    if (one.metric.starts_with("training.")) {
      EXPECT_FALSE(one.value) << one.metric;
    }
  }
}

}  // namespace
}  // namespace fleetsim
