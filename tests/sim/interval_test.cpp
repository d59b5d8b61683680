#include "sim/interval.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/sim/samples.h"

namespace fleetsim {
namespace {

bool covers(const Estimate& e, double truth) {
  return e.low <= truth && truth <= e.high;
}

TEST(Interval, StudentTIsThatOfTheTables) {
  EXPECT_NEAR(student_t(1, 0.95), 12.706, 5e-4);
  EXPECT_NEAR(student_t(4, 0.95), 2.776, 5e-4);
  EXPECT_NEAR(student_t(9, 0.90), 1.833, 5e-4);
  EXPECT_NEAR(student_t(19, 0.95), 2.093, 5e-4);
  EXPECT_NEAR(student_t(29, 0.99), 2.756, 5e-4);
  EXPECT_NEAR(student_t(1e9, 0.95), 1.959964, 1e-6);
  EXPECT_NEAR(student_t(2, 0.999), 31.599, 5e-4);
}

TEST(Interval, OfASmallSampleByHand) {
  const double values[] = {1, 2, 3, 4, 5};  // s^2 = 2.5, so s / sqrt 5 = sqrt 0.5
  const Estimate e = t_interval(values, 0.95);
  EXPECT_EQ(e.mean, 3);
  EXPECT_NEAR(e.half_width(), 2.7764451 * std::sqrt(0.5), 1e-6);
  EXPECT_NEAR(e.low + e.high, 6, 1e-14);
  EXPECT_EQ(e.level, 0.95);
}

TEST(Interval, OfOneIsTheLineAndOfEqualsAPoint) {
  const double one[] = {4};
  EXPECT_EQ(t_interval(one, 0.95).mean, 4);
  EXPECT_EQ(t_interval(one, 0.95).half_width(), INFINITY);
  const std::vector<double> equal(7, 0.1);
  EXPECT_EQ(t_interval(equal, 0.95).low, 0.1);
  EXPECT_EQ(t_interval(equal, 0.95).high, 0.1);
  EXPECT_EQ(t_interval(equal, 0.95).half_width(), 0);
}

TEST(Interval, CoversTheMeanAsOftenAsItSays) {
  const int experiments = 4000;
  for (const double level : {0.8, 0.95, 0.99}) {
    int covered = 0;
    for (int i = 0; i < experiments; ++i)
      covered += covers(t_interval(normals(6, static_cast<std::uint64_t>(i), 10), level), 10);
    const double error = std::sqrt(level * (1 - level) / experiments);
    EXPECT_NEAR(static_cast<double>(covered) / experiments, level, 3.5 * error);
  }
}

TEST(QuantileInterval, LiesBetweenTheRanksOfTheTables) {
  // Median of 10 at 95 %: ranks 2 and 9 hold it with 97.85 %, ranks 3 and 8 with 89 % only.
  std::vector<double> ten = {10, 3, 1, 7, 5, 2, 9, 4, 8, 6};
  const Result<Estimate> median = quantile_interval(ten, 0.5, 0.95);
  ASSERT_TRUE(median);
  EXPECT_EQ(median->low, 2);
  EXPECT_EQ(median->high, 9);
  EXPECT_EQ(median->mean, 5);
}

TEST(QuantileInterval, SaysHowManyValuesItNeeds) {
  // 0.99^n <= 0.025 needs n >= 367.04; 0.5^n <= 0.025 needs n >= 5.3.
  const auto refused = quantile_interval(std::vector<double>(367, 1.0), 0.99, 0.95);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("at least 368 values (got 367)"), std::string::npos)
      << refused.error().message;
  EXPECT_TRUE(quantile_interval(std::vector<double>(368, 1.0), 0.99, 0.95));
  EXPECT_FALSE(quantile_interval(std::vector<double>(5, 1.0), 0.5, 0.95));
  EXPECT_TRUE(quantile_interval(std::vector<double>(6, 1.0), 0.5, 0.95));
  EXPECT_FALSE(quantile_interval({}, 0.5, 0.95));
  EXPECT_FALSE(quantile_interval(std::vector<double>(367, 1.0), 0.01, 0.95));
  EXPECT_TRUE(quantile_interval(std::vector<double>(368, 1.0), 0.01, 0.95));
}

TEST(QuantileInterval, CoversWhateverTheLaw) {
  const int experiments = 2000;
  for (const Law& law : {*Law::exponential(1), *Law::pareto(1.2, 1, 1e6)})
    for (const double p : {0.1, 0.5, 0.9}) {
      int covered = 0;
      for (int i = 0; i < experiments; ++i) {
        const auto sample = draws(law, 200, static_cast<std::uint64_t>(i));
        covered += covers(*quantile_interval(sample, p, 0.95), law.quantile(p));
      }
      const double share = static_cast<double>(covered) / experiments;
      EXPECT_GT(share, 0.95 - 3 * std::sqrt(0.95 * 0.05 / experiments)) << p;
      EXPECT_LT(share, 0.985) << p;  // no wider than whole ranks make it
    }
}

}  // namespace
}  // namespace fleetsim
