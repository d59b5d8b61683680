#include "sim/batch_means.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/interval.h"
#include "tests/sim/samples.h"

namespace fleetsim {
namespace {

TEST(BatchMeans, DropAtTheFrontWhatFillsNoBatch) {
  const double series[] = {100, 1, 2, 3, 4, 5, 6};
  EXPECT_EQ(batch_means(series, 3), (std::vector<double>{1.5, 3.5, 5.5}));
  EXPECT_EQ(batch_means(series, 7).size(), 7u);
  EXPECT_EQ(batch_means(series, 1), (std::vector<double>{121.0 / 7}));
}

TEST(BatchMeans, NeighboursByHand) {
  const double rising[] = {1, 2, 3, 4};  // jumps 3, squares 5
  EXPECT_NEAR(neighbours(rising).correlation, 1 - 3.0 / 10, 1e-14);
  const double swinging[] = {1, -1, 1, -1};  // jumps 12, squares 4
  EXPECT_NEAR(neighbours(swinging).correlation, -0.5, 1e-14);
  const std::vector<double> equal(5, 2.0);
  EXPECT_EQ(neighbours(equal).correlation, 0);
  EXPECT_EQ(neighbours(equal).p_value, 1);
}

TEST(BatchMeans, NeighboursEstimateTheCorrelation) {
  EXPECT_NEAR(neighbours(autoregression(100'000, 0.6, 1)).correlation, 0.6, 0.01);
  EXPECT_NEAR(neighbours(autoregression(100'000, -0.4, 2)).correlation, -0.4, 0.01);
}

TEST(BatchMeans, TheTestRejectsIndependentValuesAsOftenAsItSays) {
  const int experiments = 4000;
  int rejected = 0;
  for (int i = 0; i < experiments; ++i)
    rejected += neighbours(normals(20, static_cast<std::uint64_t>(i))).p_value < 0.05;
  EXPECT_NEAR(static_cast<double>(rejected) / experiments, 0.05, 0.012);
}

TEST(BatchMeans, TheTestTellsShortBatchesFromLongOnes) {
  int short_ones = 0, long_ones = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const auto series = autoregression(20'000, 0.9, i);
    short_ones += neighbours(batch_means(series, 2000)).p_value < 0.05;  // of 10
    long_ones += neighbours(batch_means(series, 20)).p_value < 0.05;     // of 1000
  }
  EXPECT_EQ(short_ones, 200);
  EXPECT_LT(long_ones, 22);
}

TEST(BatchMeans, LongBatchesCoverWhereSingleValuesFail) {
  const int experiments = 1000;
  int by_batches = 0, by_values = 0;
  for (int i = 0; i < experiments; ++i) {
    const auto series = autoregression(5'000, 0.9, static_cast<std::uint64_t>(i));
    const auto covers = [](const Estimate& e) { return e.low <= 0 && 0 <= e.high; };
    by_batches += covers(t_interval(batch_means(series, 20), 0.95));
    by_values += covers(t_interval(series, 0.95));
  }
  EXPECT_NEAR(static_cast<double>(by_batches) / experiments, 0.95, 0.025);
  EXPECT_LT(static_cast<double>(by_values) / experiments, 0.5);
}

}  // namespace
}  // namespace fleetsim
