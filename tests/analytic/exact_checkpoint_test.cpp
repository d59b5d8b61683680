#include "analytic/exact/checkpoint.h"
#include "analytic/exact/lambert.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

constexpr double minute = 60, hour = 3600;

// One segment, failure by failure, as the assumptions say it and with no formula.
struct Played {
  double total = 0, squares = 0;
};
Played play_segment(const CheckpointPlan& plan, int runs) {
  Stream stream = Chance{.seed = 11}.stream("tests.checkpoint");
  const auto gap = [&] { return -plan.mtbf * std::log1p(-stream.uniform()); };
  Played sum;
  for (int run = 0; run < runs; ++run) {
    double now = 0;
    bool restarting = false;
    for (;;) {
      const double task = restarting ? plan.restart : plan.interval + plan.write;
      const double failure = gap();
      now += std::min(task, failure);
      if (failure >= task && !restarting) break;
      restarting = failure < task;
    }
    sum.total += now;
    sum.squares += now * now;
  }
  return sum;
}

TEST(CheckpointExact, MeanAndVarianceMatchASegmentPlayedOut) {
  for (const CheckpointPlan plan :
       {CheckpointPlan{329, 30, 420, 1800}, CheckpointPlan{3000, 100, 50, 1500}}) {
    const int runs = 400'000;
    const Played played = play_segment(plan, runs);
    const double mean = played.total / runs;
    const double variance = played.squares / runs - mean * mean;
    const SegmentTime segment = good(checkpoint_segment(plan));
    EXPECT_NEAR(mean, segment.mean, 4 * std::sqrt(segment.variance / runs));
    expect_relative(variance, segment.variance, 0.03);
    expect_relative(segment.mean / plan.interval,
                    good(checkpoint_exact(plan)).expected_time_per_work, 1e-12);
  }
}

TEST(CheckpointExact, VarianceIsContinuousWhereItsSeriesEnds) {
  // The laws of a broken attempt change from a series to closed forms at L/M = 0.02.
  const auto variance = [](double length) {
    return good(checkpoint_segment({length, 0, 0, 1})).variance;
  };
  expect_relative(variance(0.02 * (1 - 1e-9)), variance(0.02 * (1 + 1e-9)), 1e-8);
  // For L << M: failures L/M, each costing a uniform part of L: variance = L^3 / (3 M).
  expect_relative(variance(1e-6), 1e-18 / 3, 1e-5);
}

TEST(CheckpointExact, StatesAddUpToTheWhole) {
  Sweep sweep(3);
  for (int i = 0; i < 500; ++i) {
    const CheckpointPlan plan{sweep.log(1, 1e5), sweep.log(0.1, 1e4), sweep.log(0.1, 1e4),
                              sweep.log(1e3, 1e7)};
    const CheckpointExact out = good(checkpoint_exact(plan));
    expect_relative(out.work + out.writing + out.restarting, out.expected_time_per_work, 1e-12);
    EXPECT_GE(out.work, 1);
    EXPECT_LE(out.goodput, plan.interval / (plan.interval + plan.write));
  }
}

// The book's lab V2-17, part 2: 100,000 GPUs of 50,000 h, delta 30 s, R 420 s. First order 0.584 at
// Young's interval, exact 0.656; and the table's other rows.
TEST(CheckpointExact, HundredThousandGpus) {
  const auto goodput = [](double interval) {
    return good(checkpoint_exact({interval, 30, 420, 1800})).goodput;
  };
  const double young = good(young_interval(30, 1800));
  EXPECT_NEAR(young, 328.6, 0.05);
  EXPECT_NEAR(1 - 30 / young - young / 3600 - 420.0 / 1800, 0.584, 5e-4);
  EXPECT_NEAR(goodput(young), 0.6558, 5e-5);
  const double best = good(optimal_interval(30, 1800));
  EXPECT_NEAR(best, 309, 0.5);
  EXPECT_NEAR(goodput(best), 0.6560, 5e-5);
  EXPECT_NEAR(goodput(82), 0.562, 6e-4);
  EXPECT_NEAR(goodput(657), 0.622, 6e-4);
  EXPECT_NEAR(goodput(1315), 0.521, 6e-4);
  EXPECT_NEAR(goodput(435.4), goodput(435.4 / 2), 1e-4);  // acceptance point 2: the flip
  // Llama-like, 16,384 GPUs of 50,678 h (acceptance point 4).
  const double mtbf = 50'678 * hour / 16'384;
  const double interval = good(young_interval(30, mtbf));
  EXPECT_NEAR(interval, 817, 0.5);
  EXPECT_NEAR(good(checkpoint_exact({interval, 30, 420, mtbf})).goodput, 0.8940, 5e-4);
}

