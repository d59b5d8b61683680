#include "analytic/queueing/bulk.h"

#include "analytic/queueing/erlang.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

TEST(Bulk, BatchesOfOneAreMM1) {
  const MmcSteady want = good(mmc({0.9, 1, 1}));
  for (const BulkSteady& q : {good(bulk_up_to({0.9, 1, 1})), good(bulk_full({0.9, 1, 1}))}) {
    expect_relative(q.root, 0.9, 1e-12);
    expect_relative(q.means.wait, want.means.wait, 1e-12);
    expect_relative(q.means.utilization, 0.9, 1e-12);
    expect_relative(q.mean_batch, 1, 1e-12);
  }
}

TEST(Bulk, PairsByHand) {
  // b = 2, lambda = 3/4, mu = 1: r + r^2 = 3/4 gives r = 1/2, C = 1 / (4/3 + 2) = 0.3,
  // P(busy) = 0.6, Lq = 0.3 * 0.5 / 0.25 = 0.6, mean batch 0.75 / 0.6.
  const BulkSteady q = good(bulk_up_to({0.75, 1, 2}));
  expect_relative(q.root, 0.5, 1e-14);
  expect_relative(q.means.utilization, 0.6, 1e-14);
  expect_relative(q.means.waiting, 0.6, 1e-14);
  expect_relative(q.means.wait, 0.8, 1e-14);
  expect_relative(q.mean_batch, 1.25, 1e-14);
}

TEST(Bulk, UpToBatchAgreesWithTheChain) {
  for (const std::size_t b : {2u, 5u, 16u})
    for (const double rho : {0.1, 0.6, 0.9}) {
      const double lambda = rho * static_cast<double>(b);
      const std::size_t top = 60 * b;  // state 0: idle; n + 1: busy with n waiting
      Chain chain(top);
      chain.add(0, 1, lambda);
      chain.add(1, 0, 1);
      for (std::size_t n = 0; n + 1 < top; ++n) {
        if (n + 2 < top) chain.add(n + 1, n + 2, lambda);
        if (n > 0) chain.add(n + 1, n + 1 - std::min(n, b), 1);
      }
      const auto p = chain.stationary();
      double waiting = 0;
      for (std::size_t n = 0; n + 1 < top; ++n) waiting += static_cast<double>(n) * p[n + 1];
      const BulkSteady q = good(bulk_up_to({lambda, 1, b}));
      const double missed = 1e-9 + 1e3 * std::pow(q.root, static_cast<double>(top));
      expect_relative(q.means.waiting, waiting, missed);
      expect_relative(q.means.utilization, 1 - p[0], missed);
    }
}

TEST(Bulk, FullBatchAgreesWithTheChain) {
  for (const std::size_t b : {2u, 5u})
    for (const double rho : {0.1, 0.5, 0.8}) {
      const double lambda = rho * static_cast<double>(b);
      const std::size_t levels = 100 * b;  // n < b: idle with n waiting; b + n: busy, n waiting
      Chain chain(b + levels);
      for (std::size_t n = 0; n < b; ++n) chain.add(n, n + 1, lambda);
      for (std::size_t n = 0; n < levels; ++n) {
        if (n + 1 < levels) chain.add(b + n, b + n + 1, lambda);
        chain.add(b + n, n, 1);  // n >= b: another batch starts and n - b still wait
      }
      const auto p = chain.stationary();
      double waiting = 0, busy = 0;
      for (std::size_t n = 0; n < b; ++n) waiting += static_cast<double>(n) * p[n];
      for (std::size_t n = 0; n < levels; ++n) {
        waiting += static_cast<double>(n) * p[b + n];
        busy += p[b + n];
      }
      const BulkSteady q = good(bulk_full({lambda, 1, b}));
      expect_relative(q.means.waiting, waiting, 1e-8);
      expect_relative(q.means.utilization, busy, 1e-8);
    }
}

TEST(Bulk, BalanceEquationsHold) {
  const double lambda = 7, mu = 2;
  const int b = 5;
  const BulkSteady q = good(bulk_up_to({lambda, mu, b}));
  const double c = q.means.utilization * (1 - q.root);
  const auto busy = [&](int n) { return c * std::pow(q.root, n); };
  expect_relative((lambda + mu) * busy(3), lambda * busy(2) + mu * busy(3 + b), 1e-13);
  expect_relative(lambda * (1 - q.means.utilization), mu * busy(0), 1e-13);
}

TEST(Bulk, UnlimitedBatchesNeverSaturate) {
  // b -> infinity: r = lambda / (lambda + mu).
  const double lambda = 50, mu = 1;
  const BulkSteady q = good(bulk_up_to({lambda, mu, 1'000'000'000}));
  expect_relative(q.root, lambda / (lambda + mu), 1e-12);
  // A customer who finds the server busy waits for a residual service: Wq = P(busy) / mu.
  expect_relative(q.means.wait, q.means.utilization / mu, 1e-11);
}

TEST(Bulk, WaitingForFullBatchesPaysOnlyUnderLoad) {
  EXPECT_GT(good(bulk_full({0.1, 1, 8})).means.wait, 35 - 1e-9);  // 7 / (2 * 0.1), and no queue
  const auto gain = [](double rho) {
    return good(bulk_up_to({8 * rho, 1, 8})).means.wait -
           good(bulk_full({8 * rho, 1, 8})).means.wait;
  };
  EXPECT_LT(gain(0.1), 0);
  for (const double rho : {0.5, 0.9, 0.99}) EXPECT_GT(gain(rho), 0);
}

TEST(Bulk, FiniteAllOverItsDomain) {
  Sweep sweep(8);
  for (int i = 0; i < 2'000; ++i) {
    const std::uint64_t b = sweep.count(1, 1e6);
    const double mu = sweep.log(1e-6, 1e6);
    const double rho = i % 2 == 0 ? sweep.even(0, 1) : 1 - sweep.log(1e-6, 1);
    if (rho <= 0 || rho >= 1) continue;
    const BulkQueue queue{rho * mu * static_cast<double>(b), mu, b};
    const BulkSteady q = good(bulk_up_to(queue));
    EXPECT_TRUE(std::isfinite(q.means.wait) && q.means.wait >= 0);
    EXPECT_TRUE(q.means.utilization > 0 && q.means.utilization <= 1 + 1e-9);
    EXPECT_TRUE(q.mean_batch >= 1 - 1e-9 && q.mean_batch <= static_cast<double>(b) * (1 + 1e-6));
    EXPECT_TRUE(std::isfinite(good(bulk_full(queue)).means.wait));
  }
}

TEST(Bulk, NamesTheBrokenAssumption) {
  expect_error(bulk_up_to({8, 1, 8}), "a bulk-service queue has no steady state: utilisation 1");
  expect_error(bulk_full({9, 1, 8}), "utilisation 1.125 >= 1");
  expect_error(bulk_up_to({1, 1, 0}), "at least one customer a batch");
  expect_error(bulk_full({0, 1, 2}), "arrival rate > 0");
}

}  // namespace
}  // namespace fleetsim::analytic
