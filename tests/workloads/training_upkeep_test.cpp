#include <gtest/gtest.h>

#include <array>
#include <map>

#include "tests/workloads/training_fleets.h"
#include "workloads/training/job.h"
#include "workloads/training/training_model.h"

namespace fleetsim::training {
namespace {

Instant at(std::int64_t ns) {
  return Instant{ns};
}

// Own time passes through each nanosecond, and wall() is the first with it; whatever the factors.
TEST(SlowClocks, PassThroughEachNanosecond) {
  for (const double factor : {1.0, 1.000001, 1.5, 3.0, 7.25}) {
    SlowClock clock;
    clock.start(at(10));
    clock.slow(at(4), factor);  // counts from 10 only
    Instant last{-1};
    for (std::int64_t t = 0; t < 300; ++t) {
      if (t == 60) clock.slow(at(t), 2.5);
      const Instant own = clock.own(at(t));
      EXPECT_LE(own - last, 1_ns);
      EXPECT_GE(own, last);
      if (own > last && t > 60) {
        EXPECT_EQ(clock.wall(own), at(t));
      }
      if (t <= 10) {
        EXPECT_EQ(own, at(t));
      }
      last = own;
    }
    EXPECT_EQ(clock.own(at(60)).ns, 10 + static_cast<std::int64_t>(50 / factor));
    EXPECT_EQ(clock.wall(end_of_time), end_of_time);
    EXPECT_EQ(clock.wall(at(INT64_MAX - 1)), end_of_time);
  }
  SlowClock years;
  years.slow({}, 1'000'000);
  const Instant century = Instant{} + 3'000'000'000 * 1_s;
  EXPECT_EQ(years.own(century), at(3'000'000'000'000));
  EXPECT_EQ(years.wall(at(3'000'000'000'000)), century);
}

JobConfig job_of(std::int64_t interval, std::int64_t write, std::int64_t restart) {
  JobConfig job{.name = "j", .cluster = {0}, .step = {}, .work = {}, .checkpoint = {}};
  job.checkpoint.interval = {interval};
  job.checkpoint.write = {write};
  job.restart = {restart};
  return job;
}

// The same job, nanosecond by nanosecond.
struct ByHand {
  std::int64_t interval, write, restart;
  std::int64_t stand = -1, detect = 0, ready = 0, ticks = 0, factor = 1'000'000, position = 0;
  std::map<Phase, std::int64_t> spent{};

