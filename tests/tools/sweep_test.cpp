#include "tools/sweep.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "tests/support/half_load.h"
#include "tests/support/temporary_folder.h"
#include "tools/sweep_print.h"
#include "traces/sweep_hdf5.h"

namespace fleetsim {
namespace {

using testing_support::TemporaryFolder;

const std::string servers = "queueing.station[0].servers";
const std::string mean_gap = "queueing.source[0].interarrival.exponential.mean";

class Sweeps : public testing::Test {
 protected:
  SweepPlan plan(const std::vector<std::string>& vary, const std::vector<std::string>& sets = {},
                 const std::string& sample = "") const {
    const std::string path = folder_ / "half.textproto";
    testing_support::write_bytes(path, testing_support::half_load(6));
    Result<SweepPlan> planned = plan_sweep({path, sets, vary, sample});
    EXPECT_TRUE(planned) << planned.error().message;
    return *std::move(planned);
  }

  static Result<SweepResults> run(const SweepPlan& planned, const SweepWays& ways = {},
                                  std::uint32_t threads = 2) {
    Crew crew(threads);
    Progress progress(Progress::When::never);
    return run_sweep(planned, ways, crew, progress);
  }

  static std::string json(const SweepPlan& planned, const SweepResults& results) {
    const SweepQuestions questions{.objectives = {{false, "queue.wait.mean"}}};
    return sweep_json({planned, questions, results, answer(questions, planned, results)});
  }

