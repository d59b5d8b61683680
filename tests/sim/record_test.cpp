#include "sim/record.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "sim/digest.h"

namespace fleetsim {
namespace {

std::uint64_t digest_of(const std::vector<Record>& history) {
  Digest digest;
  digest.write(history);
  return digest.value();
}

const std::vector<Record> history = {
    {.when = {10}, .what = "queue.service", .who = 1, .shape = Record::Shape::begin},
    {.when = {10}, .what = "queue.length", .who = 0, .value = 3, .shape = Record::Shape::counter},
    {.when = {25}, .what = "queue.service", .who = 1, .shape = Record::Shape::end},
    {.when = {25}, .what = "queue.lost", .who = 2},
};

TEST(Digest, CutsIntoBatchesMeanNothing) {
  for (std::size_t cut = 0; cut <= history.size(); ++cut) {
    Digest digest;
    digest.write(std::span(history).first(cut));
    digest.write(std::span(history).subspan(cut));
    EXPECT_EQ(digest.value(), digest_of(history)) << "cut at " << cut;
  }
}

TEST(Digest, EachOrderHasItsOwn) {
  std::vector<std::size_t> order = {0, 1, 2, 3};
  std::set<std::uint64_t> seen;
  do {
    std::vector<Record> shuffled;
    for (const std::size_t i : order) shuffled.push_back(history[i]);
    seen.insert(digest_of(shuffled));
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_EQ(seen.size(), 24u);
}

TEST(Digest, EachFieldCounts) {
  const auto changed = [](auto change) {
    std::vector<Record> other = history;
    change(other.at(1));
    return digest_of(other);
  };
  const std::uint64_t same = digest_of(history);
  EXPECT_NE(changed([](Record& r) { r.when.ns += 1; }), same);
  EXPECT_NE(changed([](Record& r) { r.what = "queue.lengti"; }), same);
  EXPECT_NE(changed([](Record& r) { r.who = 1; }), same);
  EXPECT_NE(changed([](Record& r) { r.value = std::nextafter(r.value, 4); }), same);
  EXPECT_NE(changed([](Record& r) { r.shape = Record::Shape::instant; }), same);
}

// A record of zeros, the hardest to see, still leaves its mark, as does its second copy.
TEST(Digest, EmptyRecordsAreCounted) {
  std::set<std::uint64_t> seen;
  std::vector<Record> zeros;
  for (int n = 0; n < 100; ++n) {
    seen.insert(digest_of(zeros));
    zeros.push_back({});
  }
  EXPECT_EQ(seen.size(), 100u);
}

// One bit of input must reach each bit of output about half the time (strict avalanche): over 64
// single-bit changes the mean of 32 flips has a standard error of 4 / 8 = 0.5.
TEST(Digest, OneBitChangesHalfOfAllBits) {
  int flips = 0;
  for (int bit = 0; bit < 64; ++bit) {
    std::vector<Record> other = history;
    other.at(1).who ^= std::uint64_t{1} << bit;
    flips += std::popcount(digest_of(other) ^ digest_of(history));
  }
  EXPECT_NEAR(flips / 64.0, 32, 2);
}

// The value is pinned as a determinism digest: it is what must survive compilers and levels.
TEST(Digest, HistoryIsTheOneWeRecorded) {
  EXPECT_EQ(digest_of(history), 13'797'134'171'156'145'913u);
}

}  // namespace
}  // namespace fleetsim
