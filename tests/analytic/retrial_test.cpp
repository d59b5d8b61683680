#include "analytic/queueing/retrial.h"

#include "analytic/queueing/erlang.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

// The truncated chain (busy, orbit), with retries at rate theta or n theta.
struct Solved {
  double orbit = 0, busy = 0;
};
Solved solve_chain(const RetrialQueue& q, bool constant, std::size_t top) {
  Chain chain(2 * top);
  for (std::size_t n = 0; n < top; ++n) {
    const double retries = constant ? (n > 0 ? 1.0 : 0.0) : static_cast<double>(n);
    chain.add(2 * n, 2 * n + 1, q.arrival_rate);
    if (n > 0) chain.add(2 * n, 2 * n - 1, retries * q.retrial_rate);
    chain.add(2 * n + 1, 2 * n, q.service_rate);
    if (n + 1 < top) chain.add(2 * n + 1, 2 * n + 3, q.arrival_rate);
  }
  const auto p = chain.stationary();
  Solved solved;
  for (std::size_t n = 0; n < top; ++n) {
    solved.orbit += static_cast<double>(n) * (p[2 * n] + p[2 * n + 1]);
    solved.busy += p[2 * n + 1];
  }
  return solved;
}

TEST(Retrial, ConstantAgreesWithTheChain) {
  for (const double theta : {0.3, 1.0, 20.0})
    for (const double share : {0.2, 0.7, 0.9}) {
      const double lambda = share * good(retrial_constant_threshold(1.5, theta));
      const RetrialQueue queue{lambda, 1.5, theta};
      const Solved want = solve_chain(queue, true, 350);
      const RetrialSteady q = good(retrial_constant(queue));
      expect_relative(q.means.waiting, want.orbit, 1e-10);
      expect_relative(q.means.utilization, want.busy, 1e-10);
      expect_relative(q.means.sojourn, want.orbit / lambda + 1 / 1.5, 1e-10);
    }
}

TEST(Retrial, ClassicalAgreesWithTheChain) {
  for (const double theta : {0.3, 1.0, 20.0})
    for (const double rho : {0.2, 0.7, 0.85}) {
      const RetrialQueue queue{1.5 * rho, 1.5, theta};
      const Solved want = solve_chain(queue, false, 350);
      const RetrialSteady q = good(retrial_classical(queue));
      expect_relative(q.means.waiting, want.orbit, 1e-10);
      expect_relative(q.means.utilization, want.busy, 1e-10);
    }
}

TEST(Retrial, ByHand) {
  // lambda = 1, mu = 3, theta = 1: r = 2/3, orbit = (1/3)(2/3 + 1) / (1/3) = 5/3; and for each its
  // own retries, orbit = (1/3)(1 + 1/3) / (2/3) = 2/3.
  expect_relative(good(retrial_constant({1, 3, 1})).means.waiting, 5.0 / 3, 1e-14);
  expect_relative(good(retrial_classical({1, 3, 1})).means.waiting, 2.0 / 3, 1e-14);
  // mu = 2, theta = 1: threshold lambda^2 + lambda = 2 at lambda = 1, half the server's capacity.
  expect_relative(good(retrial_constant_threshold(2, 1)), 1, 1e-14);
}

TEST(Retrial, FastRetriesAreMM1) {
  const MmcSteady want = good(mmc({0.8, 1, 1}));
  expect_relative(good(retrial_constant({0.8, 1, 1e10})).means.wait, want.means.wait, 1e-8);
  expect_relative(good(retrial_classical({0.8, 1, 1e10})).means.wait, want.means.wait, 1e-8);
  expect_relative(good(retrial_constant_threshold(1, 1e12)), 1, 1e-11);
}

TEST(Retrial, ThresholdIsWhereTheOrbitExplodes) {
  Sweep sweep(12);
  for (int i = 0; i < 500; ++i) {
    const double mu = sweep.log(1e-4, 1e4), theta = sweep.log(1e-4, 1e4);
    const double edge = good(retrial_constant_threshold(mu, theta));
    EXPECT_LT(edge, mu);
    expect_relative(edge * (edge + theta), mu * theta, 1e-10);
    const RetrialSteady near = good(retrial_constant({edge * (1 - 1e-6), mu, theta}));
    EXPECT_TRUE(std::isfinite(near.means.wait));
    EXPECT_GT(near.means.waiting, 1e5 * near.wait_probability);
    expect_error(retrial_constant({edge * (1 + 1e-9), mu, theta}), "no steady state");
    const RetrialSteady calm = good(retrial_classical({edge * (1 - 1e-6), mu, theta}));
    EXPECT_LT(calm.means.waiting, near.means.waiting);
  }
}

TEST(Retrial, NamesTheBrokenAssumption) {
  expect_error(retrial_constant({1.5, 2, 1}), "arrival rate 1.5/s >= 1/s");
  expect_error(retrial_classical({2, 2, 1}), "a retrial queue has no steady state");
  expect_error(retrial_classical({1, 2, 0}), "retrial rate > 0");
  expect_error(retrial_constant_threshold(0, 1), "service rate > 0");
}

}  // namespace
}  // namespace fleetsim::analytic
