#include <array>

#include "analytic/exact/failures.h"
#include "analytic/exact/redundancy.h"
#include "analytic/exact/shocks.h"
#include "sim/law.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

constexpr double hour = 3600;

// The book's labs: 16,384 GPUs of 50,000 h fail every 3.05 h; 100,000 every 30 min.
TEST(FirstFailure, ScalesWithTheFleet) {
  EXPECT_NEAR(good(first_failure(100'000, 50'000 * hour, 0)).mean, 1800, 1e-9);
  const FirstFailure out = good(first_failure(16'384, 50'678 * hour, 54 * 24 * hour));
  EXPECT_NEAR(out.expected_count, 419, 0.05);  // Llama 3: 419 unexpected stops in 54 days
  EXPECT_EQ(out.any, 1);
  expect_relative(good(first_failure(1, 1e9, 1)).any, 1e-9, 1e-8);
  expect_error(first_failure(0, 1, 1), "units");
}

TEST(WeibullFirst, IsTheLeastOfManyDraws) {
  const std::int64_t n = 50;
  const double mean_life = 1000;
  const double shape = 0.7;
  const Law life = good(Law::weibull_shape_mean(shape, mean_life));
  Stream stream = Chance{.seed = 5}.stream("tests.weibull");
  double sum = 0;
  const int runs = 20'000;
  for (int run = 0; run < runs; ++run) {
    double least = INFINITY;
    for (std::int64_t i = 0; i < n; ++i) least = std::min(least, life.draw(stream));
    sum += least;
  }
  const WeibullFirst out = good(weibull_first_failure(n, shape, mean_life, 3));
  EXPECT_NEAR(sum / runs, out.mean, 4 * out.mean * 1.46 / std::sqrt(runs));  // cv at 0.7: 1.46
  expect_relative(out.any, -std::expm1(50 * std::log1p(-life.cdf(3))), 1e-10);
  EXPECT_LT(out.mean, out.exponential_mean);  // early failures
  const WeibullFirst constant = good(weibull_first_failure(n, 1, mean_life, 3));
  expect_relative(constant.mean, constant.exponential_mean, 1e-14);
  expect_error(weibull_first_failure(1, 0, 1, 1), "shape");
}