// Daly 2006: delta 5 min, M 24 h, 6 h and 15 min.
TEST(CheckpointInterval, DalysThreePoints) {
  const double write = 5 * minute;
  const double mtbf[] = {24 * hour, 6 * hour, 15 * minute};
  const double daly[] = {116.690, 56.713, 9.141};
  const double exact[] = {116.69, 56.714, 9.167};
  const double young[] = {120.0, 60.0, 12.25};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(good(daly_interval(write, mtbf[i])) / minute, daly[i], 6e-4);
    EXPECT_NEAR(good(optimal_interval(write, mtbf[i])) / minute, exact[i], i == 0 ? 6e-3 : 6e-4);
    EXPECT_NEAR(good(young_interval(write, mtbf[i])) / minute, young[i], 5e-3);
  }
  EXPECT_EQ(good(daly_interval(200, 100)), 100);  // delta >= 2M
}

TEST(CheckpointInterval, OptimumIsAMinimumAtEveryScale) {
  Sweep sweep(5);
  for (int i = 0; i < 300; ++i) {
    const double mtbf = sweep.log(1, 1e9);
    const double write = mtbf * sweep.log(1e-12, 50);
    const double best = good(optimal_interval(write, mtbf));
    EXPECT_GT(best, 0);
    EXPECT_LE(best, mtbf);
    const double u = write / mtbf;
    if (u < 1e-6) {
      expect_relative(best, std::sqrt(2 * u) * mtbf, 1.1 * std::sqrt(u));
      continue;  // the minimum is too flat for differences of doubles
    }
    const auto time = [&](double y) { return std::expm1(y + u) / y; };
    const double y = best / mtbf;
    EXPECT_LE(time(y), time(y * 1.001)) << u;
    EXPECT_LE(time(y), time(y * 0.999)) << u;
    // Daly's form is near: its error stays below 1% up to delta = M/2.
    if (u <= 0.5) expect_relative(good(daly_interval(write, mtbf)), best, 0.01);
  }
}

TEST(CheckpointInterval, LambertKeepsItsDigitsAtTheBranchPoint) {
  for (const double u : {1e-14, 1e-10, 1e-6, 1e-3, 0.12, 0.1249999, 0.125, 0.5, 3.0, 30.0}) {
    const double y = one_plus_lambert(u);
    // u = -ln(1-y) - y by its series, or as it stands where y is near 1.
    long double back = 0;
    if (y < 0.6) {
      long double power = static_cast<long double>(y) * y;
      for (int k = 2; k < 300; ++k, power *= y) back += power / k;
    } else {
      back = -std::log1p(-static_cast<long double>(y)) - y;
    }
    expect_relative(static_cast<double>(back), u, u > 10 ? 1e-3 : 2e-14);
  }
}

TEST(CheckpointExact, RefusesWhatCannotBe) {
  expect_error(checkpoint_exact({0, 1, 1, 1}), "interval");
  expect_error(checkpoint_exact({1, -1, 1, 1}), "write");
  expect_error(checkpoint_exact({1, 1, NAN, 1}), "restart");
  expect_error(checkpoint_exact({1, 1, 1, INFINITY}), "mtbf");
  expect_error(checkpoint_exact({1e6, 1, 1, 1}), "practically never ends");
  expect_error(checkpoint_segment({500, 1, 1, 1}), "practically never ends");
  expect_error(young_interval(0, 1), "write");
  expect_error(daly_interval(1, -1), "mtbf");
  expect_error(optimal_interval(1, 0), "mtbf");
}

}  // namespace
}  // namespace fleetsim::analytic
