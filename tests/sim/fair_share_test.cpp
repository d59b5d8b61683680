#include "sim/fair_share.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "sim/stream.h"

namespace fleetsim {
namespace {

using Path = std::vector<LinkId>;

constexpr LinkId a{0}, b{1}, c{2}, d{3};

// One long flow over both links, one short flow on each; a carries 10, b carries 4. b is tight: 2
// each. What the long flow leaves on a is the short one's: 8.
TEST(MaxMinRates, LongFlowYieldsToItsTightestLink) {
  const std::vector<double> capacity = {10, 4};
  const std::vector<Path> paths = {{a, b}, {a}, {b}};
  EXPECT_EQ(max_min_rates(capacity, paths), (std::vector<double>{2, 8, 2}));
}

// The parking lot: n links of capacity 1, one flow over all, one on each: a half each.
TEST(MaxMinRates, ParkingLotGivesHalves) {
  const std::vector<double> capacity(4, 1.0);
  const std::vector<Path> paths = {{a, b, c, d}, {a}, {b}, {c}, {d}};
  EXPECT_EQ(max_min_rates(capacity, paths), std::vector<double>(5, 0.5));
}

// A dumbbell: three senders with links of 10, 10 and 1 share a middle of 9: 1, and 4 each.
TEST(MaxMinRates, DumbbellGivesWhatTheSlowOneLeaves) {
  const std::vector<double> capacity = {10, 10, 1, 9};
  const std::vector<Path> paths = {{a, d}, {b, d}, {c, d}};
  EXPECT_EQ(max_min_rates(capacity, paths), (std::vector<double>{4, 4, 1}));
}

TEST(MaxMinRates, NothingLimitsAFlowOverNoLink) {
  EXPECT_EQ(max_min_rates({}, std::vector<Path>{{}})[0], std::numeric_limits<double>::infinity());
}

TEST(FairShare, TellsWhoseRateChanged) {
  FairShare share(std::vector<double>{10, 4});
  const FlowId longer = share.add(Path{a, b}), on_a = share.add(Path{a});
  EXPECT_EQ(share.settle().size(), 2u);
  EXPECT_EQ(share.rate(longer), 4);
  EXPECT_EQ(share.rate(on_a), 6);
  EXPECT_EQ(share.bottleneck(longer), b);
  const FlowId on_b = share.add(Path{b});
  EXPECT_EQ(share.settle().size(), 3u);
  EXPECT_EQ(share.rate(on_a), 8);
  share.remove(on_a);
  EXPECT_EQ(share.settle().size(), 0u);  // b is still what holds the others
  share.remove(on_b);
  ASSERT_EQ(share.settle().size(), 1u);
  EXPECT_EQ(share.rate(longer), 4);
  EXPECT_EQ(share.load(a), 4);
}

TEST(FairShare, LinkThatIsDownStopsItsFlowsAndNobodyElse) {
  FairShare share(std::vector<double>{10, 4});
  const FlowId both = share.add(Path{a, b}), on_a = share.add(Path{a});
  share.settle();
  share.set_capacity(b, 0);
  share.settle();
  EXPECT_EQ(share.rate(both), 0);
  EXPECT_EQ(share.rate(on_a), 10);
  share.set_capacity(b, 4);
  share.settle();
  EXPECT_EQ(share.rate(both), 4);
  EXPECT_EQ(share.rate(on_a), 6);
}

TEST(FairShare, FlowAddedAndRemovedAtOnceLeavesNoTrace) {
  FairShare share(std::vector<double>{10});
  const FlowId first = share.add(Path{a});
  share.settle();
  share.remove(share.add(Path{a}));
  EXPECT_EQ(share.settle().size(), 0u);
  EXPECT_EQ(share.rate(first), 10);
}

// A random system under random changes, held after each to what defines the solution, and to the
// solution from nothing.
class RandomSystem {
 public:
  explicit RandomSystem(std::uint64_t seed)
      : stream_(Chance{.seed = seed}.stream("fair share")),
        capacity_(draw_capacities(below(12) + 1)),
        share_(capacity_) {}

  void change() {
    const std::uint64_t what = below(10);
    if (what < 5 || flows_.empty()) {
      paths_.push_back(draw_path());
      flows_.push_back(share_.add(paths_.back()));
    } else if (what < 8) {
      const std::size_t victim = below(flows_.size());
      share_.remove(flows_[victim]);
      flows_.erase(flows_.begin() + static_cast<std::ptrdiff_t>(victim));
      paths_.erase(paths_.begin() + static_cast<std::ptrdiff_t>(victim));
    } else {
      const std::size_t link = below(capacity_.size());
      capacity_[link] = what == 9 ? 0 : draw_capacity();
      share_.set_capacity({static_cast<std::uint32_t>(link)}, capacity_[link]);
    }
  }

  void hold() {
    share_.settle();
    const std::vector<double> expected = max_min_rates(capacity_, paths_);
    for (std::size_t i = 0; i < flows_.size(); ++i) {
      const double rate = share_.rate(flows_[i]);
      ASSERT_NEAR(rate, expected[i], 1e-9 * expected[i]);
      const LinkId tight = share_.bottleneck(flows_[i]);
      ASSERT_NE(std::find(paths_[i].begin(), paths_[i].end(), tight), paths_[i].end());
      ASSERT_NEAR(share_.load(tight), share_.capacity(tight), 1e-9 * share_.capacity(tight));
      for (std::size_t k = 0; k < flows_.size(); ++k) {
        if (std::find(paths_[k].begin(), paths_[k].end(), tight) == paths_[k].end()) continue;
        ASSERT_LE(share_.rate(flows_[k]), rate * (1 + 1e-9));
      }
    }
    for (std::uint32_t l = 0; l < capacity_.size(); ++l)
      ASSERT_LE(share_.load({l}), capacity_[l] * (1 + 1e-9));
  }

 private:
  std::uint64_t below(std::uint64_t n) {
    return static_cast<std::uint64_t>(stream_.uniform() * static_cast<double>(n));
  }
  // Often alike, so that ties are common.
  double draw_capacity() { return below(2) == 0 ? 10 : 1 + 9 * stream_.uniform(); }
  std::vector<double> draw_capacities(std::uint64_t n) {
    std::vector<double> out;
    for (std::uint64_t i = 0; i < n; ++i) out.push_back(draw_capacity());
    return out;
  }
  Path draw_path() {
    Path path;
    while (path.empty())
      for (std::uint32_t l = 0; l < capacity_.size(); ++l)
        if (below(3) == 0) path.push_back({l});
    return path;
  }

  Stream stream_;
  std::vector<double> capacity_;
  FairShare share_;
  std::vector<Path> paths_;
  std::vector<FlowId> flows_;
};

TEST(FairShare, RandomSystemsAreFairFeasibleAndFull) {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    SCOPED_TRACE(seed);
    RandomSystem system(seed);
    for (int i = 0; i < 30; ++i) {
      for (std::uint64_t changes = 0; changes <= seed % 4; ++changes) system.change();
      system.hold();
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

// A change opens what it touches: with each flow on a link of its own, one.
TEST(FairShare, CostFollowsWhatChanges) {
  FairShare share(std::vector<double>(100'000, 1.0));
  for (std::uint32_t l = 0; l < 99'999; ++l) share.add(Path{{l}});
  share.settle();
  const std::uint64_t before = share.flows_opened();
  share.add(Path{{99'999}});
  share.settle();
  EXPECT_EQ(share.flows_opened() - before, 1u);
}

}  // namespace
}  // namespace fleetsim