  std::int64_t open() const { return std::min(position, interval); }
  void slow(std::int64_t millionths) {
    if (ready == 0) ticks = 0;
    factor = millionths;
  }
  void strike(std::int64_t detection, bool paused) {
    if (stand < 0) {
      const std::int64_t writing = position - open();
      spent[paused ? Phase::queued : Phase::lost] += open();
      spent[paused ? Phase::queued : Phase::checkpoint] += writing;
    }
    stand = 0;
    detect = detection;
    position = 0;
  }
  void resume() {
    stand = -1;
    ready = restart;
    ticks = 0;
  }
  void tick() {
    if (stand >= 0) {
      ++spent[stand++ < detect ? Phase::stalled : Phase::queued];
    } else if (detect > 0) {
      --detect;
      ++spent[Phase::stalled];
    } else if (ready > 0) {
      --ready;
      ++spent[Phase::restart];
    } else {
      const std::int64_t before = ticks * 1'000'000 / factor;
      if (++ticks * 1'000'000 / factor == before) {
        ++spent[Phase::stalled];
      } else if (++position == interval + write) {
        spent[Phase::useful] += interval;
        spent[Phase::checkpoint] += write;
        position = 0;
      }
    }
  }
  std::int64_t of(Phase phase) {
    const bool runs = stand < 0;
    if (phase == Phase::lost && runs) return spent[phase] + open();
    if (phase == Phase::checkpoint && runs) return spent[phase] + position - open();
    return spent[phase];
  }
};

// 1,000 histories of nodes that become slow, failures and pauses.
TEST(SlowJobs, KeepTheirBooksToTheNanosecond) {
  for (std::uint32_t seed = 0; seed < 1000; ++seed) {
    Stream dice = Chance{.seed = seed}.stream("test.history");
    const auto roll = [&](std::int64_t sides) {
      return static_cast<std::int64_t>(dice() % static_cast<std::uint64_t>(sides));
    };
    ByHand hand{.interval = 1 + roll(12), .write = roll(4), .restart = roll(6)};
    const JobConfig config = job_of(hand.interval, hand.write, hand.restart);
    Job job(config, 1, {});
    for (std::int64_t t = 0; t < 300; ++t) {
      if (roll(12) == 0) {
        const std::int64_t factor = std::array{1'000'000, 1'500'000, 2'250'001,
                                               5'000'000}[static_cast<std::size_t>(roll(4))];
        job.slow(at(t), static_cast<double>(factor) / 1e6);
        hand.slow(factor);
      }
      if (roll(30) == 0 && !job.stands()) {
        const bool paused = roll(2) == 0;
        const std::int64_t detection = paused ? 0 : roll(5);
        if (paused)
          job.pause(at(t));
        else
          job.strike(at(t), {detection});
        hand.strike(detection, paused);
      }
      if (job.stands() && roll(6) == 0 && hand.stand >= hand.detect) {
        job.resume(at(t), {});
        hand.detect = 0;
        hand.resume();
      }
      hand.tick();
      const Ledger books = job.ledger(at(t + 1));
      ASSERT_EQ(books.total(), Duration{t + 1});
      for (const Phase phase : {Phase::useful, Phase::checkpoint, Phase::lost, Phase::restart,
                                Phase::stalled, Phase::queued})
        ASSERT_EQ(books[phase].ns, hand.of(phase)) << seed << ' ' << t << ' ' << int(phase);
    }
  }
}

// It is done, and its saves are, at the first nanosecond that says so. And with the same history
// slower nodes never make it go faster.
TEST(SlowJobs, EndWhenTheirWorkIsSaved) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    Stream dice = Chance{.seed = seed}.stream("test.history");
    JobConfig config = job_of(9, 2, 3);
    config.work = {100 + static_cast<std::int64_t>(dice() % 40)};
    Job job(config, 1, {}), slower(config, 1, {});
    for (std::int64_t t = 0; t < 3000; ++t) {
      if (job.done() == at(t)) {
        EXPECT_LT(job.ledger(at(t - 1))[Phase::useful], *config.work);
        job.finish(at(t));
        EXPECT_EQ(job.ledger(at(t))[Phase::useful], *config.work);
        break;
      }
      const Instant saved = job.next_saved(at(t));
      EXPECT_LE(saved, job.done());
      if (saved > at(t)) {
        const Ledger before = job.ledger(saved + Duration{-1});
        EXPECT_GT(job.ledger(saved)[Phase::useful], before[Phase::useful]);
        EXPECT_EQ(before[Phase::useful], job.ledger(at(t))[Phase::useful]);
      }
      if (dice() % 20 == 0) {
        const double factor = 1 + static_cast<double>(dice() % 8) / 4;
        job.slow(at(t), factor);
        slower.slow(at(t), 2 * factor);
      }
      if (dice() % 60 == 0)
        for (Job* each : {&job, &slower}) each->strike(at(t), {}), each->resume(at(t), {});
      EXPECT_LE(slower.ledger(at(t))[Phase::useful], job.ledger(at(t))[Phase::useful]);
    }
    EXPECT_TRUE(job.finished());
  }
}

