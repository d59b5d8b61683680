#include <numeric>

#include "analytic/exact/binomial.h"
#include "analytic/exact/ensembles.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

// The book's labs, acceptance point 7: any of five at 0.9, majority of five at 0.9 and 0.99, ten at
// 0.99 any-correct and by majority.
TEST(Ensemble, PublishedFailures) {
  expect_relative(good(any_of(5, 0.9)).failure, 1e-5, 1e-12);
  EXPECT_NEAR(good(majority_of({5, 0.9, 0})).failure, 8.56e-3, 5e-6);
  EXPECT_NEAR(good(majority_of({5, 0.99, 0})).failure, 9.85e-6, 5e-9);
  expect_relative(good(any_of(10, 0.99)).failure, 1e-20, 1e-12);
  // The labs give 2e-10 for "majority of ten", which counts six failures; five more is a tie.
  expect_relative(binomial_upper(10, 6, 0.01), 2.0e-10, 0.03);
}

TEST(Ensemble, MajorityByCountingCases) {
  for (const int members : {1, 2, 3, 6, 7}) {
    double success = 0;
    for (unsigned right = 0; right < (1U << members); ++right) {
      const int count = __builtin_popcount(right);
      if (2 * count > members) success += std::pow(0.7, count) * std::pow(0.3, members - count);
    }
    const Verdict out = good(majority_of({members, 0.7, 0}));
    expect_relative(out.success, success, 1e-12);
    expect_relative(out.failure, 1 - success, 1e-11);
  }
}

// The book's lab V2-17, part 3: rho 0.05, 0.1, 0.3: all five fail 1.5e-4, 6.1e-4, 7.7e-3;
// majority 1.9, 2.9, 6.3%.
TEST(Ensemble, PublishedCorrelatedFailures) {
  const double rho[] = {0.05, 0.1, 0.3};
  const double all[] = {1.5e-4, 6.1e-4, 7.7e-3};
  const double majority[] = {0.019, 0.029, 0.063};
  for (std::size_t i = 0; i < 3; ++i) {
    expect_relative(good(any_of_correlated({5, 0.9, rho[i]})).failure, all[i], 0.04);
    EXPECT_NEAR(good(majority_of({5, 0.9, rho[i]})).failure, majority[i], 1.1e-3);
  }
}

TEST(Ensemble, BetaBinomialIsTheMixtureItClaims) {
  // Over the beta density of p by quadrature; both shapes above 1 so that it is smooth.
  const double p = 0.6, rho = 0.1;
  const double a = p * (1 - rho) / rho, b = (1 - p) * (1 - rho) / rho;
  const double scale = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b));
  const auto law = beta_binomial(7, p, rho);
  for (int k = 0; k <= 7; ++k) {
    const double choose =
        std::round(std::exp(std::lgamma(8) - std::lgamma(k + 1) - std::lgamma(8 - k)));
    const double mixed = strips(
        [&](long double x) {
          const auto y = static_cast<double>(x);
          return choose * scale * std::pow(y, k + a - 1) * std::pow(1 - y, 7 - k + b - 1);
        },
        0, 1, 2000);
    expect_relative(law[static_cast<std::size_t>(k)], mixed, 1e-9);
  }
  // No correlation, nearly: the binomial.
  expect_relative(good(any_of_correlated({5, 0.9, 1e-9})).failure, 1e-5, 1e-6);
  expect_error(majority_of({5, 0.9, 1}), "correlation");
}

// The book's lab V2-17, part 3: gains of 100, 20 and 10 for beta of 1, 5 and 10%.
TEST(CommonCause, PublishedGains) {
  const double beta[] = {0.01, 0.05, 0.1};
  const double gain[] = {100, 20, 10};
  for (std::size_t i = 0; i < 3; ++i)
    expect_relative(good(with_common_cause({1e-10, 0.01, beta[i]})).gain, gain[i], 1e-5);
  const CommonCauseFailure none = good(with_common_cause({1e-10, 0.01, 0}));
  EXPECT_EQ(none.failure, 1e-10);
  expect_error(with_common_cause({0, 0.01, 0}), "beta");
}

TEST(Sybil, HypergeometricByCountingCommittees) {
  // Five of eight drawn, three hostile: choose by choose.
  const auto choose = [](double n, double k) {
    return std::round(std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1)));
  };
  const double two_or_more =
      (choose(3, 2) * choose(5, 3) + choose(3, 3) * choose(5, 2)) / choose(8, 5);
  expect_relative(good(sybil_capture({8, 3, 5, 2})), two_or_more, 1e-13);
  const auto certain = hypergeometric(10, 8, 5);  // at least three are marked
  EXPECT_EQ(certain[2], 0);
  expect_relative(std::accumulate(certain.begin(), certain.end(), 0.0), 1, 1e-14);
  EXPECT_EQ(good(sybil_capture({10, 0, 5, 1})), 0);
  EXPECT_EQ(good(sybil_capture({10, 10, 5, 5})), 1);
}

// The book's lab V2-17, missions, edge guardian: 9.2% hostile identities among ten million, K = 25,
// and honest members wrong 2% of the time: wrong-majority 4.9e-7. With a crowd that large a draw is
// binomial.
TEST(Sybil, ALargeCrowdIsBinomial) {
  const double wrong = 0.092 + (1 - 0.092) * 0.02;
  expect_relative(good(sybil_capture({10'000'000, std::llround(wrong * 1e7), 25, 13})), 4.9e-7,
                  0.05);
  expect_relative(good(sybil_capture({100'000'000, 9'200'000, 25, 13})),
                  binomial_upper(25, 13, 0.092), 1e-4);
}

TEST(Sybil, ToleranceIsTheLastThatHolds) {
  const Committee committee{1000, 0, 25, 13};
  const std::int64_t most = good(sybil_tolerance(committee, 1e-5));
  EXPECT_LE(good(sybil_capture({1000, most, 25, 13})), 1e-5);
  EXPECT_GT(good(sybil_capture({1000, most + 1, 25, 13})), 1e-5);
  expect_error(sybil_tolerance(committee, 0), "target");
  expect_error(sybil_capture({10, 11, 5, 3}), "hostile");
}

// The book's lab V2-17, missions: 33.7 rounds for a million.
TEST(Gossip, RoundsPublishedAndPlayedOut) {
  EXPECT_NEAR(good(gossip_rounds(1'000'000)), 33.7, 0.06);
  EXPECT_EQ(good(gossip_rounds(1)), 0);
  Stream stream = Chance{.seed = 3}.stream("tests.gossip");
  const std::size_t n = 4096;
  double rounds = 0;
  for (int run = 0; run < 20; ++run) {
    std::vector<bool> knows(n);
    knows[0] = true;
    for (std::size_t informed = 1; informed < n; ++rounds) {
      std::vector<std::size_t> called;
      for (std::size_t i = 0; i < n; ++i)
        if (knows[i]) called.push_back(static_cast<std::size_t>(stream.uniform() * 4096));
      for (const std::size_t to : called) informed += knows[to] ? 0U : 1U, knows[to] = true;
    }
  }
  EXPECT_NEAR(rounds / 20, good(gossip_rounds(n)), 2);  // within O(1)
}

}  // namespace
}  // namespace fleetsim::analytic
