#include "sim/pooled_mean.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "sim/interval.h"
#include "sim/stream.h"

namespace fleetsim {
namespace {

double mean(const std::vector<double>& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

TEST(PooledMean, TermsAverageToTheMeanOverEverybody) {
  const std::vector<double> values = {1, 4, 2.5}, weights = {10, 1, 4};
  EXPECT_DOUBLE_EQ(mean(pooled_terms(values, weights)), (10 + 4 + 10) / 15.0);
}

TEST(PooledMean, EqualWeightsGiveTheValuesBack) {
  const std::vector<double> values = {1, 4, 2.5}, weights = {7, 7, 7};
  const std::vector<double> terms = pooled_terms(values, weights);
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_DOUBLE_EQ(terms[i], values[i]);
}

TEST(PooledMean, NobodySeenAddsNothing) {
  const double nothing = std::nan("");
  EXPECT_DOUBLE_EQ(mean(pooled_terms(std::vector{3.0, nothing, 5.0}, std::vector{1.0, 0.0, 3.0})),
                   4.5);
  EXPECT_TRUE(std::isnan(pooled_terms(std::vector{nothing}, std::vector{0.0})[0]));
}

// Replications in which few came, and the more came the longer they waited: w is uniform on 1..9
// and v = w + noise, so the mean over everybody is E[w^2] / E[w] = 19/3, where the plain mean of v
// is 5. Of 2000 intervals 95 % must hold it, up to four standard errors (2 %).
TEST(PooledMean, IntervalCoversTheMeanOverEverybody) {
  Stream stream = Chance{.seed = 1}.stream("pooled mean");
  int covered = 0;
  for (int experiment = 0; experiment < 2000; ++experiment) {
    std::vector<double> values, weights;
    for (int i = 0; i < 60; ++i) {
      weights.push_back(std::floor(1 + 9 * stream.uniform()));
      const double noise = stream.uniform() - 0.5;
      values.push_back(weights.back() + noise);
    }
    const Estimate e = t_interval(pooled_terms(values, weights), 0.95);
    covered += e.low <= 19.0 / 3 && 19.0 / 3 <= e.high ? 1 : 0;
  }
  EXPECT_NEAR(covered / 2000.0, 0.95, 0.02);
}

}  // namespace
}  // namespace fleetsim
