#include "analytic/queueing/birth_death.h"

#include <numeric>

#include "analytic/queueing/numeric.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

TEST(BirthDeath, MachineRepairmanByHand) {
  // Two machines that fail at rate 1, one repairman of rate 2: p = (2, 2, 1) / 5.
  const auto p = good(birth_death(std::vector{2.0, 1.0}, std::vector{2.0, 2.0}));
  EXPECT_NEAR(p[0], 0.4, 1e-15);
  EXPECT_NEAR(p[1], 0.4, 1e-15);
  EXPECT_NEAR(p[2], 0.2, 1e-15);
}

TEST(BirthDeath, AgreesWithAGeneralChain) {
  Sweep sweep(1);
  std::vector<double> birth, death;
  Chain chain(60);
  for (std::size_t k = 0; k + 1 < 60; ++k) {
    birth.push_back(sweep.log(1e-3, 1e3));
    death.push_back(sweep.log(1e-3, 1e3));
    chain.add(k, k + 1, birth.back());
    chain.add(k + 1, k, death.back());
  }
  const auto p = good(birth_death(birth, death));
  const auto want = chain.stationary();
  for (std::size_t k = 0; k < p.size(); ++k) expect_relative(p[k], want[k], 1e-12);
}

TEST(BirthDeath, MillionStatesKeepTheirDigits) {
  // M/M/infinity at load 5e5: Poisson, whose unscaled products would reach e^500000.
  const std::size_t n = 1'000'000;
  std::vector<double> birth(n, 5e5), death(n);
  std::iota(death.begin(), death.end(), 1.0);
  const auto p = good(birth_death(birth, death));
  for (const std::uint64_t k : {495'000u, 499'999u, 500'000u, 505'000u})
    expect_relative(p[k], poisson_pmf(k, 5e5), 1e-10);
  EXPECT_EQ(p[0], 0);
}

TEST(BirthDeath, ExtremeRatesAndABarrierAreNoTrouble) {
  const auto p =
      good(birth_death(std::vector{1e300, 1e-300, 0.0}, std::vector{1e-300, 1e300, 1.0}));
  EXPECT_NEAR(p[1], 1, 1e-15);
  EXPECT_EQ(p[0], 0);
  EXPECT_EQ(p[3], 0);
  EXPECT_EQ(good(birth_death({}, {})).size(), 1u);
}

TEST(BirthDeath, RefusesWhatIsNoChain) {
  expect_error(birth_death(std::vector{1.0}, {}), "as many births as deaths");
  expect_error(birth_death(std::vector{-1.0}, std::vector{1.0}), "births >= 0");
  expect_error(birth_death(std::vector{1.0}, std::vector{0.0}), "deaths > 0");
  expect_error(birth_death(std::vector{std::nan("")}, std::vector{1.0}), "births >= 0");
}

TEST(Numeric, PoissonAndErlangMixture) {
  double sum = 0;
  for (std::uint64_t n = 0; n < 200; ++n) sum += poisson_pmf(n, 60);
  EXPECT_NEAR(sum, 1, 1e-13);
  expect_relative(
      poisson_upper(80, 60),
      1 -
          [] {
            double below = 0;
            for (std::uint64_t n = 0; n < 80; ++n) below += poisson_pmf(n, 60);
            return below;
          }(),
      1e-11);
  // A geometric mixture of Erlang laws is exponential: weights (1-r) r^n give e^{-(1-r) x}.
  std::vector<double> upper(4000);
  for (std::size_t n = 0; n < upper.size(); ++n) upper[n] = std::pow(0.98, static_cast<double>(n));
  for (const double x : {0.0, 0.3, 7.0, 100.0, 1000.0})
    expect_relative(erlang_mixture_upper(upper, x), std::exp(-0.02 * x), 1e-11);
  EXPECT_EQ(erlang_mixture_upper({}, 1), 0);
}

TEST(Numeric, RootsAndIntegrals) {
  EXPECT_NEAR(root([](double x) { return x * x - 2; }, 0, 2), std::sqrt(2.0), 1e-15);
  EXPECT_NEAR(crossing([](double x) { return 1000 - x; }, 1e-3), 1000, 1e-10);
  EXPECT_EQ(crossing([](double x) { return -1 - x; }, 1), 0);
  EXPECT_NEAR(integral([](double x) { return std::sqrt(x); }, 0, 1, 1e-10), 2.0 / 3, 1e-10);
}

}  // namespace
}  // namespace fleetsim::analytic
