#include "sim/tally.h"

#include <gtest/gtest.h>

#include "tests/sim/samples.h"

namespace fleetsim {
namespace {

TEST(Tally, KnowsASmallSampleByHand) {
  Tally tally;
  for (const double x : {2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0}) tally.add(x);
  EXPECT_EQ(tally.count(), 8u);
  EXPECT_EQ(tally.mean(), 5);
  EXPECT_NEAR(tally.variance(), 32.0 / 7, 1e-14);
  EXPECT_EQ(tally.min(), 2);
  EXPECT_EQ(tally.max(), 9);
}

TEST(Tally, OfNothingAndOfOne) {
  Tally tally;
  EXPECT_EQ(tally.mean(), 0);
  EXPECT_EQ(tally.variance(), 0);
  EXPECT_GT(tally.min(), tally.max());
  tally.add(-3);
  EXPECT_EQ(tally.mean(), -3);
  EXPECT_EQ(tally.variance(), 0);
  EXPECT_EQ(tally.min(), -3);
  EXPECT_EQ(tally.max(), -3);
}

TEST(Tally, KeepsASmallVarianceBesideALargeMean) {  // sums of squares would leave no digit
  Tally tally;
  for (int i = 0; i < 1000; ++i) tally.add(1e9 + (i % 2 == 0 ? 0.25 : -0.25));
  EXPECT_NEAR(tally.mean(), 1e9, 1e-6);
  EXPECT_NEAR(tally.variance(), 0.0625 * 1000 / 999, 1e-6);
}

TEST(Tally, EqualValuesHaveNoVariance) {
  Tally tally;
  for (int i = 0; i < 1000; ++i) tally.add(0.1);
  EXPECT_EQ(tally.mean(), 0.1);
  EXPECT_EQ(tally.variance(), 0);
}

TEST(Tally, MergeEqualsWhole) {
  const auto sample = draws(*Law::lognormal_mean_cv(3, 2), 10'000);
  for (const std::size_t cut :
       {std::size_t{0}, std::size_t{1}, std::size_t{3'333}, sample.size()}) {
    Tally whole, left, right;
    for (std::size_t i = 0; i < sample.size(); ++i) {
      whole.add(sample[i]);
      (i < cut ? left : right).add(sample[i]);
    }
    left.merge(right);
    EXPECT_EQ(left.count(), whole.count());
    EXPECT_NEAR(left.mean(), whole.mean(), 1e-13 * whole.mean());
    EXPECT_NEAR(left.variance(), whole.variance(), 1e-12 * whole.variance());
    EXPECT_EQ(left.min(), whole.min());
    EXPECT_EQ(left.max(), whole.max());
  }
}

}  // namespace
}  // namespace fleetsim
