#include "analytic/queueing/erlang.h"

#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

// The textbook's recursion B_k = a B / (k + a B), in long double.
double erlang_b_by_recursion(std::uint64_t servers, long double load) {
  long double b = 1;
  for (std::uint64_t k = 1; k <= servers; ++k)
    b = load * b / (static_cast<long double>(k) + load * b);
  return static_cast<double>(b);
}

TEST(ErlangB, TrafficTables) {
  // Loads that 1% blocking allows, from the standard table (four digits).
  expect_relative(good(erlang_b(1, 0.0101)), 0.01, 2e-3);
  expect_relative(good(erlang_b(10, 4.461)), 0.01, 1e-3);
  expect_relative(good(erlang_b(20, 12.03)), 0.01, 2e-3);
  expect_relative(good(erlang_b(100, 84.06)), 0.01, 1e-3);
  expect_relative(good(erlang_b(2, 1)), 0.2, 1e-15);  // (1/2) / (1 + 1 + 1/2)
  EXPECT_EQ(good(erlang_b(0, 3)), 1);
  EXPECT_EQ(good(erlang_b(5, 0)), 0);
}

TEST(ErlangB, AgreesWithRecursionAtEveryLoad) {
  for (const std::uint64_t c : {1u, 2u, 7u, 64u, 1'000u, 20'000u})
    for (const double rho : {0.01, 0.3, 0.7, 0.97, 0.9999, 1.0, 1.0001, 1.1, 3.0, 50.0}) {
      const double want = erlang_b_by_recursion(c, rho * static_cast<double>(c));
      if (want > 1e-280)
        expect_relative(good(erlang_b(c, rho * static_cast<double>(c))), want, 1e-11,
                        "c = " + std::to_string(c) + ", rho = " + std::to_string(rho));
    }
}

