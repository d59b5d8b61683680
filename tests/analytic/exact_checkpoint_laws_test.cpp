#include "analytic/exact/checkpoint.h"
#include "analytic/exact/checkpoint_laws.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

TEST(CheckpointWeibull, ShapeOneIsTheExponentialForm) {
  for (const double interval : {1e-3, 10.0, 329.0, 1315.0}) {
    const auto out = good(checkpoint_weibull({interval, 30, 420, 1800, 1}));
    expect_relative(out.goodput, out.exponential_goodput, 1e-11);
  }
  // Long sums, whose tail is an integral.
  const auto fine = good(checkpoint_weibull({0.01, 1e-6, 1, 1800, 1}));
  expect_relative(fine.goodput, fine.exponential_goodput, 1e-11);
}

// The book's lab V2-17, part 2, simulated with Weibull gaps of shape 0.7: about +-0.005.
TEST(CheckpointWeibull, MatchesThePublishedSimulation) {
  const double interval[] = {82, 164, 329, 657, 1315};
  const double simulated[] = {0.584, 0.662, 0.692, 0.672, 0.595};
  for (std::size_t i = 0; i < 5; ++i)
    EXPECT_NEAR(good(checkpoint_weibull({interval[i], 30, 420, 1800, 0.7})).goodput, simulated[i],
                0.006);
}

TEST(CheckpointWeibull, TailIntegralAgreesWithTheWholeSum) {
  const WeibullCheckpointPlan plan{0.2, 0.05, 5, 1000, 0.6};
  const double scale = 1000 / std::tgamma(1 + 1 / 0.6);
  long double sum = 0;
  for (int j = 1; j < 4'000'000; ++j) sum += std::exp(-std::pow((5 + j * 0.25) / scale, 0.6));
  expect_relative(good(checkpoint_weibull(plan)).goodput, static_cast<double>(0.2 / 1000 * sum),
                  1e-9);
}

TEST(CheckpointWeibull, RefusesWhatCannotBe) {
  expect_error(checkpoint_weibull({1, 1, 1, 1, 0.01}), "shape");
  expect_error(checkpoint_weibull({0, 1, 1, 1, 1}), "interval");
}

// Points of the form of Kokolis et al. with r = 6.50 per 1,000 node-days, u = 5 min.
TEST(Ettr, PublishedCheckPoints) {
  const int gpus[] = {1024, 2048, 4096, 8192, 12000, 16384};
  const double minutes[2][6] = {{58.8, 41.6, 29.4, 20.8, 17.2, 14.7},
                                {131.6, 93.0, 65.8, 46.5, 38.4, 32.9}};
  const double ratio[2][6] = {{0.964, 0.947, 0.923, 0.886, 0.858, 0.829},
                              {0.924, 0.893, 0.848, 0.785, 0.740, 0.696}};
  for (std::size_t w = 0; w < 2; ++w)
    for (std::size_t i = 0; i < 6; ++i) {
      EttrPlan plan{gpus[i] / 8, 6.5e-3 / 86400, 300, 3600, w == 0 ? 60.0 : 300.0, 0};
      plan.interval = good(expected_ettr(plan)).optimal_interval;
      const Ettr out = good(expected_ettr(plan));
      EXPECT_NEAR(plan.interval / 60, minutes[w][i], 0.06);
      EXPECT_NEAR(out.first_order, ratio[w][i], 6e-4);
      // First order errs by products of small terms: here below 0.5%, and of either sign.
      EXPECT_NEAR(out.exact, out.first_order, 5e-3);
      plan.queue = 600;
      EXPECT_LT(good(expected_ettr(plan)).exact, out.exact);
    }
}

