#include "sim/spread.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/interval.h"
#include "sim/law.h"

namespace fleetsim {
namespace {

TEST(Spread, TermsAverageToTheSampleDeviation) {
  const std::vector<double> values = {2, 4, 4, 4, 5, 5, 7, 9};  // mean 5, squares 32
  const Estimate s = t_interval(spread_terms(values), 0.95);
  EXPECT_DOUBLE_EQ(s.mean, std::sqrt(32.0 / 7));
  EXPECT_GT(s.half_width(), 0);
}

TEST(Spread, OfEqualValuesIsNothingAndOfOneUnknown) {
  for (const double term : spread_terms(std::vector{3.0, 3.0, 3.0})) EXPECT_EQ(term, 0);
  EXPECT_TRUE(std::isnan(spread_terms(std::vector{3.0})[0]));
}

TEST(Spread, BelongsToMetricsOfThatName) {
  const std::vector<double> values = {1, 3}, weights = {1, 3};
  EXPECT_EQ(metric_terms("a.std", values, weights), spread_terms(values));
  EXPECT_EQ(metric_terms("a.mean", values, {}), values);
  EXPECT_DOUBLE_EQ(t_interval(metric_terms("a.mean", values, weights), 0.95).mean, 2.5);
}

// Of 1000 intervals 95 % must hold the true deviation, up to five standard errors, for a law with
// a long tail (its kurtosis is 9) as for an even one.
TEST(Spread, IntervalCoversTheDeviation) {
  Stream stream = Chance{.seed = 1}.stream("spread");
  for (const auto& [law, deviation] :
       {std::pair{*Law::exponential(2), 2.0}, std::pair{*Law::uniform(0, 6), std::sqrt(3.0)}}) {
    int held = 0;
    for (int i = 0; i < 1000; ++i) {
      std::vector<double> values;
      for (int j = 0; j < 400; ++j) values.push_back(law.draw(stream));
      const Estimate e = t_interval(spread_terms(values), 0.95);
      held += e.low <= deviation && deviation <= e.high ? 1 : 0;
    }
    EXPECT_NEAR(held, 945, 35);
  }
}

}  // namespace
}  // namespace fleetsim