TEST(ErlangB, HundredThousandServers) {
  const std::uint64_t c = 100'000;
  for (const double a : {90'000.0, 99'000.0, 99'700.0, 100'000.0, 101'000.0, 300'000.0})
    expect_relative(good(erlang_b(c, a)), erlang_b_by_recursion(c, a), 1e-10);
  // Jagerman's integral 1/B = integral_0^inf e^-t (1 + t/a)^c dt knows nothing of either form.
  const double a = 101'000;
  const double inverse = strips(
      [&](long double t) { return std::exp(-t + static_cast<long double>(c) * std::log1p(t / a)); },
      0, 6'000, 4'000);
  expect_relative(1 / good(erlang_b(c, a)), inverse, 1e-10);
  // And far beyond: no overflow, and the square-root law B ~ sqrt(2 / (pi c)) at a = c.
  expect_relative(good(erlang_b(1'000'000'000, 1e9)), std::sqrt(2 / (M_PI * 1e9)), 1e-4);
}

TEST(ErlangC, HundredThousandServersNearSaturation) {
  const std::uint64_t c = 100'000;
  const double a = 99'700;
  const double b = erlang_b_by_recursion(c, a);
  const double rho = a / static_cast<double>(c);
  const double got = good(erlang_c(c, a));
  expect_relative(got, b / (1 - rho * (1 - b)), 1e-10);
  // Halfin and Whitt (1981): P(wait) -> 1 / (1 + beta Phi(beta) / phi(beta)).
  const double beta = (1 - rho) * std::sqrt(static_cast<double>(c));
  const double density = std::exp(-beta * beta / 2) / std::sqrt(2 * M_PI);
  const double below = std::erfc(-beta / std::sqrt(2)) / 2;
  expect_relative(got, 1 / (1 + beta * below / density), 1e-2);
}

TEST(MM1, ByHand) {
  const MmcSteady q = good(mmc({.arrival_rate = 0.8, .service_rate = 1}));
  expect_relative(q.means.sojourn, 5, 1e-14);
  expect_relative(q.means.wait, 4, 1e-14);
  expect_relative(q.means.present, 4, 1e-14);
  expect_relative(q.means.waiting, 3.2, 1e-14);
  expect_relative(q.wait_probability, 0.8, 1e-14);
  expect_relative(good(mmc_sojourn_quantile(q, 0.99)), std::log(100) * 5, 1e-14);
  expect_relative(good(mmc_wait_quantile(q, 0.99)), std::log(80) * 5, 1e-14);
  EXPECT_EQ(good(mmc_wait_quantile(q, 0.1)), 0);  // the atom: nobody of the first 20% waits
}

TEST(MMc, GrossAndHarrisClinic) {
  // Three doctors, 6 patients an hour, 20 minutes each: Lq = 8/9, Wq = 4/27 h, P(wait) = 4/9.
  const MmcSteady q = good(mmc({.arrival_rate = 6, .service_rate = 3, .servers = 3}));
  expect_relative(q.means.waiting, 8.0 / 9, 1e-14);
  expect_relative(q.means.wait, 4.0 / 27, 1e-14);
  expect_relative(q.wait_probability, 4.0 / 9, 1e-14);
  expect_relative(q.means.present, 26.0 / 9, 1e-14);
}

TEST(MMc, AgreesWithTheChain) {
  for (const std::uint64_t c : {1u, 2u, 8u, 30u}) {
    const double lambda = 0.85 * static_cast<double>(c);
    Chain chain(300 + c);
    for (std::size_t n = 0; n + 1 < 300 + c; ++n) {
      chain.add(n, n + 1, lambda);
      chain.add(n + 1, n, static_cast<double>(std::min<std::uint64_t>(n + 1, c)));
    }
    const auto p = chain.stationary();
    double present = 0, waits = 0;
    for (std::size_t n = 0; n < p.size(); ++n) {
      present += static_cast<double>(n) * p[n];
      if (n >= c) waits += p[n];
    }
    const MmcSteady q = good(mmc({lambda, 1, c}));
    expect_relative(q.means.present, present, 1e-10);
    expect_relative(q.wait_probability, waits, 1e-10);
  }
}

TEST(MMc, SojournLawHasItsMeanAndInvertsItself) {
  for (const std::uint64_t c : {1u, 2u, 3u, 8u, 1'000u}) {
    // rho = 1/2 at c = 2 makes both rates of the hypoexponential part equal.
    for (const double rho : {0.1, 0.5, 0.9, 0.99}) {
      const MmcSteady q = good(mmc({rho * static_cast<double>(c), 1, c}));
      const double end = 45 * std::max(1.0, 1 / ((1 - rho) * static_cast<double>(c)));
      const double mean =
          strips([&](long double t) { return mmc_sojourn_upper(q, static_cast<double>(t)); }, 0,
                 end, 2'000);
      expect_relative(mean, q.means.sojourn, 1e-10);
      for (const double p : {0.0, 0.1, 0.5, 0.99, 0.999999}) {
        expect_relative(mmc_sojourn_upper(q, good(mmc_sojourn_quantile(q, p))), 1 - p, 1e-10);
        const double wait = good(mmc_wait_quantile(q, p));
        if (wait > 0) expect_relative(mmc_wait_upper(q, wait), 1 - p, 1e-10);
      }
    }
  }
}

TEST(MMc, SojournLawByConvolution) {
  const MmcSteady q = good(mmc({2.5, 1, 3}));
  for (const double t : {0.2, 1.0, 4.0}) {
    // P(wait + service > t), the service outside: atom of the wait, then its density.
    const double drain = 0.5;
    const double want = std::exp(-t) * (1 - q.wait_probability) + mmc_wait_upper(q, t) +
                        strips(
                            [&](long double w) {
                              return q.wait_probability * drain *
                                     std::exp(-drain * w - (static_cast<long double>(t) - w));
                            },
                            0, t, 100);
    expect_relative(mmc_sojourn_upper(q, t), want, 1e-12);
  }
}

TEST(MMc, WaitsGrowWithLoadAndShrinkWithPooling) {
  double before = 0;
  for (double rho = 0.05; rho < 1; rho += 0.05) {
    const double wait = good(mmc({8 * rho, 1, 8})).means.wait;
    EXPECT_GT(wait, before);
    before = wait;
  }
  before = HUGE_VAL;
  for (const std::uint64_t c : {1u, 2u, 4u, 64u, 4'096u}) {
    const double wait = good(mmc({0.9 * static_cast<double>(c), 1, c})).means.wait;
    EXPECT_LT(wait, before);
    before = wait;
  }
}

TEST(MMc, FiniteAllOverItsDomain) {
  Sweep sweep(2);
  for (int i = 0; i < 3'000; ++i) {
    const std::uint64_t c = sweep.count(1, 1e7);
    const double mu = sweep.log(1e-6, 1e6);
    const double rho = i % 2 == 0 ? sweep.even(0, 1) : 1 - sweep.log(1e-9, 1);
    const auto q = mmc({rho * mu * static_cast<double>(c), mu, c});
    if (!q) continue;
    const double p = sweep.even(0, 1);
    EXPECT_TRUE(q->wait_probability >= 0 && q->wait_probability <= 1 + 1e-9);
    EXPECT_TRUE(std::isfinite(q->means.wait) && q->means.wait >= 0);
    EXPECT_TRUE(std::isfinite(good(mmc_sojourn_quantile(*q, p))));
    EXPECT_GE(good(mmc_sojourn_quantile(*q, p)), good(mmc_wait_quantile(*q, p)));
  }
}

TEST(MMc, NamesTheBrokenAssumption) {
  expect_error(mmc({1.2, 1, 1}), "M/M/1 has no steady state: utilisation 1.2 >= 1");
  expect_error(mmc({4, 1, 4}), "M/M/c has no steady state: utilisation 1 >= 1");
  expect_error(mmc({-1, 1, 1}), "arrival rate > 0");
  expect_error(mmc({1, std::nan(""), 1}), "service rate > 0");
  expect_error(mmc({1, 2, 0}), "at least one server");
  expect_error(erlang_b(3, -1), "offered load");
  expect_error(erlang_b(3, HUGE_VAL), "offered load");
  expect_error(erlang_c(3, 3), "utilisation 1 >= 1");
  const MmcSteady q = good(mmc({0.5, 1, 2}));
  expect_error(mmc_wait_quantile(q, 1), "level in [0, 1)");
  expect_error(mmc_sojourn_quantile(q, -0.1), "level in [0, 1)");
}

}  // namespace
}  // namespace fleetsim::analytic
