#include "sim/stopping.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/interval.h"
#include "tests/sim/samples.h"

namespace fleetsim {
namespace {

// Values that alternate about a mean: their half width at any n is easy to tell.
std::vector<double> alternating(std::size_t n, double mean, double reach) {
  std::vector<double> out(n);
  for (std::size_t i = 0; i < n; ++i) out[i] = mean + (i % 2 == 0 ? reach : -reach);
  return out;
}

Estimate estimate_of(std::span<const double> values, double level) {
  return values.empty() ? Estimate{} : t_interval(values, level);
}
std::size_t more_of(const StoppingRule& rule, std::span<const double> values, double level = 0.95) {
  return rule.more(estimate_of(values, level), values.size());
}
bool met_of(const StoppingRule& rule, std::span<const double> values, double level = 0.95) {
  return rule.met(estimate_of(values, level), values.size());
}

TEST(Stopping, AsksForTheMinimumFirst) {
  const StoppingRule rule{.min = 15};
  EXPECT_EQ(more_of(rule, std::vector<double>{}), 15u);
  EXPECT_EQ(more_of(rule, alternating(10, 1, 0.5)), 5u);
  EXPECT_FALSE(met_of(rule, alternating(14, 1, 0)));
  EXPECT_TRUE(met_of(rule, alternating(15, 1, 0)));
}

TEST(Stopping, GrowsByThePredictionWithinItsBounds) {
  const auto values = alternating(100, 10, 1);
  const double half = t_interval(values, 0.95).half_width();
  const auto more = [&](double excess) {
    return more_of(StoppingRule{.half_width = half / excess, .relative = false}, values);
  };
  EXPECT_EQ(more(0.99), 0u);
  EXPECT_EQ(more(1.01), 30u);
  EXPECT_EQ(more(1.3), 69u);
  EXPECT_EQ(more(5), 100u);
}

TEST(Stopping, RelativeTargetsScaleWithTheMean) {
  const double half = t_interval(alternating(100, 0, 1), 0.95).half_width();
  for (const double mean : {-50.0, 50.0}) {
    const auto values = alternating(100, mean, 1);
    EXPECT_TRUE((met_of(StoppingRule{.half_width = half / 50 * 1.001}, values)));
    EXPECT_FALSE((met_of(StoppingRule{.half_width = half / 50 * 0.999}, values)));
  }
  EXPECT_EQ((more_of(StoppingRule{.max = 120}, alternating(100, 0, 1))), 20u);  // of 0: never met
}

TEST(Stopping, StopsAtTheMaximumUnmet) {
  const StoppingRule rule{.half_width = 1e-9, .max = 100};
  const auto values = alternating(100, 1, 0.5);
  EXPECT_EQ(more_of(rule, values), 0u);
  EXPECT_FALSE(met_of(rule, values));
  EXPECT_EQ((more_of(StoppingRule{.min = 50, .max = 10}, std::vector<double>{})), 10u);
}

TEST(Stopping, ValuesWithoutSpreadNeedNoMore) {
  EXPECT_EQ(more_of(StoppingRule{}, std::vector<double>(20, 3.0)), 0u);
  EXPECT_EQ(more_of(StoppingRule{}, std::vector<double>(20, 0.0)), 0u);
}

struct Outcome {
  double coverage = 0, met = 0, values = 0;
};
template <class Sample>
Outcome try_out(const StoppingRule& rule, double truth, Sample sample, double level = 0.95) {
  const int experiments = 2000;
  Outcome sum;
  for (int i = 0; i < experiments; ++i) {
    const std::vector<double> all = sample(static_cast<std::uint64_t>(i));
    std::size_t n = 0;
    while (const std::size_t more = more_of(rule, std::span(all).first(n), level)) n += more;
    const auto used = std::span(all).first(n);
    const Estimate e = t_interval(used, level);
    sum.coverage += e.low <= truth && truth <= e.high;
    sum.met += met_of(rule, used, level);
    sum.values += static_cast<double>(n);
  }
  return {sum.coverage / experiments, sum.met / experiments, sum.values / experiments};
}

TEST(Stopping, KeepsTheCoverageOfNormalValues) {
  // 5 % of 5 with s = 1 takes (1.96 / 0.25)^2 = 61 values.
  const StoppingRule rule{.half_width = 0.05, .max = 2000};
  const Outcome o = try_out(rule, 5, [](std::uint64_t seed) { return normals(2000, seed, 5); });
  EXPECT_EQ(o.met, 1);
  EXPECT_GT(o.values, 55);
  EXPECT_LT(o.values, 110);
  EXPECT_NEAR(o.coverage, 0.95, 0.02);
}

TEST(Stopping, KeepsTheCoverageOfSkewedValues) {
  // 10 % of an exponential mean takes (1.96 / 0.1)^2 = 384 values.
  const Law law = *Law::exponential(4);
  const StoppingRule rule{.half_width = 0.1, .max = 4000};
  const Outcome o = try_out(rule, 4, [&](std::uint64_t seed) { return draws(law, 4000, seed); });
  EXPECT_EQ(o.met, 1);
  EXPECT_GT(o.values, 350);
  EXPECT_LT(o.values, 700);
  EXPECT_NEAR(o.coverage, 0.95, 0.02);
}

TEST(Stopping, KeepsTheCoverageOfAnAbsoluteTarget) {
  const StoppingRule rule{.half_width = 0.2, .relative = false, .max = 2000};
  const Outcome o = try_out(
      rule, 0, [](std::uint64_t seed) { return normals(2000, seed); }, 0.9);
  EXPECT_EQ(o.met, 1);
  EXPECT_NEAR(o.coverage, 0.9, 0.02);
}

}  // namespace
}  // namespace fleetsim
