#include "sim/quantile_sketch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/sim/samples.h"

namespace fleetsim {
namespace {

constexpr double ps[] = {0,   0.001, 0.01, 0.05, 0.1,  0.25,  0.4,    0.5,
                         0.6, 0.75,  0.9,  0.95, 0.99, 0.999, 0.9999, 1};

QuantileSketch sketch_of(const std::vector<double>& sample) {
  QuantileSketch sketch;
  for (const double x : sample) sketch.add(x);
  return sketch;
}

std::vector<double> bimodal(std::size_t n) {
  std::vector<double> sample = draws(*Law::gamma_mean_cv(1e-3, 0.2), n);
  const auto far = draws(*Law::gamma_mean_cv(1e4, 0.1), n);
  for (std::size_t i = 0; i < n; i += 3) sample[i] = far[i];
  return sample;
}

void expect_close_to_exact(std::vector<double> sample) {
  const QuantileSketch sketch = sketch_of(sample);
  std::sort(sample.begin(), sample.end());
  EXPECT_EQ(sketch.count(), sample.size());
  EXPECT_EQ(sketch.min(), sample.front());
  EXPECT_EQ(sketch.max(), sample.back());
  for (const double p : ps) {
    const double rank = std::ceil(p * static_cast<double>(sample.size()) - 1e-9);
    const double exact = sample[rank < 1 ? 0 : static_cast<std::size_t>(rank) - 1];
    EXPECT_NEAR(sketch.quantile(p), exact, exact / 1024) << p;
    const double share = static_cast<double>(std::upper_bound(sample.begin(), sample.end(), exact) -
                                             sample.begin()) /
                         static_cast<double>(sample.size());
    const auto near = [&](double x) {  // observations within a bucket's width
      return static_cast<double>(
                 std::upper_bound(sample.begin(), sample.end(), x * (1 + 1.0 / 1024)) -
                 std::lower_bound(sample.begin(), sample.end(), x * (1 - 1.0 / 1024))) /
             static_cast<double>(sample.size());
    };
    EXPECT_NEAR(sketch.cdf(exact), share, near(exact)) << p;
  }
}

TEST(QuantileSketch, IsWithinOneInAThousandOfTheSampleQuantile) {
  const std::size_t n = 200'000;
  expect_close_to_exact(draws(*Law::lognormal_mean_cv(0.02, 3), n));
  expect_close_to_exact(draws(*Law::exponential(1), n));
  expect_close_to_exact(draws(*Law::pareto(1.1, 1e-3, 1e6), n));
  expect_close_to_exact(draws(*Law::uniform(0.99, 1.01), n));
  expect_close_to_exact(bimodal(n));
  expect_close_to_exact(draws(*Law::exponential(1), 7));
  expect_close_to_exact({42});
}

TEST(QuantileSketch, AtomsStayAtoms) {
  const QuantileSketch constant = sketch_of(std::vector<double>(1000, 0.1));
  for (const double p : ps) EXPECT_EQ(constant.quantile(p), 0.1);
  EXPECT_EQ(constant.cdf(0.1), 1);
  EXPECT_EQ(constant.cdf(0.0999999), 0);
  expect_close_to_exact(draws(*Law::empirical({0, 1, 3, 3.001, 8}, {1, 1, 2, 2, 1}), 10'000));
}

TEST(QuantileSketch, CountsZerosApart) {
  QuantileSketch sketch = sketch_of({0, 0, 0, 0, 5, 5, 5, 5, 5, 5});
  sketch.add(-0.0);
  EXPECT_EQ(sketch.count(), 11u);
  EXPECT_EQ(sketch.quantile(0.4), 0);
  EXPECT_NEAR(sketch.quantile(0.5), 5, 5.0 / 1024);
  EXPECT_NEAR(sketch.cdf(0), 5.0 / 11, 1e-15);
  EXPECT_NEAR(sketch.cdf(1), 5.0 / 11, 1e-15);
  const QuantileSketch zeros = sketch_of({0, 0});
  EXPECT_EQ(zeros.quantile(0.9), 0);
  EXPECT_EQ(zeros.cdf(0), 1);
}

void expect_same(const QuantileSketch& a, const QuantileSketch& b) {
  ASSERT_EQ(a.count(), b.count());
  EXPECT_EQ(a.min(), b.min());
  EXPECT_EQ(a.max(), b.max());
  for (int i = 0; i <= 1000; ++i) ASSERT_EQ(a.quantile(i / 1000.0), b.quantile(i / 1000.0)) << i;
  for (double x = 1e-9; x < 1e9; x *= 1.07) ASSERT_EQ(a.cdf(x), b.cdf(x)) << x;
}

TEST(QuantileSketch, MergeEqualsWholeBitForBit) {
  for (const auto& sample : {bimodal(30'000), draws(*Law::pareto(1, 1e-6, 1e6), 30'000)}) {
    const QuantileSketch whole = sketch_of(sample);
    QuantileSketch parts[4];
    for (std::size_t i = 0; i < sample.size(); ++i) parts[i * i % 4].add(sample[i]);  // 2, 3 empty
    QuantileSketch forward, backward;
    for (const auto& part : parts) forward.merge(part);
    for (int i = 3; i >= 0; --i) backward.merge(parts[i]);
    expect_same(forward, whole);
    expect_same(backward, whole);
  }
}

TEST(QuantileSketch, TakesAllDoublesThereAre) {
  constexpr double least = 5e-324, most = std::numeric_limits<double>::max();
  QuantileSketch sketch = sketch_of({most, 1, least});
  EXPECT_EQ(sketch.quantile(0), least);
  EXPECT_NEAR(sketch.quantile(0.5), 1, 1.0 / 1024);
  EXPECT_EQ(sketch.quantile(1), most);
  sketch.merge(sketch);
  EXPECT_NEAR(sketch.quantile(0.8), most, most / 1024);
  for (int exponent = -1022; exponent < 1024; ++exponent)
    for (const double x : {1.0, 1.00097, 1.5, 1.9999}) {
      const double value = std::ldexp(x, exponent);
      const QuantileSketch three = sketch_of({value * (1 - 0x1p-52), value, value});
      ASSERT_NEAR(three.quantile(0.5), value, value / 1024) << exponent;
    }
}

TEST(QuantileSketch, HoldsHugeCounts) {
  QuantileSketch sketch = sketch_of(draws(*Law::exponential(1), 1000));
  const QuantileSketch once = sketch;
  for (int i = 0; i < 50; ++i) sketch.merge(sketch);  // by itself: 1000 x 2^50
  EXPECT_EQ(sketch.count(), std::uint64_t{1000} << 50);
  for (const double p : {0.01, 0.3, 0.5, 0.99})
    EXPECT_NEAR(sketch.quantile(p), once.quantile(p), once.quantile(p) / 1024);
}

TEST(QuantileSketch, ClearedIsAsNew) {
  const auto sample = draws(*Law::exponential(2), 1000);
  QuantileSketch used = sketch_of(bimodal(1000));
  used.clear();
  EXPECT_EQ(used.count(), 0u);
  for (const double x : sample) used.add(x);
  expect_same(used, sketch_of(sample));
}

TEST(QuantileSketchDeathTest, RefusesWhatIsNoMeasurement) {
  QuantileSketch sketch;
  for (const double bad : {-1.0, -5e-324, std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::infinity()})
    EXPECT_DEATH(sketch.add(bad), "finite, non-negative");
  EXPECT_DEATH(sketch.quantile(0.5), "of observations");
}

TEST(QuantileSketch, CellsMakeTheSameSketchAgain) {
  const Law law = *Law::lognormal_mean_cv(3, 2);
  Stream chance = Chance{}.stream("test.cells");
  QuantileSketch sketch;
  for (int i = 0; i < 10'000; ++i) sketch.add(i % 10 == 0 ? 0 : law.draw(chance));
  const QuantileSketch again = QuantileSketch::from_cells(sketch.cells());
  EXPECT_EQ(again.count(), sketch.count());
  EXPECT_EQ(again.min(), sketch.min());
  EXPECT_EQ(again.max(), sketch.max());
  for (const double p : {0.0, 0.05, 0.1, 0.5, 0.9, 0.999, 1.0})
    EXPECT_EQ(again.quantile(p), sketch.quantile(p)) << p;
  EXPECT_TRUE(QuantileSketch{}.cells().empty());
  EXPECT_EQ(QuantileSketch::from_cells({}).count(), 0u);
}

}  // namespace
}  // namespace fleetsim
