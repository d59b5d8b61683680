#include "sim/engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "sim/stream.h"

namespace fleetsim {
namespace {

struct Log {
  std::vector<std::uint64_t> ran;
  void note(std::uint64_t arg) { ran.push_back(arg); }
};

TEST(Engine, RunsInOrderOfTimeThenOfScheduling) {
  Engine engine;
  Log log;
  engine.at({30}, on<&Log::note>(log, 1));
  engine.at({10}, on<&Log::note>(log, 2));
  engine.at({30}, on<&Log::note>(log, 3));
  engine.at({20}, on<&Log::note>(log, 4));
  engine.run();
  EXPECT_EQ(log.ran, (std::vector<std::uint64_t>{2, 4, 1, 3}));
  EXPECT_EQ(engine.now(), Instant{30});
  EXPECT_EQ(engine.events_run(), 4u);
  EXPECT_EQ(engine.pending(), 0u);
}

TEST(Engine, RunUntilIncludesItsEndAndMovesTheClockThere) {
  Engine engine;
  Log log;
  engine.at({10}, on<&Log::note>(log, 1));
  engine.at({11}, on<&Log::note>(log, 2));
  engine.run_until({10});
  EXPECT_EQ(log.ran.size(), 1u);
  engine.run_until({10});
  EXPECT_EQ(log.ran.size(), 1u);
  engine.run_until({100});
  EXPECT_EQ(log.ran.size(), 2u);
  EXPECT_EQ(engine.now(), Instant{100});
}

TEST(Engine, StopReturnsAfterTheRunningEvent) {
  struct Stopper {
    Engine engine;
    int ran = 0;
    void fire(std::uint64_t arg) {
      ++ran;
      if (arg == 1) engine.stop();
    }
  } s;
  for (const std::uint64_t arg : {0u, 1u, 2u}) s.engine.at({5}, on<&Stopper::fire>(s, arg));
  s.engine.run_until({9});
  EXPECT_EQ(s.ran, 2);
  EXPECT_EQ(s.engine.now(), Instant{5});
  s.engine.run_until({9});
  EXPECT_EQ(s.ran, 3);
}

TEST(Engine, HandlesStaySafeAfterTheirEventHasRunOrGone) {
  Engine engine;
  Log log;
  const EventHandle a = engine.at({1}, on<&Log::note>(log, 1));
  const EventHandle b = engine.at({2}, on<&Log::note>(log, 2));
  EXPECT_FALSE(engine.cancel(EventHandle{}));
  EXPECT_TRUE(engine.cancel(b));
  EXPECT_FALSE(engine.cancel(b));
  EXPECT_TRUE(engine.step());
  EXPECT_FALSE(engine.cancel(a));
  const EventHandle c = engine.at({3}, on<&Log::note>(log, 3));  // uses a slot of the past again
  EXPECT_FALSE(engine.cancel(a));
  EXPECT_FALSE(engine.cancel(b));
  EXPECT_EQ(engine.reschedule(a, {9}), EventHandle{});
  const EventHandle d = engine.reschedule(c, {7});
  EXPECT_FALSE(engine.cancel(c));
  engine.run();
  EXPECT_FALSE(engine.cancel(d));
  EXPECT_EQ(engine.now(), Instant{7});
  EXPECT_EQ(log.ran, (std::vector<std::uint64_t>{1, 3}));
}

TEST(EngineDeathTest, SchedulingInThePastIsACheckedBug) {
  Engine engine;
  Log log;
  engine.run_until({10});
  EXPECT_DEATH(engine.at({9}, on<&Log::note>(log)), "never scheduled in the past");
  EXPECT_DEATH(engine.run_until({9}), "never ends in the past");
}

// The obvious implementation: a sorted map of (time, order of scheduling).
class Reference {
 public:
  using Key = std::pair<std::int64_t, std::uint64_t>;
  Key push(std::int64_t when, std::uint64_t arg) {
    const Key key{when, order_++};
    waiting_[key] = arg;
    return key;
  }
  bool cancel(Key key) { return waiting_.erase(key) > 0; }
  bool empty() const { return waiting_.empty(); }
  std::pair<std::int64_t, std::uint64_t> pop() {
    const auto first = waiting_.begin();
    const std::pair<std::int64_t, std::uint64_t> out{first->first.first, first->second};
    waiting_.erase(first);
    return out;
  }

 private:
  std::uint64_t order_ = 0;
  std::map<Key, std::uint64_t> waiting_;
};

// Shapes of increments that have broken or slowed calendar and ladder queues.
enum class Shape { dense, exponential, bimodal, burst, far_future, ties, descending };

std::int64_t increment(Shape shape, Stream& chance, std::uint64_t step) {
  const double u = chance.uniform();
  switch (shape) {
    case Shape::dense:
      return static_cast<std::int64_t>(u * 100);
    case Shape::exponential:
      return static_cast<std::int64_t>(-std::log(u) * 1e9);
    case Shape::bimodal:
      return static_cast<std::int64_t>(u < 0.9 ? u * 1e3 : u * 1e12);
    case Shape::burst:
      return step % 1000 < 700 ? 1'000'000 : static_cast<std::int64_t>(u * 2e6);
    case Shape::far_future:
      return static_cast<std::int64_t>(std::pow(10, 18 * u));
    case Shape::ties:
      return static_cast<std::int64_t>(u * 4) * 1000;
    case Shape::descending:
      return 1'000'000'000 - static_cast<std::int64_t>(step);
  }
  return 0;
}

struct Twin {
  Engine engine;
  Reference reference;
  Log log;
  std::vector<std::pair<EventHandle, Reference::Key>> handles;
  std::uint64_t next_arg = 0;