TEST(Ettr, RefusesWhereFirstOrderIsNegative) {
  expect_error(expected_ettr({100'000, 1e-6, 300, 3600, 60, 0}), "interval");
  expect_error(expected_ettr({0, 1e-6, 300, 3600, 60, 0}), "nodes");
}

TEST(Replica, MatchesItsRecursion) {
  for (const std::int64_t pairs : {1, 2, 3, 10, 1000, 100'000}) {
    const auto n = static_cast<double>(pairs);
    double after = 0;  // from all wounded no further one exists
    for (std::int64_t j = pairs; j >= 0; --j) {
      const auto wounded = static_cast<double>(j);
      // E_j (1 - j/2n) = 1 + (1 - j/n) E_{j+1}: dead ones absorb j/2n of the failures.
      after = (1 + (1 - wounded / n) * after) / (1 - wounded / (2 * n));
    }
    const ReplicaLife life = good(replica_life(pairs, 10));
    expect_relative(life.failures, after, 1e-11);
    expect_relative(life.time, after * 10 / (2 * n), 1e-11);
  }
  expect_relative(good(replica_life(1, 1)).time, 1.5, 1e-14);  // the later of two
  expect_error(replica_life(0, 1), "pairs");
}

// One pair lives P(X >= t) = 2 e^{-t/m} - e^{-2t/m}, whose sums are geometric.
TEST(ReplicaCheckpoint, OfOnePairIsGeometric) {
  const double mtbf = 4000, restart = 300, step = 660;
  const double x = std::exp(-step / mtbf), r = std::exp(-restart / mtbf);
  const double kept = 2 * r * x / (1 - x) - r * r * x * x / (1 - x * x);
  const auto form = good(checkpoint_replicated({600, 60, restart, 1, mtbf}));
  expect_relative(form.goodput, 600 / (1.5 * mtbf) * kept, 1e-13);
  const auto same = good(checkpoint_exact({600, 60, restart, 1.5 * mtbf}));
  expect_relative(form.exponential_goodput, same.goodput, 1e-14);
}

// The mean gap is the sum of what no restart or write takes away, in steps too short to matter.
TEST(ReplicaCheckpoint, WithoutCostsLosesNothing) {
  for (const std::int64_t pairs : {1, 7, 1000})
    expect_relative(good(checkpoint_replicated({1, 0, 0, pairs, 1e5})).goodput, 1, 1e-3);
  EXPECT_GT(good(checkpoint_replicated({600, 60, 300, 9, 1e5})).goodput,
            good(checkpoint_replicated({600, 60, 300, 90, 1e5})).goodput);
  expect_error(checkpoint_replicated({600, 60, 300, 0, 1e5}), "pairs");
  expect_error(checkpoint_replicated({1e-6, 0, 300, 1, 1e5}), "interval");
  expect_error(checkpoint_replicated({600, 60, 1e9, 1, 1e5}), "");
}

TEST(Elastic, MatchesTheChain) {
  const ElasticPlan plan{6, 3, 2, 100, 25};
  Chain chain(7);
  for (std::size_t down = 0; down < 6; ++down) {
    chain.add(down, down + 1, static_cast<double>(6 - down) / 100);
    chain.add(down + 1, down, (down + 1 < 2 ? 1.0 : 2.0) / 25);
  }
  const auto p = chain.stationary();
  double throughput = 0;
  for (std::size_t down = 0; down <= 3; ++down)
    throughput += p[down] * static_cast<double>(6 - down) / 6;
  const Elastic out = good(elastic_throughput(plan));
  expect_relative(out.throughput, throughput, 1e-13);
  expect_relative(out.stopped, p[4] + p[5] + p[6], 1e-13);
}

TEST(Elastic, CrewsForAllMakeReplicasIndependent) {
  const Elastic out = good(elastic_throughput({64, 1, 64, 900, 100}));
  expect_relative(out.mean_replicas, 64 * 0.9, 1e-12);
  expect_relative(out.throughput, 0.9, 1e-12);
  expect_relative(out.stopped, std::pow(0.1, 64), 1e-12);
  expect_error(elastic_throughput({4, 5, 1, 1, 1}), "least");
}

}  // namespace
}  // namespace fleetsim::analytic
