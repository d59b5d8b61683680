#include "analytic/queueing/mmpp.h"

#include "analytic/queueing/erlang.h"
#include "analytic/queueing/gg1.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

TEST(Mmpp, OnePhaseIsMM1) {
  const MmppPhase poisson[] = {{0.8, 5}};
  const MmppSteady q = good(mmpp_m1(poisson, 1));
  const MmcSteady want = good(mmc({0.8, 1, 1}));
  expect_relative(q.means.wait, want.means.wait, 1e-12);
  expect_relative(q.decay, 0.8, 1e-13);
  expect_relative(q.burstiness, 1, 1e-12);
  expect_relative(q.wait_probability, 0.8, 1e-13);
  expect_relative(mmpp_present(q, 7), 0.2 * std::pow(0.8, 7), 1e-12);
  for (const double p : {0.1, 0.5, 0.999}) {
    EXPECT_NEAR(good(mmpp_wait_quantile(q, p)), good(mmc_wait_quantile(want, p)), 1e-9);
    expect_relative(good(mmpp_sojourn_quantile(q, p)), good(mmc_sojourn_quantile(want, p)), 1e-11);
  }
}

TEST(Mmpp, EqualPhasesArePoisson) {
  const MmppPhase phases[] = {{0.7, 3}, {0.7, 0.1}, {0.7, 40}};
  const MmppSteady q = good(mmpp_m1(phases, 1));
  expect_relative(q.means.present, 0.7 / 0.3, 1e-11);
  expect_relative(q.decay, 0.7, 1e-11);
}

TEST(Mmpp, OnOffIsARenewalProcess) {
  // Kuczura (1973): Poisson arrivals of rate a, switched on for a mean 1/f and off for 1/b, are a
  // renewal process with hyperexponential gaps of rates r1, r2. So the queue is H2/M/1.
  const double a = 3, f = 0.4, b = 0.2;
  const double sum = a + f + b, root = std::sqrt(sum * sum - 4 * a * b);
  const double r1 = (sum + root) / 2, r2 = (sum - root) / 2;
  const double p = (a - r2) / (r1 - r2);
  const Law gap = good(Law::hyperexponential({p, 1 - p}, {1 / r1, 1 / r2}));
  const double mu = 1.3;
  const Gm1Steady want = good(gm1(gap, mu));
  const MmppPhase phases[] = {{a, 1 / f}, {0, 1 / b}};
  const MmppSteady q = good(mmpp_m1(phases, mu));
  expect_relative(q.arrival_rate, 1 / gap.mean(), 1e-13);
  expect_relative(q.means.wait, want.means.wait, 1e-10);
  expect_relative(q.wait_probability, want.sigma, 1e-11);
  expect_relative(q.decay, want.sigma, 1e-11);
  for (const double level : {0.3, 0.9, 0.9999}) {
    EXPECT_NEAR(good(mmpp_wait_quantile(q, level)), good(gm1_wait_quantile(want, level)), 1e-8);
    expect_relative(good(mmpp_sojourn_quantile(q, level)), good(gm1_sojourn_quantile(want, level)),
                    1e-9);
  }
}

TEST(Mmpp, AgreesWithTheChain) {
  const MmppPhase phases[] = {{1.6, 4}, {0.1, 6}, {0.8, 2.5}};
  const double mu = 1.4;
  const std::size_t levels = 220;
  Chain chain(3 * levels);
  for (std::size_t n = 0; n < levels; ++n)
    for (std::size_t i = 0; i < 3; ++i) {
      chain.add(3 * n + i, 3 * n + (i + 1) % 3, 1 / phases[i].mean_stay);
      if (n + 1 < levels) chain.add(3 * n + i, 3 * (n + 1) + i, phases[i].rate);
      if (n > 0) chain.add(3 * n + i, 3 * (n - 1) + i, mu);
    }
  const auto p = chain.stationary();
  const MmppSteady q = good(mmpp_m1(phases, mu));
  double present = 0, idle_seen = 0;
  for (std::size_t n = 0; n < levels; ++n) {
    const double here = p[3 * n] + p[3 * n + 1] + p[3 * n + 2];
    present += static_cast<double>(n) * here;
    if (n < 40) expect_relative(mmpp_present(q, n), here, 1e-9);
  }
  for (std::size_t i = 0; i < 3; ++i) idle_seen += p[i] * phases[i].rate / q.arrival_rate;
  expect_relative(q.means.present, present, 1e-9);
  expect_relative(q.wait_probability, 1 - idle_seen, 1e-10);
  expect_relative(mmpp_present(q, 101) / mmpp_present(q, 100), q.decay, 1e-10);
}

