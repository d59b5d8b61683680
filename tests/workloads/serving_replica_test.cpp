#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/stream.h"
#include "workloads/serving/replica.h"

// A replica alone: rows of passes in closed form against one pass at a time.
namespace fleetsim::serving {
namespace {

struct Asked {
  Instant at{};
  Request request{};
  std::optional<Instant> cancelled{};
};

// Sends requests to one replica, and writes down what becomes of them.
class Driver : public Desk {
 public:
  Driver(const SchedulerConfig& config, const PassCost& cost, const std::vector<Asked>& asked,
         std::optional<Instant> crash = {})
      : cost_(cost),
        replica_(config, cost_, engine_, *this),
        first(asked.size()),
        done(asked.size()) {
    for (std::uint32_t i = 0; i < asked.size(); ++i) {
      requests_.push_back(asked[i].request);
      engine_.at(asked[i].at, on<&Driver::send>(*this, i));
      if (asked[i].cancelled) engine_.at(*asked[i].cancelled, on<&Driver::cancel>(*this, i));
    }
    if (crash) engine_.at(*crash, on<&Driver::crash>(*this));
    engine_.run();
  }

  Request& request(RequestId id) override { return requests_[id.index]; }
  void first_token(RequestId id, Instant when) override { first[id.index] = when; }
  void finished(RequestId id, Instant when) override { done[id.index] = when; }
  void preempted(RequestId) override { ++preemptions; }
  void handed_over(RequestId id, std::uint64_t keys) override {
    done[id.index] = engine_.now();
    engine_.after(id.index % 300 * Duration{1'000'003}, on<&Driver::let_go>(*this, keys));
  }

  Tallies tallies() { return replica_.tallies(engine_.now()); }
  Replica& replica() { return replica_; }
  std::uint64_t events() const { return engine_.events_run(); }

 private:
  void send(std::uint64_t i) {
    requests_[i].first_token = engine_.now();  // of those that others have read
    replica_.submit({static_cast<std::uint32_t>(i)});
  }
  void let_go(std::uint64_t keys) { replica_.let_go(keys); }
  void cancel(std::uint64_t i) {
    const auto id = static_cast<std::uint32_t>(i);
    const bool here = std::find(lost.begin(), lost.end(), id) == lost.end();
    if (here && !done[i]) replica_.cancel({id});
  }
  void crash(std::uint64_t) {
    for (const RequestId id : replica_.crash()) lost.push_back(id.index);
  }

  Engine engine_;
  IterationCost cost_;
  std::vector<Request> requests_;
  Replica replica_;

 public:
  std::vector<std::optional<Instant>> first, done;
  std::vector<std::uint32_t> lost;
  int preemptions = 0;
};

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

TEST(ServingReplica, RowsOfPassesAreWhatSinglePassesAre) {
  std::uint64_t rows = 0, passes = 0;
  int preemptions = 0;
  std::int64_t hits = 0;
  for (std::uint32_t number = 0; number < 300; ++number) {
    World world = random_world(number);
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
    rows += fast.events();
    passes += slow.events();
    preemptions += fast.preemptions;
    hits += x.hit_tokens;
  }
  EXPECT_GT(passes, 9 * rows);
  EXPECT_GT(preemptions, 100);
  EXPECT_GT(hits, 10000);
}

}  // namespace
}  // namespace fleetsim::serving
