#include <gtest/gtest.h>

#include <cmath>

#include "analytic/exact/slow_nodes.h"
#include "analytic/exact/stock.h"
#include "analytic/queueing/numeric.h"

namespace fleetsim::analytic {
namespace {

// With a check of exponential time the node is a Markov chain of two states.
TEST(SlowNodes, AreAChainWhereChecksAreMemoryless) {
  for (const double r : {1e-6, 0.01, 3.0})
    for (const double mu : {0.0, 0.02, 1.0})
      for (const double d : {0.001, 0.5}) {
        const SlowNode node = slow_node(r, mu, *Law::exponential(1 / d));
        const double slow = r / (r + d + mu);
        EXPECT_NEAR(node.slow / slow, 1, 1e-12);
        EXPECT_NEAR(node.found / (d * slow), 1, 1e-12);
        EXPECT_NEAR(node.stay * (d + mu), 1, 1e-12);
      }
}

// A check that comes surely: r D / (1 + r D). One that never comes: r / (r + mu). And one that
// comes far too late is as good as none.
TEST(SlowNodes, HaveTheirLimits) {
  const SlowNode sure = slow_node(0.25, 0, *Law::constant(4));
  EXPECT_DOUBLE_EQ(sure.slow, 0.5);
  EXPECT_DOUBLE_EQ(sure.found, 0.125);
  const SlowNode never = slow_node(0.25, 0.5, {}), late = slow_node(0.25, 0.5, *Law::constant(200));
  EXPECT_DOUBLE_EQ(never.slow, 1.0 / 3);
  EXPECT_EQ(never.found, 0);
  EXPECT_NEAR(late.slow, never.slow, 1e-12);
  EXPECT_LT(late.found, 1e-40);
  EXPECT_EQ(slow_node(0, 0, *Law::constant(4)).slow, 0);
}

// The pace over all numbers of slow nodes, one by one.
TEST(SlowNodes, MakeAJobSlow) {
  for (const double p : {1e-9, 0.02, 0.6})
    for (const std::int64_t n : {1, 7, 40}) {
      double pace = 0, some = 0;
      for (std::int64_t k = 0; k <= n; ++k) {
        const double nd = static_cast<double>(n), kd = static_cast<double>(k);
        const double choose =
            std::exp(std::lgamma(nd + 1) - std::lgamma(kd + 1) - std::lgamma(nd - kd + 1));
        const double chance = choose * std::pow(p, kd) * std::pow(1 - p, nd - kd);
        pace += chance * (k > 0 ? 0.4 : 1);
        if (k > 0) some += chance;
      }
      EXPECT_NEAR(slow_job(n, p, 2.5).pace, pace, 1e-13);
      EXPECT_NEAR(slow_job(n, p, 2.5).slowed / some, 1, 1e-12);
      EXPECT_EQ(slow_job(n, p, 1).pace, 1);
    }
}

// Sherbrooke's sum term by term; and an empty shelf, where all that is ordered is waited for.
TEST(Stock, IsWhatIsOrderedBeyondIt) {
  for (const double mean : {0.01, 2.0, 30.0})
    for (const std::uint64_t stock : {0u, 1u, 5u, 40u}) {
      double waiting = 0, empty = 0;
      for (std::uint64_t k = stock; k < stock + 400; ++k) {
        const double p = poisson_pmf(k, mean);
        waiting += static_cast<double>(k - stock) * p;
        empty += p;
      }
      const Stock found = stock_of_parts(mean / 8, 8, stock);
      EXPECT_NEAR(found.waiting / waiting, 1, 1e-10) << mean << ' ' << stock;
      EXPECT_NEAR(found.short_of / empty, 1, 1e-10) << mean << ' ' << stock;
    }
  EXPECT_NEAR(stock_of_parts(3, 4, 0).waiting, 12, 1e-12);
  EXPECT_EQ(stock_of_parts(3, 0, 0).waiting, 0);
  EXPECT_EQ(stock_of_parts(0, 5, 2).waiting, 0);
}

}  // namespace
}  // namespace fleetsim::analytic
