#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "analytic/exact/execution.h"

// s.pipeline: the bubble of 1F1B, from a schedule that is played out pass by pass. Training takes
// the bubble from the formula, so the formula has to stand by itself.
namespace fleetsim {
namespace {

struct Pipeline {
  int stages = 1, microbatches = 1, chunks = 1;
  double forward = 1, backward = 2;  // s of a microbatch on a stage, of all its chunks
};

struct Pass {
  bool back = false;
  int chunk = 0, microbatch = 0;
};

// The k-th pass of its kind on any stage: rounds of `stages` microbatches go through one chunk
// after the other (Narayanan et al. 2021); backward, through the last chunk first.
Pass pass_of(const Pipeline& p, int k, bool back) {
  const int round = k / (p.stages * p.chunks), chunk = k / p.stages % p.chunks;
  return {back, back ? p.chunks - 1 - chunk : chunk, round * p.stages + k % p.stages};
}

// What a stage does, in order: forward passes until the first backward one can be there, then one
// of each in turn, then the backward ones that are left.
std::vector<Pass> order_of(const Pipeline& p, int stage) {
  const int all = p.microbatches * p.chunks;
  const int ahead =
      p.chunks == 1 ? p.stages - stage - 1 : 2 * (p.stages - stage - 1) + (p.chunks - 1) * p.stages;
  const int warm_up = std::min(ahead, all);
  std::vector<Pass> out;
  for (int k = 0; k < warm_up; ++k) out.push_back(pass_of(p, k, false));
  for (int k = 0; k < all; ++k) {
    if (warm_up + k < all) out.push_back(pass_of(p, warm_up + k, false));
    out.push_back(pass_of(p, k, true));
  }
  return out;
}

// Plays the orders of all stages against each other: a pass begins when its stage is free and what
// it takes up is there. Messages take no time.
class Play {
 public:
  explicit Play(const Pipeline& p) : p_(p) {}

  double makespan() {
    std::vector<std::vector<Pass>> orders;
    for (int stage = 0; stage < p_.stages; ++stage) orders.push_back(order_of(p_, stage));
    std::vector<std::size_t> next(orders.size(), 0);
    std::vector<double> free(orders.size(), 0);
    for (bool moved = true; moved;) {
      moved = false;
      for (std::size_t s = 0; s < orders.size(); ++s)
        while (next[s] < orders[s].size()) {
          const Pass& pass = orders[s][next[s]];
          const double ready = input(pass, static_cast<int>(s));
          if (ready < 0) break;
          const double length = (pass.back ? p_.backward : p_.forward) / p_.chunks;
          free[s] = std::max(free[s], ready) + length;
          done_[{pass.back, layer(pass, static_cast<int>(s)), pass.microbatch}] = free[s];
          ++next[s];
          moved = true;
        }
    }
    for (std::size_t s = 0; s < orders.size(); ++s) EXPECT_EQ(next[s], orders[s].size());
    return *std::max_element(free.begin(), free.end());
  }

 private:
  int layer(const Pass& pass, int stage) const { return pass.chunk * p_.stages + stage; }

  // When its input is there; negative: not yet known.
  double input(const Pass& pass, int stage) const {
    const int here = layer(pass, stage), last = p_.stages * p_.chunks - 1;
    if (!pass.back && here == 0) return 0;
    const bool turns = pass.back && here == last;
    const int from = turns ? last : here + (pass.back ? 1 : -1);
    const auto found = done_.find({pass.back && !turns, from, pass.microbatch});
    return found == done_.end() ? -1 : found->second;
  }

  Pipeline p_;
  std::map<std::tuple<bool, int, int>, double> done_;  // by kind, layer, microbatch
};

TEST(PipelineSchedule, TheBubbleIsThatOfTheory) {
  for (const int stages : {1, 2, 4, 8})
    for (const int rounds : {1, 2, 5})
      for (const int chunks : {1, 2, 3, 6})
        for (const double backward : {1.0, 2.0, 3.5}) {
          if (stages == 1 && chunks > 1) continue;
          const Pipeline p{stages, rounds * stages, chunks, 1, backward};
          const double busy = p.microbatches * (p.forward + p.backward);
          const double idle = 1 - busy / Play(p).makespan();
          EXPECT_NEAR(idle, *analytic::bubble_share(stages, p.microbatches, chunks), 1e-12)
              << stages << " stages, " << p.microbatches << " microbatches, " << chunks
              << " chunks";
        }
}

// Without chunks any number of microbatches will do, also fewer than stages.
TEST(PipelineSchedule, AnyNumberOfMicrobatches) {
  for (const int microbatches : {1, 3, 7, 13}) {
    const Pipeline p{5, microbatches, 1, 1, 2};
    EXPECT_NEAR(1 - microbatches * 3 / Play(p).makespan(),
                *analytic::bubble_share(5, microbatches, 1), 1e-12);
  }
}

}  // namespace
}  // namespace fleetsim
