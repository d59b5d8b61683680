#include "sim/pooled_quantile.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/law.h"
#include "sim/tally.h"

namespace fleetsim {
namespace {

// Sections of n values of an AR(1)-like kind: each value is the last one again with probability
// `repeat`, else a fresh exponential; so neighbours depend, and the law stays exponential.
std::vector<QuantileSketch> sections(std::uint32_t experiment, std::size_t count, int n,
                                     double repeat) {
  std::vector<QuantileSketch> out(count);
  const Law law = *Law::exponential(1);
  for (std::uint32_t s = 0; s < count; ++s) {
    Stream chance = Chance{.seed = experiment, .replication = s}.stream("test.pooled");
    double x = law.draw(chance);
    for (int i = 0; i < n; ++i) {
      if (chance.uniform() >= repeat) x = law.draw(chance);
      out[s].add(x);
    }
  }
  return out;
}

// 500 experiments each: a right 95 % interval covers between 92 and 98 % of them. Each section of
// 400 dependent values holds about 4 beyond the 99 % quantile.
TEST(PooledQuantile, CoversTheTruth) {
  for (const double p : {0.5, 0.9, 0.99}) {
    int covered = 0;
    Tally off;
    for (std::uint32_t e = 1; e <= 500; ++e) {
      const std::vector<QuantileSketch> seen = sections(e, 20, 400, 0.5);
      const Estimate q = pooled_quantile(seen, p, 0.95);
      const double truth = -std::log(1 - p);
      covered += q.low <= truth && truth <= q.high ? 1 : 0;
      off.add(q.mean / truth - 1);
    }
    EXPECT_GE(covered, 460) << p;
    EXPECT_LE(covered, 490) << p;
    EXPECT_LT(std::abs(off.mean()), 0.006) << p;
  }
}

// The mean of the sections' own quantiles is off by several percent here: 200 values know little of
// one in a thousand. Pooled, the bias is gone.
TEST(PooledQuantile, ShortSectionsLeaveNoBias) {
  const std::vector<QuantileSketch> seen = sections(7, 2000, 200, 0);
  const double truth = std::log(1000.0);
  double mean_of_quantiles = 0;
  for (const QuantileSketch& s : seen) mean_of_quantiles += s.quantile(0.999) / 2000;
  const Estimate q = pooled_quantile(seen, 0.999, 0.999);
  EXPECT_GT(std::abs(mean_of_quantiles / truth - 1), 0.1);
  EXPECT_LE(q.low, truth);
  EXPECT_GE(q.high, truth);
  EXPECT_LT(q.half_width() / truth, 0.03);
}

TEST(PooledQuantile, SaysWhenItDoesNotKnow) {
  const std::vector<QuantileSketch> one = sections(1, 1, 100, 0);
  EXPECT_TRUE(std::isinf(pooled_quantile(one, 0.5, 0.95).high));
  EXPECT_TRUE(std::isinf(pooled_quantile(one, 0.5, 0.95).low));
  const std::vector<QuantileSketch> few = sections(1, 3, 10, 0);
  EXPECT_TRUE(std::isinf(pooled_quantile(few, 0.999, 0.95).high));
  const std::vector<QuantileSketch> none(3);
  EXPECT_TRUE(std::isnan(pooled_quantile(none, 0.5, 0.95).mean));
  std::vector<QuantileSketch> equal(5);
  for (QuantileSketch& s : equal)
    for (int i = 0; i < 100; ++i) s.add(2.0);
  const Estimate q = pooled_quantile(equal, 0.5, 0.95);
  EXPECT_DOUBLE_EQ(q.mean, 2);
  EXPECT_DOUBLE_EQ(q.half_width(), 0);
}

}  // namespace
}  // namespace fleetsim