TrainingConfig config_of(const FailurePlan& plan, double horizon) {
  JobConfig job = job_of(500'000'000'000, 20'000'000'000, 100'000'000'000);
  job.nodes = 8;
  return {.fleet = plain_fleet(8, 2),
          .failures = {plan},
          .jobs = {job},
          .horizon = from_seconds(horizon)};
}

std::map<std::string, double> run(const TrainingConfig& config, std::uint32_t replication = 0) {
  const Observation seen = TrainingModel(config).simulate({.seed = 1, .replication = replication},
                                                          {.end = config.horizon}, nullptr);
  std::map<std::string, double> out;
  for (const Measured& m : seen.windows[0]) out[m.metric.name] = m.value;
  return out;
}

ComponentPlan node_part(double mean, std::optional<Slowness> slow) {
  return {.name = slow ? "slow" : "node",
          .per_node = 1,
          .shared = 0,
          .life = *Law::exponential(mean),
          .slow = std::move(slow)};
}

// Nodes that are a millionth slower, or none at all, give the run of whole nodes; others less.
TEST(SlowTraining, HasTheLimitOfWholeNodes) {
  const auto goodput = [](double factor, std::optional<Law> found) {
    FailurePlan plan{
        .components = {node_part(2e4, {}), node_part(1e4, Slowness{factor, std::move(found)})}};
    return run(config_of(plan, 1e6)).at("training.goodput");
  };
  const double plain = goodput(1 + 1e-9, {});
  EXPECT_NEAR(goodput(1.000001, {}), plain, 3e-6);
  EXPECT_NEAR(goodput(2, {}), plain / 2, 0.15 * plain);  // soon all nodes are slow
  FailurePlan whole{.components = {node_part(2e4, {}), node_part(1e4, Slowness{2, {}})}};
  whole.components[1].per_node = 0;
  const auto seen = run(config_of(whole, 1e6));
  EXPECT_EQ(seen.count("training.slow.fraction"), 0u);
  EXPECT_NEAR(seen.at("training.goodput"), plain, 0.03);
}

// Each 10,000 s the cluster is off for 1,000 s. The first time 19 intervals fit before that, and
// 120 s are left; then 17, and 60 s. All in whole nanoseconds.
TEST(Maintenance, CostsWhatDoesNotFit) {
  FailurePlan plan{.detection = 30_s};
  plan.maintenance = {
      {.name = "m", .first = 10'000_s, .every = 10'000_s, .takes = 1'000_s, .announced = true}};
  const double wall = 101'620;  // one interval after the tenth
  auto seen = run(config_of(plan, 100'000));
  EXPECT_NEAR(seen.at("training.goodput") * wall, (19 + 9 * 17 + 1) * 500, 1e-6);
  EXPECT_NEAR(seen.at("training.fraction.queued") * wall, 10 * 1000 + 120 + 9 * 60, 1e-6);
  EXPECT_NEAR(seen.at("training.fraction.restart") * wall, 10 * 100, 1e-6);
  EXPECT_EQ(seen.at("training.fraction.lost"), 0);
  EXPECT_EQ(seen.at("training.fraction.stalled"), 0);
  EXPECT_EQ(seen.at("training.failures"), 0);
  plan.maintenance[0].announced = false;
  seen = run(config_of(plan, 100'000));
  EXPECT_NEAR(seen.at("training.fraction.queued") * wall, 10 * (1000 - 30), 1e-6);
  EXPECT_NEAR(seen.at("training.fraction.stalled") * wall, 10 * 30, 1e-6);
  EXPECT_NEAR(seen.at("training.fraction.lost") * wall, 120 + 9 * 60, 1e-6);
  EXPECT_EQ(seen.at("training.failures"), 0);
}

// A job that is done when maintenance begins is done; one that writes its last is not.
TEST(Maintenance, LeavesWhatIsDone) {
  FailurePlan plan{};
  plan.maintenance = {{.name = "m", .first = 1040_s, .every = 1e6 * 1_s, .takes = 60_s}};
  TrainingConfig config = config_of(plan, 1e5);
  config.jobs[0].work = 1000_s;
  EXPECT_NEAR(run(config).at("training.time_to_train"), 1040, 1e-9);
  config.failures[0].maintenance[0].first = 1039_s;
  EXPECT_NEAR(run(config).at("training.time_to_train"), 1039 + 60 + 100 + 520, 1e-9);
}

// Anything goes: the phases sum to the wall time, which the job itself checks to the nanosecond.
TEST(Upkeep, JobsEndWithTheirBooksInOrder) {
  for (std::uint32_t r = 0; r < 1000; ++r) {
    FailurePlan plan{
        .components = {node_part(1e5, {}), node_part(2e5, Slowness{2.5, *Law::exponential(5000)}),
                       node_part(4e5, Slowness{1.3, {}})},
        .detection = 30_s,
        .repair = *Law::exponential(9000),
        .crews = r % 3,
        .swap = 10_s};
    if (r % 2 == 0) plan.stock = r % 5;
    plan.lead_time = *Law::exponential(20'000);
    plan.burn_in = 1000_s;
    if (r % 7 < 5)
      plan.maintenance = {{.name = "m",
                           .first = 7000_s,
                           .every = 40'000_s,
                           .takes = 3000_s,
                           .announced = r % 7 < 3}};
    TrainingConfig config = config_of(plan, 3e6);
    config.jobs[0].work = 100'000_s;
    if (r % 5 == 4) {  // a job that goes on with fewer replicas, on nodes that are never slow
      std::vector<ComponentPlan>& parts = config.failures[0].components;
      parts.erase(parts.begin() + 1, parts.end());
      config.jobs[0].replicas = 4;
      config.jobs[0].min_replicas = 2;
    }
    const auto seen = run(config, r);
    double sum = 0;
    for (const char* phase : phase_names) sum += seen.at(std::string("training.fraction.") + phase);
    EXPECT_NEAR(sum, 1, 1e-12);
    EXPECT_GT(seen.at("training.goodput"), 0.01);
    EXPECT_GE(seen.at("training.time_to_train"), 100'000);
    EXPECT_EQ(seen.count("training.slow.fraction"), r % 5 == 4 ? 0u : 1u);
  }
}

}  // namespace
}  // namespace fleetsim::training
