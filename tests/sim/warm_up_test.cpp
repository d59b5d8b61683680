#include "sim/warm_up.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim/samples.h"

namespace fleetsim {
namespace {

// Noise about 0 after a start that dies out as height exp(-i / stay).
std::vector<double> transient(std::size_t n, double height, double stay, std::uint64_t seed) {
  std::vector<double> series = autoregression(n, 0.5, seed);
  for (std::size_t i = 0; i < n; ++i)
    series[i] += height * std::exp(-static_cast<double>(i) / stay);
  return series;
}

double mean_from(const std::vector<double>& series, std::size_t start) {
  double sum = 0;
  for (std::size_t i = start; i < series.size(); ++i) sum += series[i];
  return sum / static_cast<double>(series.size() - start);
}

// MSER as its definition reads.
double statistic(const std::vector<double>& series, std::size_t d) {
  std::vector<double> means;
  for (std::size_t i = 0; i + 5 <= series.size(); i += 5)
    means.push_back((series[i] + series[i + 1] + series[i + 2] + series[i + 3] + series[i + 4]) /
                    5);
  const double mean = mean_from(means, d), kept = static_cast<double>(means.size() - d);
  double sum = 0;
  for (std::size_t i = d; i < means.size(); ++i) sum += (means[i] - mean) * (means[i] - mean);
  return sum / (kept * kept);
}

TEST(WarmUp, MinimisesTheStatistic) {
  const auto series = transient(1003, 20, 60, 4);
  const WarmUp found = mser5(series);
  ASSERT_TRUE(found.settled);
  ASSERT_EQ(found.length % 5, 0u);
  const double least = statistic(series, found.length / 5);
  for (std::size_t d = 0; d <= 100; ++d) EXPECT_GE(statistic(series, d), least * (1 - 1e-9)) << d;
}

TEST(WarmUp, CutsTheTransientAndLittleElse) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto series = transient(4000, 20, 100, seed);
    const WarmUp found = mser5(series);
    EXPECT_TRUE(found.settled);
    EXPECT_GE(found.length, 150u);  // 20 exp(-1.5) = 4.5 stands out of noise of 1.15
    EXPECT_LE(found.length, 1500u);
    EXPECT_LT(std::abs(mean_from(series, found.length)), 0.25);
    EXPECT_GT(std::abs(mean_from(series, 0)), 0.3);
  }
}

TEST(WarmUp, FindsNoneWhereThereIsNone) {
  int cut_much = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const WarmUp found = mser5(normals(2000, seed));
    cut_much += !found.settled || found.length > 400;
  }
  EXPECT_LT(cut_much, 20);
  EXPECT_EQ(mser5(std::vector<double>(1000, 0.1)).length, 0u);
  EXPECT_TRUE(mser5(std::vector<double>(1000, 0.1)).settled);
}

TEST(WarmUp, CutsAStepExactly) {
  std::vector<double> series(1000, 1.0);
  for (std::size_t i = 0; i < 100; ++i) series[i] = 5;
  EXPECT_EQ(mser5(series).length, 100u);
}

TEST(WarmUp, SaysWhenTheSeriesIsTooShort) {
  const auto still_warming = transient(500, 50, 400, 1);
  EXPECT_FALSE(mser5(still_warming).settled);
  EXPECT_LE(mser5(still_warming).length, 250u);
  EXPECT_FALSE(mser5(normals(49, 1)).settled);
  EXPECT_TRUE(mser5(std::vector<double>(50, 1.0)).settled);
  EXPECT_FALSE(mser5({}).settled);
}

}  // namespace
}  // namespace fleetsim
