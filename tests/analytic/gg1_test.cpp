#include "analytic/queueing/gg1.h"

#include <boost/math/special_functions/lambert_w.hpp>

#include "analytic/queueing/erlang.h"
#include "analytic/queueing/mg1.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

TEST(Gm1, DeterministicArrivalsByLambertsFunction) {
  // sigma = e^{-(1 - sigma) / rho} is solved by -rho W(-e^{-1/rho} / rho). At rho = 1/2 it is the
  // chance that a Poisson(2) family dies out, 0.20319 in any book on branching processes.
  for (const double rho : {0.1, 0.5, 0.8, 0.95, 0.99}) {
    const double sigma = -rho * boost::math::lambert_w0(-std::exp(-1 / rho) / rho);
    const Gm1Steady q = good(gm1(good(Law::constant(1 / rho)), 1));
    expect_relative(q.sigma, sigma, 1e-11);
    expect_relative(q.means.wait, sigma / (1 - sigma), 1e-10);
  }
  EXPECT_NEAR(good(gm1(good(Law::constant(2)), 1)).sigma, 0.20319, 5e-6);
}

TEST(Gm1, ErlangArrivalsByTheirQuadratic) {
  // E_2/M/1: past sigma = 1 the cubic leaves sigma^2 - (1 + 2 b) sigma + b^2 = 0, b = 2 rho.
  for (const double rho : {0.2, 0.7, 0.99}) {
    const double b = 2 * rho;
    const double sigma = (1 + 2 * b - std::sqrt(1 + 4 * b)) / 2;
    expect_relative(good(gm1(good(Law::gamma(2, 1 / (2 * rho))), 1)).sigma, sigma, 1e-12);
  }
}

TEST(Gm1, PoissonArrivalsAreMM1) {
  const MmcSteady want = good(mmc({0.9, 1, 1}));
  const Gm1Steady q = good(gm1(good(Law::exponential(1 / 0.9)), 1));
  expect_relative(q.sigma, 0.9, 1e-13);
  expect_relative(q.means.wait, want.means.wait, 1e-12);
  for (const double p : {0.05, 0.5, 0.999}) {
    EXPECT_NEAR(good(gm1_wait_quantile(q, p)), good(mmc_wait_quantile(want, p)), 1e-10);
    expect_relative(good(gm1_sojourn_quantile(q, p)), good(mmc_sojourn_quantile(want, p)), 1e-12);
  }
}

TEST(Gm1, AgreesWithTheChainForErlangArrivals) {
  // E_3/M/1 in phases: state = 3 (present) + phases done; time averages and customers' means.
  const double lambda = 0.8, mu = 1;
  const std::size_t levels = 130;
  Chain chain(3 * levels);
  for (std::size_t s = 0; s < 3 * levels; ++s) {
    if (s + 1 < 3 * levels) chain.add(s, s + 1, 3 * lambda);
    if (s >= 3) chain.add(s, s - 3, mu);
  }
  const auto p = chain.stationary();
  double present = 0;
  for (std::size_t s = 0; s < p.size(); ++s) present += static_cast<double>(s / 3) * p[s];
  const Gm1Steady q = good(gm1(good(Law::gamma(3, 1 / (3 * lambda))), mu));
  expect_relative(q.means.present, present, 1e-11);
}

TEST(Gm1, RootSolvesItsEquationForEveryLaw) {
  const std::vector<Law> laws{good(Law::uniform(0, 2)),
                              good(Law::gamma_mean_cv(1, 0.3)),
                              good(Law::weibull_mean_cv(1, 2)),
                              good(Law::lognormal_mean_cv(1, 3)),
                              good(Law::pareto(1.5, 0.1, 1e4)),
                              good(Law::hyperexponential_mean_cv(1, 5)),
                              good(Law::empirical({0, 1, 4}, {2, 1, 1}))};
  for (const Law& law : laws) {
    double before = 0;
    for (const double rho : {0.05, 0.5, 0.95}) {
      const double mu = 1 / (rho * law.mean());
      const Gm1Steady q = good(gm1(law, mu));
      EXPECT_NEAR(law.laplace(mu * (1 - q.sigma)), q.sigma, 1e-9) << law.name();
      EXPECT_GT(q.sigma, before) << law.name();
      before = q.sigma;
    }
  }
}

TEST(GG1, KingmanBoundsAndMarchalApproximates) {
  const Law service = good(Law::exponential(1));
  for (const double rho : {0.3, 0.8, 0.97})
    for (const double cv : {0.0, 0.5, 2.0}) {
      const Law gap =
          cv == 0 ? good(Law::constant(1 / rho)) : good(Law::gamma_mean_cv(1 / rho, cv));
      const double exact = good(gm1(gap, 1)).means.wait;
      EXPECT_GE(good(kingman_wait_bound(gap, service)), exact);
      if (rho > 0.9) expect_relative(good(marchal_wait(gap, service)), exact, 0.05);
    }
  // Kingman in numbers: lambda 0.8, variances 0 and 1: 0.8 * 1 / (2 * 0.2) = 2.
  expect_relative(good(kingman_wait_bound(good(Law::constant(1.25)), service)), 2, 1e-12);
}

TEST(GG1, MarchalIsExactForPoissonArrivals) {
  for (const double cv : {0.2, 1.0, 4.0})
    for (const double rho : {0.1, 0.9}) {
      const Law service = good(Law::gamma_mean_cv(2, cv));
      const double got = good(marchal_wait(good(Law::exponential(2 / rho)), service));
      expect_relative(got, good(mg1_fcfs(rho / 2, service)).wait, 1e-12);
    }
}

TEST(GG1, FiniteAllOverItsDomain) {
  Sweep sweep(7);
  for (int i = 0; i < 400; ++i) {
    const double mean = sweep.log(1e-6, 1e6);
    const Law gap = good(Law::gamma_mean_cv(mean, sweep.log(0.05, 20)));
    const double rho = i % 2 == 0 ? sweep.even(0, 1) : 1 - sweep.log(1e-6, 1);
    if (rho < 1e-3 || rho >= 1) continue;
    const Gm1Steady q = good(gm1(gap, 1 / (rho * gap.mean())));
    EXPECT_TRUE(q.sigma >= 0 && q.sigma < 1);
    EXPECT_TRUE(std::isfinite(q.means.wait) && q.means.wait >= 0);
    EXPECT_GE(good(gm1_sojourn_quantile(q, 0.9)), good(gm1_wait_quantile(q, 0.9)));
  }
}

TEST(GG1, NamesTheBrokenAssumption) {
  const Law one = good(Law::constant(1));
  expect_error(gm1(one, 0.8), "G/M/1 has no steady state: utilisation 1.25 >= 1");
  expect_error(gm1(one, 0), "service rate > 0");
  expect_error(kingman_wait_bound(one, one), "G/G/1 has no steady state");
  expect_error(marchal_wait(one, good(Law::constant(2))), "utilisation 2 >= 1");
  expect_error(gm1(good(Law::constant(0)), 1), "mean time between arrivals > 0");
  expect_error(gm1_wait_quantile(good(gm1(one, 2)), 1), "level");
}

}  // namespace
}  // namespace fleetsim::analytic