  TemporaryFolder folder_;
};
using SweepsThreads = Sweeps;

// Each mean beside Erlang's formula for its own number of servers and its own rate. 24 intervals of
// 99.9 %: one of 40 seeds would miss one.
TEST_F(Sweeps, EveryPointAgreesWithItsClosedForm) {
  const SweepPlan planned = plan({servers + "=1:3:3", mean_gap + "=1.25 s,2 s,4 s,8 s"},
                                 {"run.horizon=40000 s", "run.replications=20"});
  const Result<SweepResults> results = run(planned);
  ASSERT_TRUE(results) << results.error().message;
  ASSERT_EQ(results->points.size(), 12u);
  EXPECT_FALSE(results->partial());
  for (const SweepPoint& point : results->points) {
    const double c = std::stod(point.values[0]), load = 1 / std::stod(point.values[1]);
    // M/M/c: the sums of Erlang C, written out.
    double below = 0, term = 1;
    for (double k = 0; k < c; ++k) {
      below += term;
      term *= load / (k + 1);
    }
    const double waits = term * c / (c - load) / (below + term * c / (c - load));
    const double wait = waits / (c - load);
    const MetricResult* mean = find_metric(point, "queue.wait.mean");
    const MetricResult* use = find_metric(point, "queue.utilization");
    ASSERT_TRUE(mean != nullptr && use != nullptr);
    EXPECT_NEAR(*mean->closed_form, wait, 1e-9 * wait);
    EXPECT_NEAR(*use->closed_form, load / c, 1e-12);
    EXPECT_TRUE(*mean->agrees) << planned.name_of(point.values);
    EXPECT_TRUE(*use->agrees) << planned.name_of(point.values);
  }
}

// 5 points on 2 threads: 4 beside one another, the last shared; on 8, all shared.
TEST_F(SweepsThreads, ResultsAreTheSameBitsForAnyNumber) {
  for (const char* sample : {"", "lhs:5"}) {
    const SweepPlan planned = plan({mean_gap + "=1.2:4 s:5"}, {}, sample);
    const std::string one = json(planned, *run(planned, {}, 1));
    EXPECT_EQ(json(planned, *run(planned, {}, 2)), one);
    EXPECT_EQ(json(planned, *run(planned, {}, 8)), one);
  }
}

// The same draws everywhere: what does not depend on what is varied is the same to the bit.
TEST_F(Sweeps, PointsShareTheirRandomNumbers) {
  const SweepPlan planned = plan({servers + "=2,3"});
  const Result<SweepResults> results = run(planned);
  ASSERT_TRUE(results);
  const MetricResult* a = find_metric(results->points[0], "queue.utilization");
  const MetricResult* b = find_metric(results->points[1], "queue.utilization");
  ASSERT_EQ(a->values.size(), 6u);
  for (std::size_t i = 0; i < 6; ++i)
    EXPECT_NEAR(2 * a->values[i], 3 * b->values[i], 0.01 * a->values[i]);
  EXPECT_GT(std::abs(a->values[0] - a->values[1]), 1e-4);
}

TEST_F(Sweeps, UntilHoldsForEachPointAndNamesAnUnknownMetric) {
  const SweepPlan planned = plan({mean_gap + "=2 s,4 s"});
  SweepWays ways;
  ways.until = Until{"queue.wait.mean", 0.03};
  const Result<SweepResults> results = run(planned, ways);
  ASSERT_TRUE(results);
  for (const SweepPoint& point : results->points) {
    const Estimate& e = find_metric(point, "queue.wait.mean")->estimate;
    EXPECT_LE(e.half_width(), 0.03 * e.mean);
  }
  EXPECT_GT(find_metric(results->points[0], "queue.wait.mean")->values.size(), 6u);
  ways.until = Until{"queue.wiat.mean", 0.03};
  const Result<SweepResults> unknown = run(planned, ways);
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().message.find("did you mean \"queue.wait.mean\""), std::string::npos);
}

TEST_F(Sweeps, ResumedPointsAreTakenAsTheyAre) {
  const SweepPlan planned = plan({mean_gap + "=2:4 s:5"});
  const Result<SweepResults> whole = run(planned);
  ASSERT_TRUE(whole);
  SweepResults part = *whole;
  part.points = {whole->points[1], whole->points[4]};
  part.points[0].metrics[0].estimate.mean = -77;  // would not survive being run again
  ASSERT_TRUE(write_sweep_hdf5(part, folder_ / "part.h5"));
  SweepWays ways;
  ways.earlier = *read_sweep(folder_ / "part.h5");
  const Result<SweepResults> resumed = run(planned, ways);
  ASSERT_TRUE(resumed) << resumed.error().message;
  EXPECT_EQ(resumed->points[1].metrics[0].estimate.mean, -77);
  SweepResults mended = *resumed;
  mended.points[1].metrics[0].estimate.mean = whole->points[1].metrics[0].estimate.mean;
  EXPECT_EQ(json(planned, mended), json(planned, *whole));
}

TEST_F(Sweeps, AnotherSweepIsNotResumed) {
  const std::vector<std::string> vary = {mean_gap + "=2:4 s:3"};
  const SweepPlan planned = plan(vary);
  const Result<SweepResults> whole = run(planned);
  ASSERT_TRUE(whole);
  SweepWays ways;
  ways.earlier = *whole;
  for (const SweepPlan& other :
       {plan({mean_gap + "=2:4 s:4"}), plan({mean_gap + "=2:5 s:3"}), plan(vary, {"run.seed=2"}),
        plan(vary, {"run.replications=7"}), plan(vary, {}, "lhs:3")}) {
    const Result<SweepResults> refused = run(other, ways);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("--resume"), std::string::npos);
  }
  ways.earlier->version = "0.0.1";
  EXPECT_FALSE(run(planned, ways));
  ways.earlier->version = whole->version;
  EXPECT_TRUE(run(planned, ways));
  ways.until = Until{"queue.wait.mean", 0.5};
  EXPECT_FALSE(run(planned, ways));
}

// Long enough for a save between points; what it holds is a part of the whole.
TEST_F(Sweeps, FinishedPointsAreKeptInThePart) {
  const SweepPlan planned = plan({mean_gap + "=2:4 s:3"}, {"run.horizon=40000 s"});
  SweepWays ways;
  ways.part = folder_ / "s.h5.part";
  const Result<SweepResults> whole = run(planned, ways, 4);  // more threads than points
  ASSERT_TRUE(whole);
  const Result<SweepResults> part = read_sweep(ways.part);
  ASSERT_TRUE(part) << part.error().message;
  ASSERT_GE(part->points.size(), 1u);
  EXPECT_TRUE(part->partial());
  EXPECT_EQ(part->points[0].metrics[0].values, whole->points[0].metrics[0].values);
}

}  // namespace
}  // namespace fleetsim
