#include "analytic/exact/checkpoint.h"
#include "analytic/exact/checkpoint_levels.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

double daly(double interval, double write, double restart, double mtbf) {
  return good(checkpoint_exact({interval, write, restart, mtbf})).expected_time_per_work;
}

// Time per unit of work over many commits, drain by drain.
double play_async(const AsyncCheckpointPlan& plan, int commits) {
  Stream stream = Chance{.seed = 21}.stream("tests.async");
  const auto gap = [&] { return -plan.mtbf * std::log1p(-stream.uniform()); };
  double now = 0;
  double next_failure = gap();
  bool draining = false;  // a copy drains while the segment runs
  for (int done = 0; done < commits;) {
    const double segment = plan.interval + plan.copy;
    if (next_failure < (draining ? plan.drain : segment)) {
      // Before the drain is whole (or, with none, before the segment is): back to the last commit.
      now += next_failure;
      for (next_failure = gap(); next_failure < plan.restart; next_failure = gap())
        now += next_failure;
      now += plan.restart;
      next_failure -= plan.restart;
      draining = false;
      continue;
    }
    if (draining) {
      ++done;
      now += plan.drain, next_failure -= plan.drain;
      const double rest = segment - plan.drain;
      if (next_failure < rest) {
        draining = false;  // fails in the rest of the segment, after the commit
        continue;
      }
      now += rest, next_failure -= rest;
    } else {
      now += segment, next_failure -= segment;
      draining = true;
    }
  }
  return now / (commits * plan.interval);
}

TEST(CheckpointAsync, MatchesCommitsPlayedOut) {
  const AsyncCheckpointPlan plan{300, 5, 200, 100, 1000};
  expect_relative(play_async(plan, 400'000), good(checkpoint_async(plan)).expected_time_per_work,
                  0.01);
}

TEST(CheckpointAsync, WithoutADrainItIsTheBlockingForm) {
  expect_relative(good(checkpoint_async({104, 3, 0, 420, 1800})).expected_time_per_work,
                  daly(104, 3, 420, 1800), 1e-14);
  // The book's labs, acceptance point 4: async 3 s, optimum 102-104 s, goodput 0.7470.
  const double best = good(optimal_interval(3, 1800));
  EXPECT_GE(best, 101.5);
  EXPECT_LE(best, 104);
  EXPECT_NEAR(good(checkpoint_async({best, 3, 0, 420, 1800})).goodput, 0.7470, 5e-5);
  EXPECT_NEAR(good(checkpoint_async({104, 3, 0, 60, 1800})).goodput, 0.912, 5e-4);  // R = 60 s
  EXPECT_NEAR(good(checkpoint_async({104, 3, 0, 120, 1800})).goodput, 0.883, 5e-4);
}

TEST(CheckpointAsync, RefusesTwoDrainsAtOnce) {
  expect_error(checkpoint_async({100, 1, 102, 1, 1000}), "drain");
  expect_error(checkpoint_async({1e9, 1, 1, 1, 1}), "practically never ends");
}

// The chain of the two levels with a state for each of its places, solved by long iteration.
double iterate_two_level(const TwoLevelPlan& plan) {
  const double m = plan.mtbf;
  const auto n = static_cast<std::size_t>(plan.segments);
  std::vector<double> v(n + 1, 0.0), u(n, 0.0);
  double h = 0;
  for (int round = 0; round < 20'000; ++round) {
    for (std::size_t i = 0; i < n; ++i) {
      const double length = plan.interval + (i + 1 == n ? plan.global_write : plan.local_write);
      const double p = plan.local_share;
      const double local = std::exp(-plan.local_restart / m);
      u[i] = m * (1 - local) + local * v[i] + (1 - local) * (p * u[i] + (1 - p) * h);
      const double s = std::exp(-length / m);
      v[i] = m * (1 - s) + s * v[i + 1] + (1 - s) * (p * u[i] + (1 - p) * h);
    }
    const double global = std::exp(-plan.global_restart / m);
    h = m * (1 - global) + global * v[0] + (1 - global) * h;
  }
  return v[0] / (static_cast<double>(n) * plan.interval);
}

TEST(CheckpointTwoLevel, MatchesTheChainIterated) {
  for (const TwoLevelPlan plan : {TwoLevelPlan{60, 5, 40, 0.8, 30, 200, 600, 5},
                                  TwoLevelPlan{200, 1, 100, 0.3, 60, 60, 500, 3},
                                  TwoLevelPlan{100, 2, 30, 0.95, 100, 300, 400, 12}})
    expect_relative(good(checkpoint_two_level(plan)).expected_time_per_work,
                    iterate_two_level(plan), 1e-9);
}

TEST(CheckpointTwoLevel, HasTheOneLevelFormsAsLimits) {
  const auto time = [](const TwoLevelPlan& plan) {
    return good(checkpoint_two_level(plan)).expected_time_per_work;
  };
  // One segment with equal restarts: all writes are global.
  expect_relative(time({300, 5, 60, 0.7, 100, 100, 1000, 1}), daly(300, 60, 100, 1000), 1e-13);
  // Every failure is soft and all writes alike.
  expect_relative(time({300, 20, 20, 1, 100, 999, 1000, 7}), daly(300, 20, 100, 1000), 1e-13);
  // No failure is soft: one segment of n tau with all its writes.
  expect_relative(time({100, 5, 20, 0, 77, 50, 800, 4}), daly(400, 35, 50, 800), 1e-13);
}

TEST(CheckpointTwoLevel, TheOptimumBeatsItsNeighboursAndOneLevel) {
  const TwoLevelPlan plan{1, 3, 60, 0.9, 30, 300, 3600, 1};
  const TwoLevelPlan best = good(two_level_optimum(plan));
  const auto time = [](TwoLevelPlan p, double stretch, std::int64_t more) {
    p.interval *= stretch;
    p.segments += more;
    return good(checkpoint_two_level(p)).expected_time_per_work;
  };
  EXPECT_GT(best.segments, 1);
  const double least = time(best, 1, 0);
  for (const double stretch : {0.8, 0.95, 1.05, 1.25}) EXPECT_GT(time(best, stretch, 0), least);
  EXPECT_GE(time(best, 1, 1), least);
  EXPECT_GE(time(best, 1, -1), least);
  EXPECT_LT(least, daly(good(optimal_interval(60, 3600)), 60, 300, 3600));
}

TEST(CheckpointTwoLevel, RefusesWhatCannotBe) {
  expect_error(checkpoint_two_level({60, 5, 40, 1.1, 30, 200, 600, 5}), "local_share");
  expect_error(checkpoint_two_level({60, 5, 40, 0.5, 30, 200, 600, 0}), "segments");
  expect_error(checkpoint_two_level({1e6, 5, 40, 0.5, 30, 200, 600, 1}), "never ends");
  expect_error(two_level_optimum({60, 0, 40, 0.5, 30, 200, 600, 1}), "local_write");
}

}  // namespace
}  // namespace fleetsim::analytic
