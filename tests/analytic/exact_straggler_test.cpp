#include "analytic/exact/straggler.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

TEST(Straggler, HarmonicNumbersAgreeWithTheirSums) {
  long double sum = 0;
  for (int n = 1; n <= 100'000; ++n) {
    sum += 1.0L / n;
    if (n == 1 || n == 99 || n == 100 || n == 101 || n == 100'000)
      expect_relative(harmonic(n), static_cast<double>(sum), 1e-14);
  }
  EXPECT_EQ(harmonic(0), 0);
}

TEST(Straggler, ExponentialIsExactAndByQuadrature) {
  const Law law = good(Law::exponential(2));
  for (const std::int64_t n : {1, 2, 8, 1000, 1'000'000}) {
    const double exact = good(slowest_exponential(n, 2));
    expect_relative(exact, 2 * harmonic(n), 1e-14);
    expect_relative(good(order_statistic(law, n, n)), exact, 1e-9);
  }
  // The m-th of n: differences of harmonic numbers.
  expect_relative(good(order_statistic(law, 100, 130)), 2 * (harmonic(130) - harmonic(30)), 1e-9);
  expect_relative(good(order_statistic(law, 1, 64)), 2.0 / 64, 1e-8);
}

TEST(Straggler, UniformOrderStatisticsAreLinear) {
  const Law law = good(Law::uniform(3, 5));
  for (const std::int64_t m : {1, 7, 10})
    expect_relative(good(order_statistic(law, m, 10)), 3 + 2 * static_cast<double>(m) / 11, 1e-9);
}

TEST(Straggler, LognormalMatchesDrawsAndBlomIsNear) {
  const Law law = good(Law::lognormal(0, 0.5));
  Stream stream = Chance{.seed = 2}.stream("tests.straggler");
  const int runs = 20'000, n = 64;
  double sum = 0, squares = 0;
  for (int run = 0; run < runs; ++run) {
    double slowest = 0;
    for (int i = 0; i < n; ++i) slowest = std::max(slowest, law.draw(stream));
    sum += slowest;
    squares += slowest * slowest;
  }
  const double mean = sum / runs;
  const double error = std::sqrt((squares / runs - mean * mean) / runs);
  const double exact = good(order_statistic(law, n, n));
  EXPECT_NEAR(mean, exact, 4 * error);
  expect_relative(good(blom_slowest_lognormal(n, 0, 0.5)), exact, 0.06);
  EXPECT_LT(good(blom_slowest_lognormal(n, 0, 0.5)), exact);  // a median-like point of a skew law
}

TEST(FederatedRound, MatchesRoundsPlayedOut) {
  const Law law = good(Law::lognormal(1, 0.8));
  const FederatedRound plan{13, 10, 0.15};
  Stream stream = Chance{.seed = 8}.stream("tests.federated");
  int done = 0;
  double sum = 0, squares = 0;
  const int runs = 60'000;
  for (int run = 0; run < runs; ++run) {
    std::vector<double> answers;
    for (int i = 0; i < 13; ++i) {
      const bool drops = stream.uniform() < 0.15;
      const double answer = law.draw(stream);
      if (!drops) answers.push_back(answer);
    }
    if (answers.size() < 10) continue;
    std::nth_element(answers.begin(), answers.begin() + 9, answers.end());
    ++done;
    sum += answers[9];
    squares += answers[9] * answers[9];
  }
  const RoundTime out = good(federated_round(law, plan));
  EXPECT_NEAR(static_cast<double>(done) / runs, out.done, 0.006);
  const double mean = sum / done;
  EXPECT_NEAR(mean, out.time, 4 * std::sqrt((squares / done - mean * mean) / done));
}

TEST(FederatedRound, WithoutDropOutsIsTheOrderStatistic) {
  const Law law = good(Law::gamma_mean_cv(10, 0.5));
  const RoundTime out = good(federated_round(law, {40, 30, 0}));
  EXPECT_EQ(out.done, 1);
  expect_relative(out.time, good(order_statistic(law, 30, 40)), 1e-9);
  expect_error(federated_round(law, {10, 11, 0}), "needed");
  expect_error(federated_round(law, {10, 10, 0.9}), "asked");
  expect_error(order_statistic(good(Law::constant(0)), 1, 1), "mean time");
}

}  // namespace
}  // namespace fleetsim::analytic