TEST(Mmpp, RSolvesItsEquationAndLawsHaveTheirMeans) {
  const MmppPhase phases[] = {{5, 0.7}, {0.2, 3}};
  const MmppSteady q = good(mmpp_m1(phases, 1.5));
  const Matrix square = q.r * q.r;
  const double change[2][2] = {{-1 / 0.7, 1 / 0.7}, {1.0 / 3, -1.0 / 3}};
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t j = 0; j < 2; ++j) {
      double sum = i == j ? phases[i].rate : 0;
      for (std::size_t k = 0; k < 2; ++k)
        sum += q.r(i, k) * (change[k][j] - (k == j ? phases[k].rate + 1.5 : 0));
      EXPECT_NEAR(sum + 1.5 * square(i, j), 0, 1e-13);
    }
  double total = 0;
  for (std::uint64_t n = 0; n < 2'000; ++n) total += mmpp_present(q, n);
  EXPECT_NEAR(total, 1, 1e-11);
  const double wait = strips(
      [&](long double t) { return mmpp_wait_upper(q, static_cast<double>(t)); }, 0, 1'500, 1'500);
  const double sojourn =
      strips([&](long double t) { return mmpp_sojourn_upper(q, static_cast<double>(t)); }, 0, 1'500,
             1'500);
  expect_relative(wait, q.means.wait, 1e-9);
  expect_relative(sojourn, q.means.sojourn, 1e-9);
}

TEST(Mmpp, SlowerPhasesAreBurstier) {
  double before = 0;
  for (const double stay : {0.01, 0.1, 1.0, 10.0, 100.0}) {
    const MmppPhase phases[] = {{1.4, stay}, {0.2, stay}};
    const double factor = good(mmpp_m1(phases, 1)).burstiness;
    EXPECT_GT(factor, std::max(1.0, before));
    before = factor;
  }
  // Phases that alternate infinitely fast are Poisson at the mean rate.
  const MmppPhase fast[] = {{1.4, 1e-7}, {0.2, 1e-7}};
  expect_relative(good(mmpp_m1(fast, 1)).burstiness, 1, 1e-5);
}

TEST(Mmpp, FiniteAllOverItsDomain) {
  Sweep sweep(13);
  for (int i = 0; i < 300; ++i) {
    std::vector<MmppPhase> phases;
    double customers = 0, cycle = 0;
    for (int k = 0; k < 1 + i % 6; ++k) {
      phases.push_back({k % 3 == 1 ? 0 : sweep.log(1e-2, 1e2), sweep.log(1e-3, 1e3)});
      customers += phases.back().rate * phases.back().mean_stay;
      cycle += phases.back().mean_stay;
    }
    const double rho = i % 2 == 0 ? sweep.even(0.01, 1) : 1 - sweep.log(1e-4, 1);
    if (rho <= 0) continue;
    const MmppSteady q = good(mmpp_m1(phases, customers / cycle / rho));
    EXPECT_TRUE(std::isfinite(q.means.wait) && q.means.wait >= 0);
    EXPECT_TRUE(q.decay > 0 && q.decay < 1 + 1e-9);
    EXPECT_GE(q.burstiness, 1 - 1e-9);
    EXPECT_TRUE(q.wait_probability >= rho * (1 - 1e-6) && q.wait_probability <= 1 + 1e-9);
    const double level = sweep.even(0, 0.999);
    const double t = good(mmpp_sojourn_quantile(q, level));
    expect_relative(mmpp_sojourn_upper(q, t), 1 - level, 1e-7);
  }
}

TEST(Mmpp, NamesTheBrokenAssumption) {
  const MmppPhase busy[] = {{3, 1}, {0, 1}};
  expect_error(mmpp_m1(busy, 1.25), "MMPP/M/1 has no steady state: utilisation 1.2 >= 1");
  expect_error(mmpp_m1({}, 1), "at least one phase");
  const MmppPhase silent[] = {{0, 1}};
  expect_error(mmpp_m1(silent, 1), "mean arrival rate > 0");
  const MmppPhase negative[] = {{-1, 1}};
  expect_error(mmpp_m1(negative, 1), "rates > 0");
  const MmppPhase stuck[] = {{1, 0}};
  expect_error(mmpp_m1(stuck, 2), "mean stay > 0");
}

}  // namespace
}  // namespace fleetsim::analytic
