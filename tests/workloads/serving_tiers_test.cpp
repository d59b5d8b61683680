#include <gtest/gtest.h>

#include <cmath>

#include "tests/workloads/serving_driver.h"

// Keys beyond memory, and adapters.
namespace fleetsim::serving {
namespace {

std::vector<std::uint64_t> hashes(std::uint64_t from, std::uint64_t count) {
  std::vector<std::uint64_t> out;
  for (std::uint64_t i = 0; i < count; ++i) out.push_back(from + i);
  return out;
}

TEST(ServingTiers, BlocksGoDownByAge) {
  KeyTiers tiers({{"host", 250, 1e9, 1e-3}, {"disk", 200, 1e8, 1e-2}}, 100);
  for (std::uint64_t hash = 1; hash <= 5; ++hash) tiers.keep(hash);
  EXPECT_EQ(tiers.find(hashes(1, 5)), 0u);  // the oldest fell off the disk
  EXPECT_EQ(tiers.find(hashes(2, 4)), 4u);
  const KeyTiers::Taken taken = tiers.take(hashes(3, 2));  // one from the disk, one from the host
  EXPECT_EQ(taken.blocks[0], 1);
  EXPECT_EQ(taken.blocks[1], 1);
  EXPECT_NEAR(seconds_of(taken.time), 1e-3 + 1e-7 + 1e-2 + 1e-6, 1e-15);
  EXPECT_EQ(tiers.find(hashes(3, 1)), 0u);
  EXPECT_EQ(tiers.find(hashes(2, 1)), 1u);
}

TEST(ServingTiers, SequencesComeBeforeBlocks) {
  KeyTiers tiers({{"host", 300, 1e9, 0}, {"disk", 200, 1e8, 0}}, 100);
  for (std::uint64_t hash = 1; hash <= 3; ++hash) tiers.keep(hash);
  EXPECT_EQ(tiers.hold(150), 0u);
  EXPECT_EQ(tiers.find(hashes(1, 3)), 3u);  // two of them are on the disk now
  EXPECT_EQ(tiers.take(hashes(1, 3)).blocks[1], 2);
  EXPECT_EQ(tiers.hold(200), 1u);
  EXPECT_EQ(tiers.hold(200), std::nullopt);
  tiers.let_go(0, 150);
  EXPECT_EQ(tiers.hold(200), 0u);
}

// Two sequences of 60 and 40 tokens in ten pages of ten. The one let in last gives way when the
// other needs its tenth page, and comes back when that is done, with all that it had: two transfers
// more, and not a token read again.
TEST(ServingTiers, WhoGivesWayComesBackWithItsKeys) {
  const PassCost cost{.token = 1e-4, .weights = 1e-2};
  SchedulerConfig config{.max_batch = 2, .pages = 10, .page_tokens = 10, .key_bytes = 1000};
  std::vector<Asked> asked(2);
  asked[0].request.prompt = 55, asked[0].request.output = 40;
  asked[1].request.prompt = 25, asked[1].request.output = 40;
  Driver again(config, cost, asked);
  config.swap = true;
  config.tiers = {{"host", 1e6, 1e6, 5e-3}};
  Driver swapped(config, cost, asked);
  EXPECT_EQ(again.preemptions, 1);
  EXPECT_EQ(swapped.preemptions, 1);
  EXPECT_EQ(swapped.tallies().swapped, 1);
  EXPECT_EQ(swapped.tallies().read, 80);
  EXPECT_EQ(swapped.tallies().decoded, 78);
  EXPECT_GT(again.tallies().read, 80);
  // Pages: 6 + 3, then 7 + 3 from 6 tokens on, so after the 5th pass of both one more does not go:
  // contexts 60 and 30 fill 6 + 3 = 9, and both want another.
  const double transfer = 5e-3 + 30 * 1000 / 1e6;
  const double first = 2e-2 + 39 * 1e-2 + transfer;  // reading one by one, and 39 passes
  EXPECT_NEAR(seconds(*swapped.done[0] - Instant{}), first, 3e-9);
  EXPECT_NEAR(seconds(*swapped.done[1] - Instant{}), first + transfer + 34 * 1e-2, 3e-9);
}

TEST(ServingTiers, WithoutRoomThereItReadsAgain) {
  const PassCost cost{.token = 1e-4, .weights = 1e-2};
  SchedulerConfig config{.max_batch = 2, .pages = 10, .page_tokens = 10, .key_bytes = 1000};
  std::vector<Asked> asked(2);
  asked[0].request.prompt = 55, asked[0].request.output = 40;
  asked[1].request.prompt = 25, asked[1].request.output = 40;
  Driver again(config, cost, asked);
  config.swap = true;
  config.tiers = {{"host", 29'999, 1e6, 0}};
  Driver swapped(config, cost, asked);
  EXPECT_EQ(swapped.tallies().swapped, 0);
  EXPECT_EQ(again.done, swapped.done);
}

// Prompts a, b, a again, one after the other in memory for six blocks: of the second a the first
// block is still there, and four come from the host.
TEST(ServingTiers, ABlockThatMemoryGaveUpIsReadBack) {
  const PassCost cost{.token = 1e-3};
  SchedulerConfig config{.max_batch = 1,
                         .pages = 12,
                         .page_tokens = 10,
                         .prefix_cache = true,
                         .block_tokens = 20,
                         .key_bytes = 100};
  config.tiers = {{"host", 1e5, 1e5, 2e-3}};
  const auto a = hashes(1, 5), b = hashes(11, 5);
  std::vector<Asked> asked(3);
  for (std::size_t i = 0; i < 3; ++i) {
    asked[i].at = Instant{} + from_seconds(static_cast<double>(i));
    asked[i].request.prompt = 100;
    asked[i].request.hashes = i == 1 ? b : a;
  }
  Driver driver(config, cost, asked);
  EXPECT_EQ(driver.tallies().tier_blocks[0], 4);
  EXPECT_EQ(driver.tallies().hit_blocks, 5);
  // All but the last token are there.
  EXPECT_NEAR(seconds(*driver.done[2] - asked[2].at), 2e-3 + 8e3 / 1e5 + 1e-3, 2e-9);
}

std::pair<double, double> hits(std::uint32_t count, double exponent, std::uint32_t slots) {
  SchedulerConfig config{.max_batch = 1, .pages = 10};
  config.adapters = {.popularity = *zipf(count, exponent), .slots = slots, .load = 2e-3};
  constexpr int requests = 200'000;
  std::vector<Asked> asked(requests);
  for (std::uint32_t i = 0; i < requests; ++i) {
    asked[i].request.luck = i + 1;
    asked[i].at = Instant{} + i * 10_ms;
  }
  Driver driver(config, {.token = 1e-3}, asked);
  const Tallies seen = driver.tallies();
  const double loaded = static_cast<double>(seen.adapters_loaded);
  return {1 - loaded / requests, (seconds_of(seen.busy) - requests * 1e-3) / loaded};
}

// Equally popular: the slots hold that share. By Zipf's law: within Che's approximation, in which
// number i stays for a time t in which as many different ones are asked for as there are slots.
TEST(ServingAdapters, AreThereAsOftenAsTheoryHasIt) {
  const auto [equal, load] = hits(20, 0, 5);
  EXPECT_NEAR(equal, 0.25, 4 * std::sqrt(0.25 * 0.75 / 200'000));
  EXPECT_NEAR(load, 2e-3, 1e-9);
  const Law law = *zipf(100, 1);
  const auto asked_for = [&](int i) { return law.cdf(i) - law.cdf(i - 0.5); };
  double low = 0, high = 1e6;
  for (int step = 0; step < 100; ++step) {
    const double t = (low + high) / 2;
    double there = 0;
    for (int i = 0; i < 100; ++i) there -= std::expm1(-asked_for(i) * t);
    (there < 20 ? low : high) = t;
  }
  double che = 0;
  for (int i = 0; i < 100; ++i) che -= asked_for(i) * std::expm1(-asked_for(i) * low);
  EXPECT_NEAR(hits(100, 1, 20).first, che, 0.01);
}

}  // namespace
}  // namespace fleetsim::serving
