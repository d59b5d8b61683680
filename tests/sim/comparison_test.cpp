#include "sim/comparison.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim/samples.h"

namespace fleetsim {
namespace {

bool covers(const Estimate& e, double truth) {
  return e.low <= truth && truth <= e.high;
}

TEST(Comparison, OfPairsByHand) {
  const double a[] = {3, 5, 7}, b[] = {2, 5, 5};  // differences 1, 0, 2; variances 4, 3, 1
  const Sharpened s = paired_difference(a, b, 0.95);
  EXPECT_EQ(s.estimate.mean, 1);
  EXPECT_NEAR(s.estimate.half_width(), 4.3026527 / std::sqrt(3), 1e-6);
  EXPECT_NEAR(s.variance_factor, 7, 1e-12);
}

TEST(Comparison, WithoutAnyVarianceLeft) {
  const double a[] = {1, 2, 3}, b[] = {0, 1, 2}, same[] = {4, 4, 4};
  EXPECT_EQ(paired_difference(a, b, 0.95).variance_factor, INFINITY);
  EXPECT_EQ(paired_difference(a, b, 0.95).estimate.half_width(), 0);
  EXPECT_EQ(paired_difference(same, same, 0.95).variance_factor, 1);
}

TEST(Comparison, CommonNumbersSharpenAsTheCorrelationSays) {
  // b = a + noise of variance 1/4: the factor is (1 + 1.25) / 0.25 = 9.
  const std::size_t n = 50'000;
  const auto a = normals(n, 1), noise = normals(n, 2);
  std::vector<double> b(n);
  for (std::size_t i = 0; i < n; ++i) b[i] = a[i] + 0.5 * noise[i] - 1;
  const Sharpened s = paired_difference(a, b, 0.99);
  EXPECT_NEAR(s.variance_factor, 9, 0.25);
  EXPECT_TRUE(covers(s.estimate, 1));
}

TEST(Comparison, AntitheticPairsSharpenTheMeanOfAnExponential) {
  const Law law = *Law::exponential(2);
  Stream one = Chance{.seed = 3, .mode = Stream::Mode::inversion}.stream("x");
  Stream other = Chance{.seed = 3, .mode = Stream::Mode::antithetic}.stream("x");
  std::vector<double> a(100'000), b(100'000);
  for (double& x : a) x = law.draw(one);
  for (double& x : b) x = law.draw(other);
  const Sharpened s = antithetic_mean(a, b, 0.999);
  EXPECT_NEAR(s.variance_factor, 1 / (2 - M_PI * M_PI / 6), 0.05);  // 1 / (1 + correlation)
  EXPECT_TRUE(covers(s.estimate, 2));
  EXPECT_NEAR(s.estimate.half_width(), 3.29 * 2 * std::sqrt((2 - M_PI * M_PI / 6) / 2 / 100'000),
              2e-4);
}

// values = 3 + 2 (x - 5) - (y - 1) + noise / 10.
struct Model {
  std::vector<double> values;
  std::vector<Control> controls;
};
Model linear_model(std::size_t n, std::uint64_t seed) {
  Model model;
  const auto noise = normals(n, 3 * seed);
  model.controls = {{normals(n, 3 * seed + 1, 5), 5}, {normals(n, 3 * seed + 2, 1), 1}};
  for (std::size_t i = 0; i < n; ++i)
    model.values.push_back(3 + 2 * (model.controls[0].values[i] - 5) -
                           (model.controls[1].values[i] - 1) + noise[i] / 10);
  return model;
}

TEST(ControlVariates, OneControlIsTheTextbookRegression) {
  const double values[] = {1, 3, 2, 5, 4, 6};
  const std::vector<Control> x = {{{2, 3, 3, 6, 4, 6}, 3.5}};
  // x mean 4, Sxx 14, Sxy 15, y mean 3.5, Syy 17.5: slope 15/14, residual 17.5 - 225/14.
  const double residual = 17.5 - 225.0 / 14;
  const double error = std::sqrt(residual / 4 * (1.0 / 6 + 0.25 / 14));
  const Controlled c = controlled_mean(values, x, 0.95);
  EXPECT_EQ(c.controls_used, 1u);
  EXPECT_NEAR(c.result.estimate.mean, 3.5 - 15.0 / 14 * 0.5, 1e-12);
  EXPECT_NEAR(c.result.estimate.half_width(), 2.7764451 * error, 1e-6);
  EXPECT_NEAR(c.result.variance_factor, 17.5 / 5 / 6 / (error * error), 1e-9);
}

TEST(ControlVariates, AreExactWithoutNoise) {
  Model model = linear_model(30, 1);
  for (std::size_t i = 0; i < 30; ++i)
    model.values[i] = 3 + 2 * (model.controls[0].values[i] - 5) - (model.controls[1].values[i] - 1);
  const Controlled c = controlled_mean(model.values, model.controls, 0.95);
  EXPECT_NEAR(c.result.estimate.mean, 3, 1e-12);
  EXPECT_LT(c.result.estimate.half_width(), 1e-12);
}

TEST(ControlVariates, CoverAndSharpenAsTheoryHasIt) {
  const int experiments = 2000;
  int covered = 0;
  double ratio = 0;
  for (int i = 0; i < experiments; ++i) {
    const Model model = linear_model(12, static_cast<std::uint64_t>(i));
    const Controlled c = controlled_mean(model.values, model.controls, 0.95);
    ASSERT_EQ(c.controls_used, 2u);
    covered += covers(c.result.estimate, 3);
    ratio +=
        std::pow(c.result.estimate.half_width() / t_interval(model.values, 0.95).half_width(), 2) /
        experiments;
  }
  EXPECT_NEAR(static_cast<double>(covered) / experiments, 0.95, 0.017);
  // Variance 0.01 is left of 5.01, times (n-2)/(n-q-2) = 1.25 for estimating the slopes; the t
  // quantiles differ by 2.262/2.201, and E[1/S] of the plain variance adds n-1 over n-3.
  EXPECT_NEAR(ratio, 0.01 / 5.01 * 1.25 * std::pow(2.262 / 2.201, 2) * 11 / 9, 5e-4);
}

TEST(ControlVariates, DropsWhatTellsNothingNew) {
  const Model model = linear_model(40, 5);
  const Controlled two = controlled_mean(model.values, model.controls, 0.95);
  Control sum = model.controls[0];
  for (std::size_t i = 0; i < 40; ++i)
    sum.values[i] = 0.1 * model.controls[0].values[i] + 3 * model.controls[1].values[i];
  sum.mean = 3.5;
  const std::vector<Control> redundant = {{std::vector<double>(40, 0.1), 0.1},
                                          model.controls[0],
                                          model.controls[0],
                                          model.controls[1],
                                          sum};
  const Controlled all = controlled_mean(model.values, redundant, 0.95);
  EXPECT_EQ(two.controls_used, 2u);
  EXPECT_EQ(all.controls_used, 2u);
  EXPECT_NEAR(all.result.estimate.mean, two.result.estimate.mean, 1e-12);
  EXPECT_NEAR(all.result.estimate.low, two.result.estimate.low, 1e-12);
}

TEST(ControlVariates, WithoutControlsIsTheTInterval) {
  const auto values = normals(10, 1);
  const Controlled c = controlled_mean(values, {}, 0.9);
  EXPECT_EQ(c.controls_used, 0u);
  EXPECT_EQ(c.result.estimate.low, t_interval(values, 0.9).low);
  EXPECT_EQ(c.result.variance_factor, 1);
}

TEST(ControlVariates, KeepADegreeOfFreedom) {
  const Model model = linear_model(3, 1);
  EXPECT_EQ(controlled_mean(model.values, model.controls, 0.95).controls_used, 1u);
  const Model pair = linear_model(2, 1);
  EXPECT_EQ(controlled_mean(pair.values, pair.controls, 0.95).controls_used, 0u);
}

}  // namespace
}  // namespace fleetsim
