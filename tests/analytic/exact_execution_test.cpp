#include "analytic/exact/execution.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

// An H100 at FP16: 989 Tflop/s over 3.35 TB/s, ridge 295.2 flop/byte.
TEST(Roofline, RidgeDividesMemoryFromCompute) {
  const RooflinePoint below{294e9, 1e9, 989e12, 3.35e12, 1, 1e-5};
  const RooflineTime out = good(roofline_time(below));
  EXPECT_NEAR(out.ridge, 295.2, 0.05);
  EXPECT_TRUE(out.memory_bound);
  expect_relative(out.time, 1e9 / 3.35e12 + 1e-5, 1e-14);
  RooflinePoint above = below;
  above.flops = 297e9;
  EXPECT_FALSE(good(roofline_time(above)).memory_bound);
  above.efficiency = 0;
  expect_error(roofline_time(above), "efficiency");
  EXPECT_EQ(good(roofline_time({0, 0, 1, 1, 1, 0})).time, 0);
}

// The book's labs, acceptance point 15: p* = 0.7407 for X = 3, S = 10; 0.6673 for S = 1000.
TEST(Amdahl, PublishedShares) {
  EXPECT_NEAR(good(amdahl_share(3, 10)), 0.7407, 5e-5);
  EXPECT_NEAR(good(amdahl_share(3, 1000)), 0.6673, 5e-5);
  Sweep sweep(1);
  for (int i = 0; i < 200; ++i) {
    const double factor = sweep.log(1.01, 1e6);
    const double share = sweep.even(0.01, 0.99);
    const double speedup = good(amdahl_speedup(share, factor));
    EXPECT_LE(speedup, 1 / (1 - share));
    expect_relative(good(amdahl_share(speedup, factor)), share, 1e-9);
  }
  expect_error(amdahl_share(11, 10), "speedup");
  expect_error(amdahl_speedup(1.1, 2), "share");
}

TEST(PagedCache, CountsWholeBlocks) {
  EXPECT_EQ(good(paged_requests({1600, 1, 15, 16})), 100);
  EXPECT_EQ(good(paged_requests({1600, 1, 16, 16})), 100);
  EXPECT_EQ(good(paged_requests({1600, 1, 17, 16})), 50);
  EXPECT_EQ(good(paged_requests({15, 1, 1, 16})), 0);
  expect_error(paged_requests({1, 1, 0, 16}), "tokens");
}

// The book's labs, acceptance point 11: acceptance 0.8, 4 drafts: 2.80 times faster, 1.50 times the
// work.
TEST(Speculation, PublishedGain) {
  const SpeculationGain out = good(speculative_decoding({0.8, 4, 0.05, 0.01}));
  expect_relative(out.tokens, (1 - std::pow(0.8, 5)) / 0.2, 1e-13);
  EXPECT_NEAR(out.speedup, 2.80, 5e-3);
  EXPECT_NEAR(out.work, 1.50, 5e-3);
}

TEST(Speculation, TokensAreThoseOfTheCoinTosses) {
  for (const double a : {0.0, 0.3, 0.999999999, 1.0}) {
    double tokens = 0, reached = 1;
    for (int i = 0; i <= 6; ++i, reached *= a) tokens += reached;
    expect_relative(good(speculative_decoding({a, 6, 0, 0})).tokens, tokens, 1e-8);
  }
  EXPECT_EQ(good(speculative_decoding({0.5, 0, 1, 1})).speedup, 1);
  expect_error(speculative_decoding({-0.1, 4, 0, 0}), "acceptance");
}

TEST(ColdStarts, MatchGapsPlayedOut) {
  Stream stream = Chance{.seed = 4}.stream("tests.cold");
  int cold = 0;
  double up = 0, all = 0;
  const int runs = 200'000;
  for (int i = 0; i < runs; ++i) {
    const double gap = -100 * std::log1p(-stream.uniform());
    cold += gap > 150 ? 1 : 0;
    up += std::min(gap, 150.0);
    all += gap;
  }
  const ColdStarts out = good(cold_starts({0.01, 150, 30}));
  EXPECT_NEAR(static_cast<double>(cold) / runs, out.cold, 0.004);
  EXPECT_NEAR(up / all, out.up, 0.004);
  expect_relative(out.mean_delay, 30 * out.cold, 1e-14);
  expect_error(cold_starts({0, 1, 1}), "arrival_rate");
}

// Golden calc_pipeline_bubble: 4 stages, 8 microbatches: 3/11.
TEST(Bubble, IsTheIdleShareOfTheSchedule) {
  expect_relative(good(bubble_share(4, 8, 1)), 3.0 / 11, 1e-14);
  EXPECT_EQ(good(bubble_share(1, 8, 1)), 0);
  EXPECT_LT(good(bubble_share(4, 8, 2)), good(bubble_share(4, 8, 1)));
  expect_error(bubble_share(4, 0, 1), "microbatches");
}

TEST(Stream, TheSlowerSideSetsTheRate) {
  EXPECT_EQ(good(fixed_stream_rate(4, 100, 1000)), 400);
  EXPECT_EQ(good(fixed_stream_rate(40, 100, 1000)), 1000);
  expect_error(fixed_stream_rate(0, 1, 1), "workers");
}

// The book's lab V2-17, missions, cloud titan: 100,000 H100, MFU 0.45, WAN 0.932, goodput 0.656:
// 0.0272 ZFLOP/s.
TEST(IronLaw, PublishedFleet) {
  EXPECT_NEAR(good(iron_law_time({1e21, 1e5, 989e12, 0.45, 0.932, 0.656})), 36.8, 0.06);
  expect_error(iron_law_time({1, 1, 1, 0, 1, 1}), "mfu");
}

}  // namespace
}  // namespace fleetsim::analytic
