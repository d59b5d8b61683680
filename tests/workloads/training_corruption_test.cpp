#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "analytic/exact/shocks.h"
#include "sim/interval.h"
#include "sim/pooled_mean.h"
#include "sim/stream.h"
#include "tests/workloads/naive_job.h"
#include "tests/workloads/training_fleets.h"
#include "topology/failures.h"
#include "workloads/training/job.h"
#include "workloads/training/training_model.h"
#include "workloads/training/verified.h"

namespace fleetsim::training {
namespace {

// A history of some hundred nanoseconds: a job as its class has it, beside one that is followed
// step by step, under failures, corruption, waits for nodes and alarms.
class History {
 public:
  explicit History(std::uint64_t seed)
      : draw_(Chance{.seed = seed}.stream("history", 0)),
        config_(drawn()),
        naive_(config_),
        job_(config_, 1, {}) {}

  void run() {
    const std::int64_t end = 100 + below(900);
    expect_next();
    for (happen(); naive_.now() < end && !naive_.done(); happen()) naive_.pass_time();
    compare();
  }
  std::int64_t alarms() const { return naive_.alarms; }
  bool ended() const { return naive_.done(); }
  bool started_over() const { return started_over_; }

 private:
  Instant now() const { return {naive_.now()}; }
  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(draw_.uniform() * static_cast<double>(n));
  }
  bool once_in(double time) { return draw_.uniform() < 1 / time; }

  JobConfig drawn() {
    JobConfig out{.name = "j", .cluster = {0}, .step = {}, .work = {}, .checkpoint = {}};
    out.checkpoint.interval = {1 + below(12)};
    out.checkpoint.write = {below(5)};
    out.checkpoint.restore = {below(3)};
    out.checkpoint.verify = {.every = static_cast<std::uint32_t>(1 + below(4)),
                             .time = {below(6)},
                             .retain = static_cast<std::uint32_t>(below(7))};
    out.restart = {below(8)};
    if (below(2) == 0) out.work = Duration{1 + below(150)};
    corruption_gap_ = 10 + static_cast<double>(below(100));
    failure_gap_ = below(3) == 0 ? 1e9 : 10 + static_cast<double>(below(100));
    return out;
  }

  void happen() {
    bool changed = false;
    if (once_in(corruption_gap_)) {
      const std::int64_t latency = below(40);
      naive_.corrupt(latency);
      job_.corrupt(now(), {latency});
      changed = true;
    }
    naive_.step();
    if (naive_.alarm() && *naive_.alarm() >= now().ns) {
      EXPECT_EQ(job_.alarm().ns, *naive_.alarm());
    }
    if (naive_.saved_now() && !std::exchange(met_, true)) {
      EXPECT_EQ(saved_, now());
    }
    EXPECT_EQ(job_.done() == now(), naive_.done());
    if (naive_.done()) return job_.finish(now());
    if (naive_.alarm() == now().ns) undo(), changed = true;
    if (once_in(failure_gap_)) fail(), changed = true;
    if (naive_.stands() && resume_ <= now().ns) resume(), changed = true;
    if (!changed) return;
    compare();
    expect_next();
  }

  void undo() {
    const bool ran = !naive_.stands();
    naive_.undo();
    job_.undo(now());
    if (ran) resume_ = now().ns;
    const Duration useful = job_.ledger(now())[Phase::useful];
    started_over_ |= useful == Duration{} && naive_.redone > 100;
  }
  void fail() {
    const std::int64_t detection = below(10);
    naive_.fail(detection);
    job_.strike(now(), {detection});
    resume_ = now().ns + (below(2) == 0 ? 0 : below(20));
  }
  void resume() {
    naive_.resume();
    naive_.step();
    job_.resume(now(), {});
  }
  // When a checked write is whole next, if nothing happens before.
  void expect_next() {
    if (!met_) {
      EXPECT_GE(saved_, now());
    }
    saved_ = job_.next_saved(now());
    met_ = naive_.saved_now() && saved_ == now();
  }

  void compare() {
    const Ledger found = job_.ledger(now()), expected = naive_.ledger();
    for (std::size_t i = 0; i < phases; ++i)
      EXPECT_EQ(found.ns[i], expected.ns[i]) << phase_names[i] << " at " << now().ns;
    EXPECT_EQ(found.total(), now() - Instant{});
    EXPECT_EQ(job_.toll().alarms, naive_.alarms);
    EXPECT_EQ(job_.toll().wasted.ns, naive_.wasted);
    EXPECT_EQ(job_.toll().redone.ns, naive_.redone);
  }

