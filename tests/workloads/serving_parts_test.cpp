#include <gtest/gtest.h>

#include <deque>
#include <map>

#include "sim/stream.h"
#include "workloads/serving/iteration_cost.h"
#include "workloads/serving/page_clock.h"
#include "workloads/serving/prefix_cache.h"

// The parts of a replica against the plainest way to say the same.
namespace fleetsim::serving {
namespace {

std::int64_t below(Stream& stream, std::int64_t n) {
  return static_cast<std::int64_t>(stream.uniform() * static_cast<double>(n));
}

TEST(ServingPace, SumsAreThoseOfSinglePasses) {
  Stream stream = Chance{.seed = 3}.stream("test.pace");
  for (int i = 0; i < 2000; ++i) {
    const Pace pace{.a = below(stream, 1000),
                    .da = below(stream, 20),
                    .b = below(stream, 1000),
                    .db = below(stream, 20),
                    .rest = below(stream, 50) + 1};
    Fine sum = 0, arithmetic = 0;
    double moment = 0;
    const std::int64_t n = below(stream, 120);
    for (std::int64_t k = 0; k < n; ++k) {
      const Fine a = pace.a + k * pace.da, b = pace.b + k * pace.db;
      EXPECT_TRUE(pace.pass(k) == std::max(a, b) + pace.rest);
      EXPECT_EQ(pace.beyond(sum, n), k + 1);
      EXPECT_EQ(pace.beyond(sum + pace.pass(k) - 1, n), k + 1);
      sum += pace.pass(k);
      if (a > b) arithmetic += a;
      moment += static_cast<double>(k) * seconds_of(pace.pass(k));
    }
    const Pace::Bound bound = pace.bound(n);
    EXPECT_TRUE(pace.passes(n) == sum);
    EXPECT_TRUE(bound.arithmetic + bound.memory + bound.rest == sum);
    EXPECT_TRUE(bound.arithmetic >= arithmetic);  // more where both are equal
    EXPECT_NEAR(pace.moment(n), moment, 1e-12 * moment);
  }
}

TEST(ServingPages, AreThoseOfEverySequenceByItself) {
  Stream stream = Chance{.seed = 4}.stream("test.pages");
  for (const std::uint32_t page : {1u, 3u, 16u}) {
    PageClock clock(page);
    std::vector<std::int64_t> tokens;
    for (int i = 0; i < 400; ++i) {
      if (tokens.size() < 9 && stream.uniform() < 0.5) {
        tokens.push_back(below(stream, 100));
        clock.add(tokens.back());
      } else if (!tokens.empty() && stream.uniform() < 0.3) {
        clock.remove(tokens.back());
        tokens.pop_back();
      }
      const auto pages = [&](std::int64_t later) {
        std::int64_t sum = 0;
        for (const std::int64_t t : tokens) sum += (t + later + page - 1) / page;
        return sum;
      };
      for (const std::int64_t n : {0, 1, 2, 7, 40}) {
        EXPECT_EQ(clock.pages_for(n), pages(n) - pages(0));
        const std::int64_t free = below(stream, 30);
        const std::int64_t ticks = clock.ticks_within(free, n);
        EXPECT_LE(pages(ticks) - pages(0), free);
        EXPECT_TRUE(ticks == n || pages(ticks + 1) - pages(0) > free);
      }
      const std::int64_t n = below(stream, 5);
      clock.pass(n);
      for (std::int64_t& t : tokens) t += n;
    }
  }
}

// A list in the order of being let go, and a map of users.
class PlainCache {
 public:
  std::uint32_t found(std::span<const std::uint64_t> hashes) const {
    std::uint32_t n = 0;
    while (n < hashes.size() && users_.contains(hashes[n])) ++n;
    return n;
  }
  void hold(std::span<const std::uint64_t> hashes, std::uint32_t n) {
    for (const std::uint64_t hash : hashes.first(n)) {
      if (users_[hash]++ == 0) std::erase(idle_, hash);
    }
  }
  void let_go(std::span<const std::uint64_t> hashes, std::uint32_t n) {
    for (std::uint32_t i = n; i-- > 0;)
      if (--users_[hashes[i]] == 0) idle_.push_back(hashes[i]);
  }
  void give_up_one() {
    users_.erase(idle_.front());
    idle_.pop_front();
  }
  void bring(std::uint64_t hash) { users_[hash] = 1; }
  std::size_t blocks() const { return users_.size(); }
  std::size_t idle() const { return idle_.size(); }

 private:
  std::map<std::uint64_t, int> users_;
  std::deque<std::uint64_t> idle_;
};

TEST(ServingPrefixCache, IsAMapAndALine) {
  Stream stream = Chance{.seed = 5}.stream("test.cache");
  PrefixCache cache;
  PlainCache plain;
  struct User {
    std::vector<std::uint64_t> hashes;
    std::uint32_t holds;
  };
  std::vector<User> users;
  for (int i = 0; i < 20000; ++i) {
    const double what = stream.uniform();
    if (what < 0.45) {
      std::vector<std::uint64_t> hashes;
      for (std::int64_t n = below(stream, 12), h = below(stream, 40); n >= 0; --n, h += 40)
        hashes.push_back(static_cast<std::uint64_t>(h) * 0x100000000u);
      const auto found = cache.find(hashes);
      ASSERT_EQ(found.blocks, plain.found(hashes));
      cache.hold(hashes, found.blocks);
      plain.hold(hashes, found.blocks);
      const std::uint32_t brought = cache.bring(hashes, found.blocks);
      for (std::uint32_t b = 0; b < brought; ++b) plain.bring(hashes[found.blocks + b]);
      users.push_back({hashes, found.blocks + brought});
    } else if (what < 0.9 && !users.empty()) {
      const auto at = static_cast<std::size_t>(below(stream, std::ssize(users)));
      cache.let_go(users[at].hashes, users[at].holds);
      plain.let_go(users[at].hashes, users[at].holds);
      users.erase(users.begin() + static_cast<std::ptrdiff_t>(at));
    } else if (cache.idle() > 0) {
      cache.give_up_one();
      plain.give_up_one();
    }
    ASSERT_EQ(static_cast<std::size_t>(cache.blocks()), plain.blocks());
    ASSERT_EQ(static_cast<std::size_t>(cache.idle()), plain.idle());
  }
}

}  // namespace
}  // namespace fleetsim::serving
