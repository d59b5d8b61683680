#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "analytic/exact/checkpoint.h"
#include "analytic/exact/spot.h"
#include "sim/stream.h"
#include "topology/spot.h"
#include "workloads/training/job.h"

namespace fleetsim::training {
namespace {

using analytic::spot_training;
using analytic::SpotPlan;
using analytic::SpotShares;

double sum(const SpotShares& s) {
  return s.useful + s.lost + s.writing + s.restart + s.detection + s.waiting;
}

// Without notice and absence the end of a stay is a failure that is known at once.
TEST(SpotForm, IsThatOfFailuresWhereNothingIsKnownBefore) {
  for (const double failures : {0.0, 1e-5, 1e-4}) {
    const auto spot = spot_training({.interval = 1800,
                                     .write = 60,
                                     .restart = 300,
                                     .failure_rate = failures,
                                     .stay = 20'000,
                                     .absence = 0,
                                     .saves = false});
    const auto exact = analytic::checkpoint_exact({1800, 60, 300, 1 / (failures + 1 / 20'000.0)});
    ASSERT_TRUE(spot && exact);
    EXPECT_NEAR(spot->useful / exact->goodput, 1, 1e-12);
    EXPECT_NEAR(spot->writing / (exact->writing * exact->goodput), 1, 1e-12);
    EXPECT_NEAR(sum(*spot), 1, 1e-12);
    EXPECT_NEAR(spot->waiting, 0, 1e-12);
  }
}

// Stays that never end leave failures alone; a last save that takes no time loses nothing.
TEST(SpotForm, HasItsLimits) {
  const auto never = spot_training(
      {.interval = 1800, .write = 60, .detection = 30, .failure_rate = 1e-5, .stay = 1e15});
  const auto exact = analytic::checkpoint_exact({1800, 60, 330, 1e5});
  ASSERT_TRUE(never && exact);
  EXPECT_NEAR(never->useful / exact->goodput, 1, 1e-9);
  const auto free =
      spot_training({.interval = 1e9, .write = 0, .restart = 0, .stay = 28'800, .absence = 7'200});
  ASSERT_TRUE(free);
  EXPECT_NEAR(free->useful, 0.8, 1e-9);
  EXPECT_NEAR(free->held, 0.8, 1e-12);
  EXPECT_FALSE(spot_training({.stay = 0}));
}

// The mean over stays of what is saved in one, counted interval by interval.
TEST(SpotForm, IsTheMeanOverStays) {
  const SpotPlan plan{.interval = 1800, .write = 90, .restart = 300, .stay = 9'000, .absence = 900};
  double useful = 0, writing = 0;
  const double step = 0.25;
  for (double s = step / 2; s < 40 * plan.stay; s += step) {
    const double left = s - plan.write - plan.restart;  // until the last save
    if (left < 0) continue;
    const double whole = std::floor(left / (plan.interval + plan.write));
    const double rest = left - whole * (plan.interval + plan.write);
    const double weight = std::exp(-s / plan.stay) / plan.stay * step;
    useful += weight * (whole * plan.interval + std::min(rest, plan.interval));
    writing += weight * (whole + 1) * plan.write;
  }
  const auto form = spot_training(plan);
  ASSERT_TRUE(form);
  EXPECT_NEAR(form->useful * (plan.stay + plan.absence) / useful, 1, 1e-6);
  EXPECT_NEAR(form->writing * (plan.stay + plan.absence) / writing, 1, 1e-4);
  EXPECT_EQ(form->lost, 0);
  EXPECT_NEAR(sum(*form), 1, 1e-12);
}

// A job of nanoseconds, one after the other.
struct ByHand {
  std::int64_t interval, write, restart, target;
  std::int64_t ready = 0, position = 0;
  bool stands = false;
  std::map<Phase, std::int64_t> spent{};

  void save() {
    if (!stands && ready == 0 && position > 0 && position < target) target = position;
  }
  void stop(bool paused) {
    const std::int64_t open = std::min(position, target);
    spent[paused ? Phase::queued : Phase::lost] += open;
    spent[paused ? Phase::queued : Phase::checkpoint] += position - open;
    stands = true;
    position = 0;
  }
  void resume() {
    stands = false;
    ready = restart;
    target = interval;
  }
  void tick() {
    if (stands) {
      ++spent[Phase::queued];
    } else if (ready > 0) {
      --ready;
      ++spent[Phase::restart];
    } else if (++position == target + write) {
      spent[Phase::useful] += target;
      spent[Phase::checkpoint] += write;
      position = 0;
    }
  }
};

// 500 histories of saves out of turn, pauses and failures.
TEST(SpotJobs, SaveOutOfTurnToTheNanosecond) {
  std::int64_t saved = 0;
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    Stream dice = Chance{.seed = seed}.stream("test.history");
    const auto roll = [&](std::uint64_t sides) {
      return static_cast<std::int64_t>(dice() % sides);
    };
    JobConfig config{.name = "j", .cluster = {0}, .step = {}, .work = {}, .checkpoint = {}};
    config.checkpoint.interval = {2 + roll(12)};
    config.checkpoint.write = {1 + roll(4)};
    config.restart = {roll(6)};
    ByHand hand{config.checkpoint.interval.ns, config.checkpoint.write.ns, config.restart.ns,
                config.checkpoint.interval.ns};
    Job job(config, 1, {});
    for (std::int64_t t = 0; t < 300; ++t) {
      const Instant now{t};
      const std::int64_t what = roll(30);
      if (what < 3) {
        saved += job.save(now) ? 1 : 0;
        hand.save();
      } else if (what < 5 && !job.stands()) {
        if (what == 3) job.pause(now);
        if (what == 4) job.strike(now, {});
        hand.stop(what == 3);
      } else if (what < 9 && job.stands()) {
        job.resume(now, {});
        hand.resume();
      }
      hand.tick();
      const Ledger books = job.ledger(Instant{t + 1});
      const std::int64_t open = hand.stands ? 0 : std::min(hand.position, hand.target);
      ASSERT_EQ(books[Phase::useful].ns, hand.spent[Phase::useful]) << seed << " " << t;
      ASSERT_EQ(books[Phase::queued].ns, hand.spent[Phase::queued]) << seed << " " << t;
      ASSERT_EQ(books[Phase::restart].ns, hand.spent[Phase::restart]) << seed << " " << t;
      ASSERT_EQ(books[Phase::lost].ns, hand.spent[Phase::lost] + open) << seed << " " << t;
      ASSERT_EQ(books.total().ns, t + 1);
      ASSERT_NEAR(job.interval_area(Instant{t + 1}),
                  seconds(config.checkpoint.interval) * seconds(Duration{t + 1}), 1e-24);
    }
  }
  EXPECT_GT(saved, 1000);
}

// A job that is done as soon needs no save; nor one that is writing.
TEST(SpotJobs, SaveOnlyWhereItHelps) {
  JobConfig config{.name = "j", .cluster = {0}, .step = {}, .work = 150_s, .checkpoint = {}};
  config.checkpoint.interval = 100_s;
  config.checkpoint.write = 10_s;
  Job job(config, 1, {});
  EXPECT_FALSE(job.save(Instant{} + 105_s));
  EXPECT_FALSE(job.save(Instant{} + 160_s));
  EXPECT_TRUE(job.save(Instant{} + 130_s));
  EXPECT_EQ(job.ledger(Instant{} + 140_s)[Phase::useful], 120_s);
  job.pause(Instant{} + 140_s);
  job.resume(Instant{} + 200_s, {});
  EXPECT_EQ(job.done(), Instant{} + 240_s);
  job.finish(Instant{} + 240_s);
  EXPECT_EQ(job.ledger(Instant{} + 240_s)[Phase::useful], 150_s);
}

// What a lease tells, and when.
struct Told {
  explicit Told(const Spot& spot)
      : lease(engine, spot, Chance{.seed = 1}.stream("test"), on<&Told::noticed>(*this),
              on<&Told::went>(*this), on<&Told::came>(*this)) {}
  void noticed(std::uint64_t) {
    at.push_back(seconds(engine.now() - Instant{}));
    EXPECT_TRUE(lease.holds());
  }
  void went(std::uint64_t) {
    at.push_back(seconds(engine.now() - Instant{}));
    EXPECT_FALSE(lease.holds());
  }
  void came(std::uint64_t) { at.push_back(seconds(engine.now() - Instant{})); }
  Engine engine;
  std::vector<double> at;
  SpotLease lease;
};

TEST(SpotLeases, StayAndGoInTurn) {
  Spot spot{.price = 1, .stay = *Law::constant(100), .absence = *Law::constant(20)};
  spot.notice = 30_s;
  EXPECT_DOUBLE_EQ(held_share(spot), 100.0 / 120);
  Told told(spot);
  told.engine.run_until(Instant{} + 250_s);
  EXPECT_EQ(told.at, (std::vector<double>{70, 100, 120, 190, 220, 240}));
  EXPECT_EQ(static_cast<double>(told.lease.held(Instant{} + 250_s)), 210e9);
  spot.stay = *Law::constant(10);  // shorter than the notice
  Told hasty(spot);
  hasty.engine.run_until(Instant{} + 31_s);
  EXPECT_EQ(hasty.at, (std::vector<double>{0, 10, 30, 30}));
}

TEST(SpotLeases, WithoutAnEndHold) {
  Told told(Spot{.price = 1});
  told.engine.run_until(Instant{} + 1000_s);
  EXPECT_TRUE(told.at.empty());
  EXPECT_TRUE(told.lease.holds());
  EXPECT_EQ(held_share(Spot{}), 1);
}

}  // namespace
}  // namespace fleetsim::training
