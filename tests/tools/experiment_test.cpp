#include "tools/experiment.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cmath>

#include "sim/digest.h"
#include "tests/support/half_load.h"
#include "tests/support/temporary_folder.h"
#include "traces/results_json.h"

namespace fleetsim {
namespace {

using testing_support::half_load;

Results run(const std::vector<std::string>& sets, ExperimentOptions options = {},
            std::uint32_t threads = 1) {
  const Result<LoadedScenario> loaded = load_scenario_text(half_load(), "half.textproto", sets);
  EXPECT_TRUE(loaded) << loaded.error().message;
  Crew crew(threads);
  Progress progress(Progress::When::never);
  Result<Results> results = run_experiment(*loaded, options, crew, progress);
  EXPECT_TRUE(results) << results.error().message;
  return std::move(*results);
}

const MetricResult& metric(const Results& results, const std::string& name) {
  for (const MetricResult& m : results.metrics)
    if (m.spec.name == name) return m;
  ADD_FAILURE() << "no metric " << name;
  return results.metrics[0];
}

TEST(ExperimentThreads, ResultsDoNotDependOnTheirNumber) {
  Results one = run({}, {}, 1);
  for (const std::uint32_t threads : {2u, 5u}) {
    Results more = run({}, {}, threads);
    more.wall_s = one.wall_s;
    EXPECT_EQ(results_json(more), results_json(one));
  }
}

TEST(Experiment, ClosedFormsAgree) {
  const Results results = run({"run.replications=40"});
  for (const char* name : {"queue.wait.mean", "queue.sojourn.mean", "queue.sojourn.p99",
                           "queue.length", "queue.utilization", "queue.little"}) {
    const MetricResult& m = metric(results, name);
    ASSERT_TRUE(m.closed_form) << name;
    EXPECT_TRUE(*m.agrees) << name;
  }
  EXPECT_DOUBLE_EQ(*metric(results, "queue.wait.mean").closed_form, 1);
  EXPECT_EQ(metric(results, "queue.wait.mean").formula, "q.mm1");
}

TEST(Experiment, AnotherSeedGivesOtherNumbers) {
  EXPECT_NE(metric(run({}), "queue.wait.mean").estimate.mean,
            metric(run({"run.seed=2"}), "queue.wait.mean").estimate.mean);
}

TEST(Experiment, WarmUpIsFoundOrTakenAsGiven) {
  EXPECT_DOUBLE_EQ(run({"run.warm_up=123 s"}).warm_up_s, 123);
  const double found = run({}).warm_up_s;
  EXPECT_GE(found, 200);  // never less than horizon / 20
  EXPECT_LT(found, 2000);
}

// Too short a warm-up and the plain mean of means over unequally many customers (see pooled_terms)
// would each make it 0.1 % too low; the interval's half width is 0.13 %.
TEST(ExperimentSlow, MeanHasNoBiasThatThousandsOfReplicationsCouldSee) {
  const Estimate e = metric(run({"run.replications=100000"}, {}, 0), "queue.wait.mean").wide;
  EXPECT_LT(e.half_width(), 0.0015);
  EXPECT_LE(e.low, 1);
  EXPECT_GE(e.high, 1);
}

// 200 seeds, each stopping by itself: the interval must be as narrow as asked and hold the true
// wait of 1 s in 92 to 98 % of them.
TEST(ExperimentSlow, SequentialStoppingCoversTheTruth) {
  int covered = 0;
  for (int seed = 1; seed <= 200; ++seed) {
    ExperimentOptions options;
    options.until = Until{"queue.wait.mean", 0.01};
    const Results results = run({"run.seed=" + std::to_string(seed)}, options, 0);
    const Estimate& e = metric(results, "queue.wait.mean").estimate;
    EXPECT_LE(e.half_width(), 0.01 * e.mean);
    covered += e.low <= 1 && 1 <= e.high ? 1 : 0;
  }
  EXPECT_GE(covered, 184);
  EXPECT_LE(covered, 196);
}

TEST(Experiment, UnknownMetricOfUntilIsNamed) {
  const Result<LoadedScenario> loaded = load_scenario_text(half_load(), "half.textproto");
  ASSERT_TRUE(loaded);
  Crew crew(1);
  Progress progress(Progress::When::never);
  ExperimentOptions options;
  options.until = Until{"queue.wiat.mean", 0.1};
  const Result<Results> results = run_experiment(*loaded, options, crew, progress);
  ASSERT_FALSE(results);
  EXPECT_NE(results.error().message.find("queue.wait.mean"), std::string::npos);
}

// Both must aim at the same truth as plain replications, with a narrower interval.
TEST(Experiment, AntitheticPairsAndControlVariatesSharpen) {
  struct Method {
    const char* set;
    double at_most;  // of the plain half-width
  };
  const auto length = [](const char* set) {
    return metric(run({"run.replications=600", set}), "queue.length").estimate;
  };
  const double plain = length("run.antithetic=false").half_width();
  for (const Method& m :
       {Method{"run.antithetic=true", 0.9}, {"run.control_variates=true", 0.75}}) {
    const Estimate e = length(m.set);
    EXPECT_LT(e.half_width(), m.at_most * plain) << m.set;
    EXPECT_LE(std::abs(e.mean - 1), 2 * e.half_width()) << m.set;
  }
}

TEST(Experiment, OneReplicationIsCutIntoBatches) {
  const Results results = run({"run.replications=1", "run.horizon=200000 s", "run.batches=25"});
  const MetricResult& wait = metric(results, "queue.wait.mean");
  EXPECT_EQ(results.replications, 1u);
  EXPECT_EQ(wait.values.size(), 25u);
  EXPECT_TRUE(*wait.agrees);
  EXPECT_LT(wait.estimate.half_width(), 0.06);
}

// Interrupts the run that it watches, as a user would from the keyboard.
class Interrupter final : public RecordSink {
 public:
  void write(std::span<const Record>) override {
    if (!done_) kill(getpid(), SIGINT);
    done_ = true;
  }

 private:
  bool done_ = false;
};

TEST(ExperimentThreads, ResumeGivesWhatAnUnbrokenRunGives) {
  const testing_support::TemporaryFolder folder;
  const std::vector<std::string> sets = {"run.replications=300", "run.warm_up=100 s"};
  Results whole = run(sets);
  Interrupter interrupter;
  ExperimentOptions interrupted;
  interrupted.watch = &interrupter;
  const Results part = run(sets, interrupted, 2);
  EXPECT_TRUE(part.partial);
  ASSERT_GT(part.replications, 0u);
  ASSERT_LT(part.replications, 300u);
  ASSERT_TRUE(write_results_hdf5(part, folder / "r.h5"));
  const Result<SavedReplications> saved = read_replications(folder / "r.h5");
  ASSERT_TRUE(saved) << saved.error().message;
  ExperimentOptions resuming;
  resuming.resume = *saved;
  Results resumed = run(sets, resuming, 2);
  resumed.wall_s = whole.wall_s;
  EXPECT_EQ(results_json(resumed), results_json(whole));
}

TEST(Experiment, HistoryIsTheSameForWatchersAndForNobody) {
  Digest first, second;
  ExperimentOptions watched;
  watched.watch = &first;
  const Results a = run({}, watched);
  watched.watch = &second;
  const Results b = run({"run.seed=2"}, watched);
  const Results nobody = run({});
  EXPECT_NE(first.value(), second.value());
  EXPECT_EQ(metric(a, "queue.wait.mean").estimate.mean,
            metric(nobody, "queue.wait.mean").estimate.mean);
}

}  // namespace
}  // namespace fleetsim
