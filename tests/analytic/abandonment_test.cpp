#include "analytic/queueing/abandonment.h"

#include "analytic/queueing/erlang.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

TEST(ErlangA, PatienceEqualToServiceIsPoisson) {
  // theta = mu: the number present is that of M/M/infinity, Poisson(a).
  const double a = 3;
  const ErlangASteady q = good(erlang_a({a, 1, 1, 1}));
  const double waiting = a - 1 + std::exp(-a);
  expect_relative(q.waiting, waiting, 1e-13);
  expect_relative(q.abandonment_probability, waiting / a, 1e-13);
  expect_relative(q.wait_probability, 1 - std::exp(-a), 1e-13);
  expect_relative(q.present, a, 1e-13);
}

TEST(ErlangA, AgreesWithTheChainAndWithFirstSteps) {
  for (const std::uint64_t c : {1u, 5u, 40u})
    for (const double rho : {0.3, 1.0, 1.6})
      for (const double patience : {0.2, 1.0, 8.0}) {
        const double lambda = rho * static_cast<double>(c);
        const double theta = 1 / patience;
        const std::size_t top = c + 900;
        Chain chain(top + 1);
        const auto leave = [&](std::size_t n) {
          return static_cast<double>(std::min<std::uint64_t>(n, c)) +
                 static_cast<double>(n > c ? n - c : 0) * theta;
        };
        for (std::size_t n = 0; n < top; ++n) {
          chain.add(n, n + 1, lambda);
          chain.add(n + 1, n, leave(n + 1));
        }
        const auto p = chain.stationary();
        // A customer at position i, by its next step: up with all that leaves ahead, or away.
        double served = 1, wait_served = 0, wait_left = 0;
        double all_served = 0, all_wait_served = 0, all_wait_left = 0, waits = 0;
        for (std::size_t i = 1; c + i <= top; ++i) {
          const double rate = leave(c + i);
          const double ahead = (rate - theta) / rate;
          const double stay = 1 / rate;
          wait_left = ahead * (wait_left + stay * (1 - served)) + theta / rate * stay;
          wait_served = ahead * (wait_served + stay * served);
          served *= ahead;
          const double found = p[c + i - 1];
          waits += found;
          all_served += found * served;
          all_wait_served += found * wait_served;
          all_wait_left += found * wait_left;
        }
        const ErlangASteady q = good(erlang_a({lambda, 1, c, patience}));
        const double abandoned = waits - all_served;
        expect_relative(q.wait_probability, waits, 1e-11);
        EXPECT_NEAR(q.abandonment_probability, abandoned, 1e-11);
        expect_relative(q.mean_wait, all_wait_served + all_wait_left, 1e-10);
        expect_relative(q.mean_wait_served, all_wait_served / (1 - abandoned), 1e-10);
        expect_relative(q.mean_wait_abandoned * q.abandonment_probability, all_wait_left, 1e-10);
      }
}

TEST(ErlangA, IdentitiesHold) {
  Sweep sweep(4);
  for (int i = 0; i < 300; ++i) {
    const std::uint64_t c = sweep.count(1, 1e5);
    const double mu = sweep.log(1e-2, 1e2);
    const ErlangA s{sweep.log(0.3, 3) * mu * static_cast<double>(c), mu, c,
                    sweep.log(1e-2, 3) / mu};
    const ErlangASteady q = good(erlang_a(s));
    // What abandons is theta times those who wait.
    EXPECT_NEAR(q.abandonment_probability, q.mean_wait / s.mean_patience, 1e-9);
    const double p = q.abandonment_probability;
    EXPECT_NEAR((1 - p) * q.mean_wait_served + p * q.mean_wait_abandoned, q.mean_wait,
                1e-9 * (q.mean_wait + s.mean_patience));
    EXPECT_TRUE(q.wait_probability >= 0 && q.wait_probability <= 1 + 1e-9);
    EXPECT_TRUE(std::isfinite(q.mean_wait_abandoned) && q.mean_wait_abandoned > 0);
    EXPECT_LE(q.utilization, 1 + 1e-9);
  }
}

TEST(ErlangA, EndlessPatienceIsMMc) {
  const MmcSteady want = good(mmc({9, 1, 10}));
  const ErlangASteady q = good(erlang_a({9, 1, 10, 1e9}));
  expect_relative(q.mean_wait, want.means.wait, 1e-7);
  expect_relative(q.wait_probability, want.wait_probability, 1e-7);
  EXPECT_LT(q.abandonment_probability, 1e-8);
}

TEST(ErlangA, NoPatienceIsErlangB) {
  const ErlangASteady q = good(erlang_a({9, 1, 10, 1e-9}));
  expect_relative(q.abandonment_probability, good(erlang_b(10, 9)), 1e-7);
}

TEST(ErlangA, ThousandsOfServersFollowTheFluidAndSquareRootLimits) {
  // Overload: what exceeds capacity abandons, and the queue is surplus / theta.
  const ErlangASteady over = good(erlang_a({12'000, 1, 10'000, 2}));
  expect_relative(over.abandonment_probability, 2'000.0 / 12'000, 1e-9);
  expect_relative(over.waiting, 4'000, 1e-9);
  // Critical load with theta = mu (Garnett et al. 2002): P(wait) -> 1/2.
  const ErlangASteady critical = good(erlang_a({1e6, 1, 1'000'000, 1}));
  expect_relative(critical.wait_probability, 0.5, 1e-3);
}

TEST(ErlangA, ImpatienceShortensQueues) {
  double wait = 0, abandoned = 1;
  for (const double patience : {0.1, 0.5, 2.0, 10.0, 100.0}) {
    const ErlangASteady q = good(erlang_a({5.5, 1, 5, patience}));
    EXPECT_GT(q.mean_wait, wait);
    EXPECT_LT(q.abandonment_probability, abandoned);
    wait = q.mean_wait, abandoned = q.abandonment_probability;
  }
}

TEST(ErlangA, NamesTheBrokenAssumption) {
  expect_error(erlang_a({1, 1, 1, 0}), "mean patience > 0");
  expect_error(erlang_a({1, 1, 0, 1}), "at least one server");
  expect_error(erlang_a({1, 0, 1, 1}), "service rate > 0");
  expect_error(erlang_a({2, 1, 1, 1e12}), "too long");
}

}  // namespace
}  // namespace fleetsim::analytic