TEST(SeriesNode, RatesAddAndSharesSumToOne) {
  // Book, golden calc_mtbf_node: 2 GPUs of 10,000 h make 5,000 h.
  const std::array<Part, 1> gpus = {Part{2, 10'000 * hour}};
  expect_relative(good(series_node(gpus)).mtbf, 5000 * hour, 1e-14);
  const std::array<Part, 3> parts = {Part{8, 50'000}, Part{8, 150'000}, Part{2, 100'000}};
  const SeriesNode node = good(series_node(parts));
  expect_relative(node.shares[0] + node.shares[1] + node.shares[2], 1, 1e-14);
  expect_relative(node.shares[0] / node.shares[1], 3, 1e-14);
  expect_error(series_node({}), "parts");
  const std::array<Part, 1> wrong = {Part{1, 0}};
  expect_error(series_node(wrong), "mtbf");
}

TEST(AlternatingRenewal, SolvesItsDifferentialEquation) {
  const double mttf = 90, mttr = 10;
  const int steps = 200'000;
  const double dt = 40.0 / steps;
  double up = 1, area = 0;
  for (int i = 0; i < steps; ++i) {  // midpoint rule
    const auto slope = [&](double a) { return -a / mttf + (1 - a) / mttr; };
    const double middle = up + slope(up) * dt / 2;
    up += slope(middle) * dt;
    area += middle * dt;
  }
  const UptimeShares out = good(alternating_renewal(mttf, mttr, 40));
  expect_relative(out.at_time, up, 1e-8);
  expect_relative(out.over_time, area / 40, 1e-8);
  expect_relative(out.steady, 0.9, 1e-14);
  EXPECT_EQ(good(alternating_renewal(mttf, mttr, 0)).over_time, 1);
  EXPECT_EQ(good(alternating_renewal(mttf, 0, 10)).over_time, 1);
  expect_error(alternating_renewal(0, 1, 1), "mttf");
}

TEST(Kofn, MatchesTheChainAndThePassageByItsLinearSystem) {
  const KofnPlan plan{5, 3, 2, 100, 20};
  Chain chain(6);
  for (std::size_t down = 0; down < 5; ++down) {
    chain.add(down, down + 1, static_cast<double>(5 - down) / 100);
    chain.add(down + 1, down, (down + 1 < 2 ? 1.0 : 2.0) / 20);
  }
  const auto p = chain.stationary();
  const Kofn out = good(kofn(plan));
  expect_relative(out.unavailability, p[3] + p[4] + p[5], 1e-13);
  expect_relative(out.outage_rate, p[2] * 0.03, 1e-13);
  expect_relative(out.mean_outage, out.unavailability / out.outage_rate, 1e-12);
  // T0 = 1/.05 + T1; T1 (.04+.05) = 1 + .04 T2 + .05 T0; T2 (.03+.1) = 1 + .1 T1, by elimination:
  const double t1_of_t2 = 0.1 / 0.13, t2_const = 1 / 0.13;
  const double t1 = (1 + 0.04 * t2_const + 0.05 * 20) / (0.09 - 0.04 * t1_of_t2 - 0.05);
  expect_relative(out.first_outage, 20 + t1, 1e-12);
}

TEST(Kofn, IndependentUnitsAreBinomialDownToTwentyNines) {
  const Kofn out = good(kofn({10, 1, 10, 99, 1}));  // all ten down: 1e-20
  expect_relative(out.unavailability, 1e-20, 1e-12);
  expect_relative(good(kofn({2, 1, 2, 99, 1})).first_outage, 99 * (3 + 99) / 2.0, 1e-12);
  expect_error(kofn({3, 4, 1, 1, 1}), "needed");
}

TEST(Spares, MatchTheChainColdAndHot) {
  for (const double warm : {0.0, 0.3, 1.0}) {
    const SparesPlan plan{3, 2, 1, 50, 10, warm};
    Chain chain(6);
    for (std::size_t down = 0; down < 5; ++down) {
      const double working = down < 2 ? 3 : static_cast<double>(5 - down);
      const double waiting = down < 2 ? static_cast<double>(2 - down) : 0;
      chain.add(down, down + 1, (working + warm * waiting) / 50);
      chain.add(down + 1, down, 0.1);
    }
    const auto p = chain.stationary();
    const Spares out = good(fleet_with_spares(plan));
    expect_relative(out.full, p[0] + p[1] + p[2], 1e-13);
    expect_relative(out.capacity[0], p[5], 1e-13);
    expect_relative(out.mean_active, 3 * out.full + 2 * p[3] + p[4], 1e-13);
    // What breaks is mended: flows balance.
    if (warm == 0) expect_relative(out.failure_rate, (1 - p[0]) / 10, 1e-12);
  }
}

TEST(Spares, TheFewestThatReachATarget) {
  const SparesPlan plan{100, 0, 100, 1000 * hour, 10 * hour, 1};
  const std::int64_t needed = good(spares_needed(plan, 0.999));
  SparesPlan with = plan;
  with.spares = needed;
  EXPECT_GE(good(fleet_with_spares(with)).full, 0.999);
  with.spares = needed - 1;
  EXPECT_LT(good(fleet_with_spares(with)).full, 0.999);
  expect_error(spares_needed(plan, 1), "target");
  expect_error(spares_needed({100, 0, 1, 10, 10, 1}, 0.9), "crews");
}

TEST(Shocks, MatchRacksPlayedOut) {
  const ShockPlan plan{64, 8, 3, 1e-3, 2e-3, 0.4};
  Stream stream = Chance{.seed = 9}.stream("tests.shocks");
  const double alone = 64 * plan.node_rate, struck = 8 * plan.rack_rate;
  std::int64_t kills = 0, together = 0, lost = 0;
  const int events = 400'000;
  for (int i = 0; i < events; ++i) {
    std::int64_t dead = 1;
    if (stream.uniform() >= alone / (alone + struck)) {
      dead = 0;
      for (int node = 0; node < 8; ++node) dead += stream.uniform() < plan.struck ? 1 : 0;
    }
    kills += dead > 0 ? 1 : 0;
    together += dead >= 3 ? 1 : 0;
    lost += dead;
  }
  const Shocks out = good(rack_shocks(plan));
  const double all = alone + struck;
  EXPECT_NEAR(static_cast<double>(kills) / events, out.kill_rate / all, 0.002);
  EXPECT_NEAR(static_cast<double>(together) / static_cast<double>(kills), out.together, 0.004);
  EXPECT_NEAR(static_cast<double>(lost) / static_cast<double>(kills), out.mean_lost, 0.015);
}

TEST(Shocks, PairsOfOneRackDieTogetherMoreOften) {
  const ShockPlan plan{64, 8, 2, 1e-3, 2e-3, 1};
  const PairSurvival pair = good(pair_survival(plan, 100));
  expect_relative(pair.same_rack, std::exp(-(2e-3 + 2e-3) * 100), 1e-13);  // one shock for both
  expect_relative(pair.apart, std::exp(-2 * 3e-3 * 100), 1e-13);
  expect_error(rack_shocks({65, 8, 2, 1, 1, 1}), "nodes");
  expect_error(rack_shocks({64, 8, 2, 0, 0, 1}), "node_rate");
}

TEST(SilentCorruption, GoesFromHalfTheCheckToAllOfIt) {
  const Sdc rare = good(silent_corruption({1e-12, 3600, 600}));
  expect_relative(rare.wasted, 3600 / 2.0 + 600, 1e-8);
  const Sdc often = good(silent_corruption({1.0, 3600, 0}));
  expect_relative(often.wasted, 3600 - 1, 1e-12);  // the first comes after 1 s
  // Against the density of the first corruption within c.
  const double s = 1e-3, c = 2000;
  const double area =
      strips([&](long double t) { return (c - t) * s * std::exp(-s * t); }, 0, c, 200);
  expect_relative(good(silent_corruption({s, c, 7})).wasted, area / -std::expm1(-s * c) + 7, 1e-11);
  // Both forms meet at s c = 0.01.
  expect_relative(good(silent_corruption({0.01 - 1e-12, 1, 0})).wasted,
                  good(silent_corruption({0.01 + 1e-12, 1, 0})).wasted, 1e-11);
  expect_error(silent_corruption({1, 0, 0}), "check");
}

}  // namespace
}  // namespace fleetsim::analytic