  Stream draw_;
  double corruption_gap_ = 0, failure_gap_ = 0;
  const JobConfig config_;
  NaiveJob naive_;
  Job job_;
  Instant saved_{INT64_MAX};
  bool met_ = false, started_over_ = false;
  std::int64_t resume_ = 0;
};

TEST(TrainingCorruption, IsWhatHappensStepByStep) {
  std::int64_t alarms = 0, ended = 0, started_over = 0;
  for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
    SCOPED_TRACE(seed);
    History history(seed);
    history.run();
    alarms += history.alarms();
    ended += history.ended();
    started_over += history.started_over();
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(alarms, 4000);  // enough of each kind to tell
  EXPECT_GT(ended, 400);
  EXPECT_GT(started_over, 40);
}

ComponentPlan part(double mean, bool corrupts, std::optional<Duration> detection = {}) {
  return {.name = corrupts ? "silent" : "loud",
          .shared = 1,
          .life = *Law::exponential(mean),
          .corrupts = corrupts,
          .detection = detection};
}

// One job on one part that corrupts it each hour.
struct Setting {
  double interval = 300, write = 20, check = 50, latency = 100, restart = 200;  // s
  std::uint32_t every = 3, retain = 0;
  double work = 0, horizon = 1e6;
};
TrainingConfig config_of(const Setting& s) {
  JobConfig job{.name = "job", .cluster = {0}, .step = {}, .work = {}, .checkpoint = {}};
  job.checkpoint.interval = from_seconds(s.interval);
  job.checkpoint.write = from_seconds(s.write);
  job.checkpoint.verify = {s.every, from_seconds(s.check), s.retain};
  job.restart = from_seconds(s.restart);
  if (s.work > 0) job.work = from_seconds(s.work);
  const FailurePlan plan{.components = {part(3600, true)}, .detection = from_seconds(s.latency)};
  return {.fleet = plain_fleet(1),
          .failures = {plan},
          .jobs = {job},
          .horizon = from_seconds(s.horizon)};
}

using Values = std::map<std::string, Estimate>;
Values seen(const TrainingConfig& config, std::uint32_t replications) {
  std::map<std::string, std::vector<double>> values, weights;
  const TrainingModel model(config);
  for (std::uint32_t r = 0; r < replications; ++r) {
    const Chance chance{.seed = 1, .replication = r};
    const Observation run = model.simulate(chance, {.end = config.horizon}, nullptr);
    for (const Measured& m : run.windows[0]) {
      values[m.metric.name].push_back(m.value);
      weights[m.metric.name].push_back(m.weight);
    }
  }
  Values out;
  for (const auto& [name, each] : values)
    out[name] = t_interval(pooled_terms(each, weights[name]), 0.999);
  return out;
}

// Every prediction of the twin, each in an interval of 99.9 %.
void expect_agreement(const TrainingConfig& config, std::uint32_t replications,
                      std::size_t predictions, const std::string& about) {
  Values found = seen(config, replications);
  std::size_t predicted = 0;
  for (const Prediction& p : TrainingModel(config).twin().predictions) {
    if (!p.value) continue;
    ++predicted;
    const Estimate& one = found.at(p.metric);
    const double rounding = 1e-8 * std::abs(*p.value) + 1e-9;
    EXPECT_LE(one.low, *p.value + rounding) << about << " " << p.metric;
    EXPECT_GE(one.high, *p.value - rounding) << about << " " << p.metric;
    if (p.metric == "training.goodput") {
      EXPECT_LT(one.half_width(), 0.02 * one.mean) << about;
    }
  }
  EXPECT_EQ(predicted, predictions) << about;
}

TEST(TrainingCorruption, CostsWhatTheoryHas) {
  expect_agreement(config_of({}), 300, 12, "plain");
  expect_agreement(config_of({.every = 1}), 300, 12, "each write");
  expect_agreement(config_of({.every = 8}), 300, 12, "mostly in vain");
  expect_agreement(config_of({.write = 0, .check = 0, .latency = 0}), 300, 12, "free checks");
  expect_agreement(config_of({.write = 120, .latency = 60}), 300, 12, "known while it writes");
  expect_agreement(config_of({.latency = 1500, .retain = 8}), 300, 12, "known after a check more");
  TrainingConfig two = config_of({});
  two.failures[0].components.push_back(part(5000, true, 700_s));
  two.failures[0].components[1].name = "late";
  expect_agreement(two, 300, 12, "two that are known at different times");
}

TEST(TrainingCorruption, OfJobsThatEndCostsWhatTheoryHas) {
  for (const double work : {250.0, 700.0, 3600.0, 4100.0})
    expect_agreement(config_of({.work = work}), 16000, 6, "work " + std::to_string(work));
}

// f.sdc: half a group and the latency, and the redone group, where checks follow each other
// closely.
TEST(TrainingCorruption, WastesHalfAGroup) {
  const TrainingConfig config =
      config_of({.interval = 5, .write = 0, .check = 0, .latency = 7, .restart = 0, .every = 12});
  Values found = seen(config, 100);
  const auto form = analytic::silent_corruption({1 / 3600.0, 60, 7});
  EXPECT_NEAR(found["training.wasted_by_corruption"].mean, form->wasted_first_order, 0.4);
  EXPECT_NEAR(found["training.redone_by_corruption"].mean, form->redone, 1e-9);
  EXPECT_NEAR(found["training.goodput"].mean, 1 - form->redone / 3600, 0.001);
}

std::string note_of(const TrainingConfig& config, const std::string& metric) {
  for (const Prediction& p : TrainingModel(config).twin().predictions)
    if (p.metric == metric) return p.note;
  return "untold";
}
double goodput(const TrainingConfig& config) {
  return seen(config, 20)["training.goodput"].mean;
}

// One checkpoint too few, and all is lost with each corruption.
TEST(TrainingCorruption, LeavesACleanCheckpointWhereEnoughAreKept) {
  const Setting enough{.retain = 4};
  EXPECT_EQ(least_retained(config_of(enough).jobs[0].checkpoint, 100_s), 4);
  EXPECT_EQ(least_retained(config_of(enough).jobs[0].checkpoint, 19_s), 3);
  EXPECT_EQ(goodput(config_of(enough)), goodput(config_of({})));
  EXPECT_LT(goodput(config_of({.retain = 3})), 0.1);
  EXPECT_EQ(note_of(config_of(enough), "training.goodput"), "");
  EXPECT_NE(note_of(config_of({.retain = 3}), "training.goodput").find("kept"), std::string::npos);
}

// Beside other failures there is no form; and those are counted for themselves.
TEST(TrainingCorruption, ComesBesideFailures) {
  TrainingConfig config = config_of({.horizon = 4e6});
  config.failures[0].components.push_back(part(7200, false));
  EXPECT_NE(note_of(config, "training.goodput").find("beside other failures"), std::string::npos);
  Values found = seen(config, 50);
  EXPECT_LT(found["training.goodput"].mean, goodput(config_of({})) - 0.02);
  EXPECT_NEAR(found["training.mtbf"].mean, 7200, 150);
  EXPECT_NEAR(found["training.corruptions"].mean, 4e6 / 3600, 20);
  EXPECT_NEAR(found["training.failures"].mean, 4e6 / 7200, 15);
  EXPECT_FALSE(found.contains("training.failures.loud"));
}

// What nobody looks for costs nothing that can be seen.
TEST(TrainingCorruption, GoesUnseenWithoutChecks) {
  TrainingConfig config = config_of({.every = 0});
  EXPECT_NEAR(goodput(config), 300.0 / 320, 1e-9);
  Values found = seen(config, 5);
  EXPECT_TRUE(found.contains("training.corruptions"));
  EXPECT_FALSE(found.contains("training.wasted_by_corruption"));
}

TEST(TrainingCorruption, HasABestTimeBetweenChecks) {
  const TrainingConfig config = config_of({.interval = 50, .write = 1, .latency = 0});
  const BestChecks best = best_checks(config.jobs[0], config.failures[0]);
  EXPECT_NEAR(best.every * 51.0, std::sqrt(50 * 3600.0), 60);
  for (const std::uint32_t other : {best.every - 1, best.every + 1}) {
    JobConfig job = config.jobs[0];
    job.checkpoint.verify.every = other;
    const VerifiedGroup group = verified_cost(job, config.failures[0]).group;
    EXPECT_LT(group.useful / group.wall(), best.goodput);
  }
}

// A severity that is given decides which level survives; parts are known at different times.
TEST(TrainingFailures, HaveSeveritiesAndDetectionsOfTheirOwn) {
  TrainingConfig config = config_of({.every = 0});
  CheckpointConfig& plan = config.jobs[0].checkpoint;
  std::vector<ComponentPlan>& parts = config.failures[0].components;
  parts = {part(5000, false, 500_s), part(9000, false)};
  parts[1].name = "other";
  expect_agreement(config, 300, 13, "two detections");
  parts[0].detection.reset();
  plan.survives = 0.5;
  plan.deeper = {{.name = "far", .every = 6, .write = 60_s, .restore = 400_s}};
  parts[0].severity = 0.5;  // falls through, the other one by chance
  expect_agreement(config, 300, 8, "hard");
  const double hard = goodput(config);
  parts[0].severity = 0.2;
  expect_agreement(config, 300, 8, "soft");
  EXPECT_GT(goodput(config), hard + 0.01);
}

}  // namespace
}  // namespace fleetsim::training
