#include "analytic/queueing/dense.h"

#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

TEST(Dense, InverseByHand) {
  // [[2, -1], [-1, 3]] has row sums 1 and 2, and the inverse [[3, 1], [1, 2]] / 5.
  Matrix rate(2);
  rate(0, 1) = 1, rate(1, 0) = 1;
  const auto x = inverse(rate, {1, 2});
  ASSERT_TRUE(x.has_value());
  EXPECT_NEAR((*x)(0, 0), 0.6, 1e-15);
  EXPECT_NEAR((*x)(0, 1), 0.2, 1e-15);
  EXPECT_NEAR((*x)(1, 0), 0.2, 1e-15);
  EXPECT_NEAR((*x)(1, 1), 0.4, 1e-15);
}

TEST(Dense, InverseTimesMatrixIsTheIdentity) {
  Sweep sweep(15);
  for (std::size_t n = 1; n < 9; ++n) {
    Matrix rate(n), a(n);
    std::vector<double> exit;
    for (std::size_t i = 0; i < n; ++i) {
      exit.push_back(sweep.log(1e-3, 1));
      a(i, i) = exit[i];
      for (std::size_t j = 0; j < n; ++j) {
        if (j == i) continue;
        rate(i, j) = sweep.log(1e-3, 1e3);
        a(i, j) = -rate(i, j);
        a(i, i) += rate(i, j);
      }
    }
    const auto x = inverse(rate, exit);
    ASSERT_TRUE(x.has_value());
    const Matrix one = a * *x;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) EXPECT_NEAR(one(i, j), i == j ? 1 : 0, 1e-8);
  }
}

TEST(Dense, NothingComesOfAChainWithoutAWayOut) {
  Matrix rate(3);
  rate(0, 1) = 1, rate(1, 2) = 1, rate(2, 1) = 1;
  EXPECT_FALSE(inverse(rate, {1, 0, 0}).has_value());
}

TEST(Dense, StationaryLawOfAStiffCycleKeepsItsDigits) {
  // A cycle's shares of time are proportional to its mean stays, over 30 decades here.
  const double stay[] = {1, 1e-15, 1e15};
  Matrix rate(3);
  for (std::size_t i = 0; i < 3; ++i) rate(i, (i + 1) % 3) = 1 / stay[i];
  const auto share = stationary(rate);
  for (std::size_t i = 0; i < 3; ++i) expect_relative(share[i], stay[i] / (1e15 + 1), 1e-14);
}

}  // namespace
}  // namespace fleetsim::analytic
