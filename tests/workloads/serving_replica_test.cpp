#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/stream.h"
#include "tests/workloads/serving_driver.h"

// A replica alone: rows of passes in closed form against one pass at a time.
namespace fleetsim::serving {
namespace {

PassCost llama_like() {
  return {.token = 32e-6,
          .pair = 1.06e-9,
          .weights = 4.8e-3,
          .key = 39e-9,
          .message = 1e-7,
          .sequence = 2e-6,
          .launch_decode = 0.32e-3,
          .launch_prefill = 1e-5};
}

std::uint32_t up_to(Stream& stream, std::uint32_t most) {
  return 1 + static_cast<std::uint32_t>(stream.uniform() * most);
}

// Hashes of prompts of which some begin alike, as turns of a conversation do.
struct Hashes {
  std::vector<std::vector<std::uint64_t>> kept;
  std::span<const std::uint64_t> draw(Stream& stream, std::uint32_t blocks) {
    std::vector<std::uint64_t> row;
    if (!kept.empty() && stream.uniform() < 0.6)
      row = kept[static_cast<std::size_t>(stream.uniform() * static_cast<double>(kept.size()))];
    row.resize(std::min<std::size_t>(row.size(), blocks));
    while (row.size() < blocks) row.push_back(stream());
    kept.push_back(row);
    return kept.back();
  }
};

struct World {
  SchedulerConfig config{};
  PassCost cost = llama_like();
  std::vector<Asked> asked{};
  Hashes hashes{};
};

World random_world(std::uint32_t number) {
  Stream stream = Chance{.seed = 7}.stream("test.world", number);
  World world;
  SchedulerConfig& config = world.config;
  config.max_batch = up_to(stream, 12);
  config.max_tokens = 16 + up_to(stream, 600);
  if (stream.uniform() < 0.7) config.chunk = up_to(stream, 300);
  config.page_tokens = std::array{1u, 4u, 16u}[static_cast<std::size_t>(stream.uniform() * 3)];
  config.block_tokens = 32;
  config.prefix_cache = stream.uniform() < 0.5;
  config.watermark = stream.uniform() < 0.5 ? 0 : 3;
  config.pages = 1500 / config.page_tokens + 40;
  config.role = std::array{Role::both, Role::prefill, Role::decode}[number / 3 % 3];
  if (stream.uniform() < 0.2) world.cost.token = 400e-6;  // arithmetic and memory cross
  world.hashes.kept.reserve(400);
  double at = 0;
  const double gap = stream.uniform() * 0.4;
  for (int i = 0; i < 200; ++i) {
    if (stream.uniform() < 0.8) at += -std::log(stream.uniform()) * gap;
    Asked one{.at = Instant{} + from_seconds(at)};
    one.request.prompt = up_to(stream, 500);
    one.request.output = stream.uniform() < 0.1 ? 1 : up_to(stream, 300);
    one.request.priority = stream.uniform() < 0.2 ? 0 : 1;
    if (config.prefix_cache && stream.uniform() < 0.8)
      one.request.hashes = world.hashes.draw(stream, (one.request.prompt + 31) / 32);
    if (config.role == Role::decode) {
      ++one.request.output;
      one.request.made = 1;
      one.request.brought = one.request.prompt;
    }
    if (stream.uniform() < 0.1) one.cancelled = one.at + from_seconds(stream.uniform() * 8);
    world.asked.push_back(one);
  }
  return world;
}

// Half of the worlds draft, swap and keep blocks beyond memory, or need adapters.
void add_features(World& world, std::uint32_t number) {
  Stream stream = Chance{.seed = 7}.stream("test.features", number);
  SchedulerConfig& config = world.config;
  for (Asked& one : world.asked) one.request.luck = stream();
  if (number % 2 == 0) return;
  if (stream.uniform() < 0.4)
    config.speculation = {.draft = up_to(stream, 8),
                          .acceptance = stream.uniform(),
                          .concentration = 3,
                          .draft_time = 0.1};
  if (stream.uniform() < 0.6) {
    config.key_bytes = 1000;
    config.swap = stream.uniform() < 0.7;
    config.tiers = {{"host", stream.uniform() * 2e6, 1e9, 1e-4}};
    if (stream.uniform() < 0.5) config.tiers.push_back({"disk", 1e6, 1e8, 1e-3});
  }
  if (stream.uniform() < 0.4)
    config.adapters = {.popularity = *zipf(8, 0.7), .slots = up_to(stream, 4), .load = 0.01};
}

TEST(ServingReplica, RowsOfPassesAreWhatSinglePassesAre) {
  std::uint64_t rows = 0, passes = 0;
  std::int64_t accepted = 0, swapped = 0, tiers = 0, loaded = 0;
  int preemptions = 0;
  std::int64_t hits = 0;
  for (std::uint32_t number = 0; number < 300; ++number) {
    World world = random_world(number);
    add_features(world, number);
    const std::optional<Instant> crash =
        number % 3 == 0 ? std::optional(world.asked[100].at + 777777_ns) : std::nullopt;
    Driver fast(world.config, world.cost, world.asked, crash);
    world.config.one_by_one = true;
    Driver slow(world.config, world.cost, world.asked, crash);
    ASSERT_EQ(fast.first, slow.first) << number;
    ASSERT_EQ(fast.done, slow.done) << number;
    ASSERT_EQ(fast.lost, slow.lost) << number;
    ASSERT_EQ(fast.preemptions, slow.preemptions) << number;
    const Tallies x = fast.tallies(), y = slow.tallies();
    ASSERT_TRUE(x.busy == y.busy && x.gaps == y.gaps && x.prefill_only == y.prefill_only);
    ASSERT_EQ(x.decoded, y.decoded);
    ASSERT_EQ(x.read, y.read);
    ASSERT_EQ(x.hit_tokens, y.hit_tokens);
    ASSERT_EQ(x.accepted, y.accepted);
    ASSERT_EQ(x.swapped, y.swapped);
    ASSERT_EQ(x.tier_blocks, y.tier_blocks);
    ASSERT_EQ(x.adapters_loaded, y.adapters_loaded);
    ASSERT_NEAR(x.sequence_seconds, y.sequence_seconds, 1e-9 * y.sequence_seconds);
    ASSERT_NEAR(x.page_seconds, y.page_seconds, 0.02 * y.page_seconds);
    const auto cells = [](Driver& driver) {
      std::vector<std::pair<std::int64_t, std::int64_t>> out;
      for (const auto& cell : driver.replica().gaps().cells())
        out.push_back({cell.key, cell.value});
      return out;
    };
    ASSERT_EQ(cells(fast), cells(slow)) << number;
    EXPECT_EQ(fast.replica().present(), 0u);
    EXPECT_EQ(fast.replica().pages_used(), 0);
    if (!world.config.speculation) {
      rows += fast.events();
      passes += slow.events();
    }
    preemptions += fast.preemptions;
    hits += x.hit_tokens;
    accepted += x.accepted;
    swapped += x.swapped;
    tiers += x.tier_blocks[0] + x.tier_blocks[1];
    loaded += x.adapters_loaded;
  }
  EXPECT_GT(passes, 9 * rows);
  EXPECT_GT(accepted, 10000);
  EXPECT_GT(swapped, 100);
  EXPECT_GT(tiers, 1000);
  EXPECT_GT(loaded, 1000);
  EXPECT_GT(preemptions, 100);
  EXPECT_GT(hits, 10000);
}

}  // namespace
}  // namespace fleetsim::serving
