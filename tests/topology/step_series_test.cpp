#include "topology/step_series.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/stream.h"

namespace fleetsim {
namespace {

constexpr Instant at(std::int64_t s) {
  return Instant{} + s * 1_s;
}

TEST(StepSeries, AConstantIsOneValue) {
  const StepSeries three(3);
  EXPECT_TRUE(three.constant());
  EXPECT_EQ(three.at(at(1'000'000)), 3);
  EXPECT_EQ(three.integral(at(10), at(14)), 12);
  EXPECT_EQ(three.mean(), 3);
  EXPECT_FALSE(three.next_change(at(5)));
  EXPECT_EQ(three.mapped([](double x) { return x * x; }).at({}), 9);
}

TEST(StepSeries, StepsAndBeginsAnew) {
  const StepSeries series({1, 2, 4}, 10_s, 5_s);  // time 0 is 5 s into the 1
  EXPECT_EQ(series.at(at(0)), 1);
  EXPECT_EQ(series.at(Instant{} + 4999_ms), 1);
  EXPECT_EQ(series.at(at(5)), 2);
  EXPECT_EQ(series.at(at(24)), 4);
  EXPECT_EQ(series.at(at(25)), 1);
  EXPECT_EQ(series.at(at(25 + 30 * 1000)), 1);
  EXPECT_EQ(series.period(), 30_s);
  EXPECT_EQ(series.next_change(at(0)), at(5));
  EXPECT_EQ(series.next_change(at(5)), at(15));
  EXPECT_DOUBLE_EQ(series.mean(), 7.0 / 3);
  EXPECT_EQ(series.least(), 1);
  // 5 of the 1, all of the 2, 4 of the 4.
  EXPECT_EQ(series.integral(at(0), at(19)), 5 + 20 + 16);
  EXPECT_EQ(series.integral(at(6), at(8)), 4);
  EXPECT_EQ(series.integral(at(7), at(7)), 0);
  EXPECT_EQ(series.integral(at(3), at(3 + 30 * 12)), 70 * 12);
  EXPECT_EQ(series.integral(at(24), at(26)), 5);
}

double drawn(Stream& chance, double low, double high) {
  return low + (high - low) * chance.uniform();
}

std::int64_t whole(Stream& chance, std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(chance.uniform() * static_cast<double>(high - low + 1));
}

TEST(StepSeries, IntegralsAreSumsOverSeconds) {
  Stream chance = Chance{.seed = 1}.stream("tests");
  for (int trial = 0; trial < 300; ++trial) {
    std::vector<double> values(static_cast<std::size_t>(whole(chance, 1, 30)));
    for (double& value : values) value = drawn(chance, -2, 3);
    const std::int64_t step = whole(chance, 1, 9);
    const auto period = static_cast<std::int64_t>(values.size()) * step;
    const std::int64_t phase = whole(chance, 0, period - 1);
    const StepSeries series(values, step * 1_s, phase * 1_s);
    const std::int64_t from = whole(chance, 0, 400), to = from + whole(chance, 0, 400);
    double sum = 0;
    for (std::int64_t s = from; s < to; ++s) {
      const double value = values[static_cast<std::size_t>((s + phase) % period / step)];
      EXPECT_EQ(series.at(at(s)), value);
      sum += value;
    }
    EXPECT_NEAR(series.integral(at(from), at(to)), sum, 1e-11);
    const Instant middle = at(whole(chance, from, to));
    EXPECT_NEAR(series.integral(at(from), middle) + series.integral(middle, at(to)), sum, 1e-11);
  }
}

TEST(StepSeries, AProductIsOneAtEveryInstant) {
  Stream chance = Chance{.seed = 2}.stream("tests");
  const auto some = [&](std::int64_t step) {
    std::vector<double> values(static_cast<std::size_t>(whole(chance, 1, 12)));
    for (double& value : values) value = drawn(chance, 0.5, 2);
    const auto period = static_cast<std::int64_t>(values.size()) * step;
    return StepSeries(values, step * 1_s, whole(chance, 0, period - 1) * 1_s);
  };
  for (int trial = 0; trial < 100; ++trial) {
    const StepSeries a = some(whole(chance, 1, 6)), b = some(whole(chance, 1, 6));
    const Result<StepSeries> both = product(a, b);
    ASSERT_TRUE(both) << both.error().message;
    double sum = 0;
    for (std::int64_t s = 0; s < 500; ++s) {
      EXPECT_EQ(both->at(at(s)), a.at(at(s)) * b.at(at(s)));
      sum += both->at(at(s));
    }
    EXPECT_NEAR(both->integral(at(0), at(500)), sum, 1e-9);
    const Result<StepSeries> twice = product(2, a);
    EXPECT_EQ(twice->at(at(7)), 2 * a.at(at(7)));
    EXPECT_EQ(product(a, 2)->integral(at(1), at(9)), twice->integral(at(1), at(9)));
  }
}

TEST(StepSeries, ProductsWithoutCommonStepsAreRefused) {
  const std::vector<double> year(8760, 1);
  const StepSeries a(year, 3600_s), shifted(year, 3600_s, 1_ns);
  EXPECT_FALSE(product(a, shifted));
  EXPECT_TRUE(product(a, StepSeries(year, 3600_s, 1800_s)));
  EXPECT_TRUE(product(a, StepSeries(std::vector<double>(24, 1), 3600_s)));
  EXPECT_FALSE(product(a, StepSeries(std::vector<double>(8784, 1), 3600_s)));  // of a leap year
}

// Sums of a year, and of a hundred, do not blur an hour.
TEST(StepSeries, AnHourLateInTheYearIsAsExactAsTheFirst) {
  std::vector<double> values;
  for (int i = 0; i < 8760; ++i) values.push_back(1e-7 * (1 + i % 13));
  const StepSeries series(values, 3600_s);
  const Instant late = at(3600 * 8700);
  double sum = 0;
  for (int i = 8700; i < 8703; ++i) sum += 3600 * values[static_cast<std::size_t>(i)];
  EXPECT_NEAR(series.integral(late, late + 3 * 3600_s), sum, 1e-12 * sum);
  const Instant later = late + 99 * series.period();
  EXPECT_EQ(series.integral(later, later + 3 * 3600_s), series.integral(late, late + 3 * 3600_s));
}

}  // namespace
}  // namespace fleetsim