  void push(std::int64_t when) {
    const std::uint64_t arg = next_arg++;
    handles.emplace_back(engine.at({when}, on<&Log::note>(log, arg)), reference.push(when, arg));
  }
  void cancel(std::size_t i) {
    EXPECT_EQ(engine.cancel(handles[i].first), reference.cancel(handles[i].second));
  }
  bool pop() {
    const bool ran = engine.step();
    EXPECT_EQ(ran, !reference.empty());
    if (!ran) return false;
    const auto [when, arg] = reference.pop();
    EXPECT_EQ(engine.now().ns, when);
    EXPECT_EQ(log.ran.back(), arg);
    return true;
  }
};

class EngineAgainstMap : public testing::TestWithParam<Shape> {};

// Grows, holds with cancellation and shrinks, at several sizes; each event must come out at the
// very place where the map has it.
TEST_P(EngineAgainstMap, SameHistory) {
  for (const std::uint64_t size : {3u, 40u, 100u, 1000u, 20'000u}) {
    Twin twin;
    Stream chance = Chance{.seed = size}.stream("test.engine");
    std::uint64_t step = 0;
    const auto push = [&] {
      twin.push(twin.engine.now().ns + increment(GetParam(), chance, step++));
    };
    for (std::uint64_t i = 0; i < size; ++i) push();
    for (std::uint64_t i = 0; i < 3 * size && !HasFailure(); ++i) {
      const double u = chance.uniform();
      if (u < 0.2) twin.cancel(static_cast<std::size_t>(u * 5 * double(twin.handles.size())));
      if (u < 0.6) push();
      if (u > 0.4) twin.pop();
    }
    while (!HasFailure() && twin.pop()) {
    }
    EXPECT_EQ(twin.engine.pending(), 0u);
  }
}

std::string name_of(Shape shape) {
  switch (shape) {
    case Shape::dense:
      return "dense";
    case Shape::exponential:
      return "exponential";
    case Shape::bimodal:
      return "bimodal";
    case Shape::burst:
      return "burst";
    case Shape::far_future:
      return "far_future";
    case Shape::ties:
      return "ties";
    case Shape::descending:
      return "descending";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(Shapes, EngineAgainstMap,
                         testing::Values(Shape::dense, Shape::exponential, Shape::bimodal,
                                         Shape::burst, Shape::far_future, Shape::ties,
                                         Shape::descending),
                         [](const auto& p) { return name_of(p.param); });

// Handlers that schedule while a burst of their own instant is being run.
TEST(Engine, EventsOfARunningInstantJoinItsEnd) {
  struct Cascade {
    Engine engine;
    std::vector<std::uint64_t> order;
    void fire(std::uint64_t arg) {
      order.push_back(arg);
      if (arg < 10'000) {
        engine.after({0}, on<&Cascade::fire>(*this, arg + 10'000));
        engine.after({arg % 2 == 0 ? 1 : 5}, on<&Cascade::fire>(*this, arg + 20'000));
      }
    }
  } c;
  for (std::uint64_t i = 0; i < 10'000; ++i) c.engine.at({1'000}, on<&Cascade::fire>(c, i));
  c.engine.run();
  ASSERT_EQ(c.order.size(), 30'000u);
  for (std::uint64_t i = 0; i < 20'000; ++i) EXPECT_EQ(c.order[i], i);
  for (std::uint64_t i = 0; i < 5'000; ++i) {
    EXPECT_EQ(c.order[20'000 + i], 20'000 + 2 * i);
    EXPECT_EQ(c.order[25'000 + i], 20'001 + 2 * i);
  }
}

// Time-outs that are always cancelled: the marks they leave must not pile up.
TEST(Engine, MemoryFollowsWhatWaitsNotWhatWasCancelled) {
  Engine engine;
  Log log;
  for (std::int64_t i = 0; i < 3'000'000; ++i) {
    const EventHandle timeout = engine.at({i + 1'000'000'000}, on<&Log::note>(log));
    EXPECT_TRUE(engine.cancel(timeout));
    ASSERT_EQ(timeout.slot, 0u);
  }
  EXPECT_EQ(engine.pending(), 0u);
  EXPECT_FALSE(engine.step());
  EXPECT_TRUE(log.ran.empty());
}

// The peek that run_until makes past its end must not fix the order of what is pushed before it.
TEST(Engine, EarlierEventsMayStillComeAfterAPeek) {
  Engine engine;
  Log log;
  for (std::uint64_t i = 0; i < 500; ++i)
    engine.at({1'000'000 + static_cast<std::int64_t>(i % 7) * 100}, on<&Log::note>(log, i));
  engine.run_until({10});
  for (std::uint64_t i = 0; i < 500; ++i)
    engine.at({999'000 - static_cast<std::int64_t>(i)}, on<&Log::note>(log, 1000 + i));
  engine.run_until({999'000});
  ASSERT_EQ(log.ran.size(), 500u);
  EXPECT_EQ(log.ran.front(), 1499u);
  EXPECT_EQ(log.ran.back(), 1000u);
  engine.run();
  EXPECT_EQ(log.ran.size(), 1000u);
}

}  // namespace
}  // namespace fleetsim
