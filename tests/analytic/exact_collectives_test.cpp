#include <array>

#include "analytic/exact/collectives.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

// Book section 4.2 and its cases calc_tree_allreduce_time, calc_all_to_all_time.
TEST(Collectives, PublishedCheckPoints) {
  expect_relative(good(ring_allreduce({8, 10e9, 500e-9, 450e9})), 0.03889588888888889, 1e-13);
  expect_relative(good(tree_allreduce({8, 1e9, 500e-9, 50e9})), 0.120003, 1e-12);
  expect_relative(good(pairwise_alltoall({8, 1e9, 500e-9, 50e9})), 0.0175035, 1e-12);
  const std::array<AlphaBetaLevel, 2> levels = {AlphaBetaLevel{8, 500e-9, 450e9},
                                                AlphaBetaLevel{4, 5e-6, 50e9}};
  expect_relative(good(hierarchical_allreduce(10e9, levels)), 0.07642588888888889, 1e-13);
}

// A ring, step by step: each rank sends one piece to the next and adds what it got, then passes on
// what is complete. Every rank must end with every piece.
TEST(Collectives, RingPlayedOutTakesItsSteps) {
  constexpr int p = 6;
  std::array<std::array<int, p>, p> held{};  // [rank][piece]: ranks summed in
  for (auto& rank : held) rank.fill(1);
  int steps = 0;
  for (int step = 0; step < 2 * (p - 1); ++step, ++steps) {
    const auto before = held;
    for (int rank = 0; rank < p; ++rank) {
      const auto from = static_cast<std::size_t>((rank + p - 1) % p);
      const auto piece = static_cast<std::size_t>(((rank - 1 - step) % p + 2 * p) % p);
      const int sent = before[from][piece];
      int& mine = held[static_cast<std::size_t>(rank)][piece];
      mine = step < p - 1 ? mine + sent : sent;
    }
  }
  for (const auto& rank : held)
    for (const int summed : rank) EXPECT_EQ(summed, p);
  expect_relative(good(ring_allreduce({p, 600, 1, 100})), steps * (1 + 600.0 / p / 100), 1e-14);
}

TEST(Collectives, OneRankIsFreeAndTwoAgree) {
  for (const auto form : {ring_allreduce, ring_allgather, doubling_allgather,
                          halving_doubling_allreduce, doubling_allreduce, tree_allreduce,
                          two_tree_allreduce, pairwise_alltoall, bruck_alltoall}) {
    EXPECT_EQ(good(form({1, 1e6, 1e-6, 1e9})), 0);
    expect_error(form({0, 1e6, 1e-6, 1e9}), "ranks");
    expect_error(form({8, -1, 1e-6, 1e9}), "bytes");
    expect_error(form({8, 1, NAN, 1e9}), "latency");
    expect_error(form({8, 1, 1e-6, 0}), "bandwidth");
  }
  expect_relative(good(ring_allreduce({2, 1e6, 1e-6, 1e9})),
                  good(halving_doubling_allreduce({2, 1e6, 1e-6, 1e9})), 1e-14);
  expect_relative(good(pairwise_alltoall({2, 1e6, 1e-6, 1e9})),
                  good(bruck_alltoall({2, 1e6, 1e-6, 1e9})), 1e-14);
  expect_error(doubling_allreduce({6, 1, 1, 1}), "power of two");
}

TEST(Collectives, AllReduceIsGatherAfterScatter) {
  const AlphaBeta c{16, 3e7, 2e-6, 25e9};
  expect_relative(good(ring_allreduce(c)), 2 * good(ring_allgather(c)), 1e-14);
  expect_relative(good(halving_doubling_allreduce(c)), 2 * good(doubling_allgather(c)), 1e-14);
}

TEST(Collectives, TheCrossoverIsWhereRingAndTreeMeet) {
  for (const std::int64_t ranks : {4, 5, 8, 100, 1024}) {
    const double bytes = good(ring_tree_crossover(ranks, 5e-6, 50e9));
    if (bytes > 0)
      expect_relative(good(ring_allreduce({ranks, bytes, 5e-6, 50e9})),
                      good(tree_allreduce({ranks, bytes, 5e-6, 50e9})), 1e-12);
    EXPECT_GT(good(tree_allreduce({ranks, bytes * 2 + 1e6, 5e-6, 50e9})),
              good(ring_allreduce({ranks, bytes * 2 + 1e6, 5e-6, 50e9})));
  }
  expect_error(ring_tree_crossover(3, 1, 1), "at least 4");
}

TEST(Collectives, LevelsWithoutLatencyAreOneRing) {
  const std::array<AlphaBetaLevel, 3> levels = {
      AlphaBetaLevel{8, 0, 1e9}, AlphaBetaLevel{5, 0, 1e9}, AlphaBetaLevel{3, 0, 1e9}};
  expect_relative(good(hierarchical_allreduce(1e9, levels)),
                  good(ring_allreduce({120, 1e9, 0, 1e9})), 1e-13);
}

TEST(Collectives, TwoTreesChooseTheBestNumberOfPieces) {
  const AlphaBeta c{64, 1e8, 5e-6, 50e9};
  // k pieces through 2 lg p levels: (2 lg p + k) (alpha + m beta / k), the best k by search.
  double best = INFINITY;
  for (int k = 1; k < 20'000; ++k) best = std::min(best, (12 + k) * (5e-6 + 2e-3 / k));
  expect_relative(good(two_tree_allreduce(c)), 2 * best, 1e-5);
  expect_error(two_tree_allreduce({64, 1e3, 5e-6, 50e9}), "pieces do not pay");
}

}  // namespace
}  // namespace fleetsim::analytic
