#include <gtest/gtest.h>

#include <vector>

#include "sim/stream.h"
#include "topology/failures.h"
#include "workloads/training/cadence.h"
#include "workloads/training/job.h"

namespace fleetsim::training {
namespace {

CheckpointLevel level(std::uint32_t every, std::int64_t write, std::int64_t restore = 0,
                      double survives = 1) {
  return {
      .name = "l", .every = every, .write = {write}, .restore = {restore}, .survives = survives};
}

// Counting like digits is counting one by one.
TEST(TrainingCadences, CountWritesLikeDigits) {
  const std::vector<std::vector<CheckpointLevel>> patterns = {
      {}, {level(3, 7)}, {level(2, 0), level(6, 11)}, {level(2, 3), level(4, 1), level(12, 5)}};
  for (const auto& deeper : patterns)
    for (const std::int64_t write : {0, 2}) {
      const Cadence cadence{.interval = {4}, .write = {write}, .deeper = deeper};
      std::int64_t t = 0;
      for (std::int64_t n = 0; n < 60; ++n) {
        EXPECT_EQ(cadence.until(n), Duration{t});
        std::size_t expected = 0;
        for (std::size_t i = 0; i < deeper.size(); ++i)
          if ((n + 1) % deeper[i].every == 0) expected = i + 1;
        EXPECT_EQ(cadence.level_of(n + 1), expected);
        const std::int64_t next = t + 4 + cadence.write_to(expected).ns;
        for (; t < next; ++t) EXPECT_EQ(cadence.whole_in({t}), n);
      }
    }
}

// A job that goes through its life one nanosecond after the other.
class SteppedJob {
 public:
  SteppedJob(const JobConfig& config) : config_(config), kept_(config.checkpoint.levels()) {}

  void step() {
    if (done()) return;
    if (standing_ > 0) return pause(Phase::stalled, standing_);
    if (restarting_ > 0) return pause(Phase::restart, restarting_);
    drain();
    if (work_ < aim()) {
      ++work_;
    } else {
      if (draining_ < 0) ++written_;  // else it waits for the drain
      books_.add(Phase::checkpoint, {1});
    }
    if (draining_ > 0) --draining_;
    look();
  }

  void strike(std::int64_t detection, double severity) {
    const CheckpointConfig& plan = config_.checkpoint;
    while (source_ + 1 < kept_.size() && severity >= plan.survival_of(source_)) ++source_;
    const Kept back = kept_[source_];
    books_.add(Phase::lost, {work_ - back.work});
    work_ = back.work;
    number_ = back.number;
    draining_ = -1, written_ = 0;
    standing_ = detection;
    restarting_ = config_.restart.ns + plan.restore_from(source_).ns;
    restored_ = false;
    look();
  }

  void look() {
    if (standing_ == 0 && restarting_ == 0 && !restored_) {
      restored_ = true;
      for (std::size_t i = 0; i < source_; ++i) kept_[i] = kept_[source_];
      source_ = 0;
      begin_interval();
    }
    if (!restored_) return;
    drain();
    if (draining_ < 0 && work_ == aim() && written_ == write_of(number_ + 1)) {
      ++number_, written_ = 0;
      waiting_ = {number_, work_};
      draining_ = config_.checkpoint.drain.ns;
      begin_interval();
      drain();
    }
  }

  bool done() const { return kept_.back().work == config_.work->ns; }
  Ledger books() const {  // open work is lost, as a job counts it
    Ledger out = books_;
    out.add(Phase::useful, {kept_[source_].work});
    out.add(Phase::lost, {work_ - kept_[source_].work});
    return out;
  }

 private:
  struct Kept {
    std::int64_t number = 0, work = 0;
  };
  void pause(Phase phase, std::int64_t& left) {
    books_.add(phase, {1});
    --left;
    look();
  }
  void begin_interval() { from_ = work_; }
  std::int64_t aim() const {
    return std::min(config_.work->ns, from_ + config_.checkpoint.interval.ns);
  }
  bool is_last() const { return aim() == config_.work->ns; }
  std::size_t goes_to(std::int64_t n) const {
    std::size_t to = 0;
    for (std::size_t i = 0; i < config_.checkpoint.deeper.size(); ++i)
      if (is_last() || n % config_.checkpoint.deeper[i].every == 0) to = i + 1;
    return to;
  }
  std::int64_t write_of(std::int64_t n) const {
    const std::size_t to = goes_to(n);
    return to == 0 ? config_.checkpoint.write.ns : config_.checkpoint.deeper[to - 1].write.ns;
  }
  void drain() {
    if (draining_ != 0) return;
    draining_ = -1;
    for (std::size_t i = 0; i < kept_.size(); ++i)
      if (waiting_.work == config_.work->ns || i == 0 ||
          waiting_.number % config_.checkpoint.deeper[i - 1].every == 0)
        kept_[i] = waiting_;
  }

  const JobConfig& config_;
  std::vector<Kept> kept_;
  Kept waiting_;
  std::size_t source_ = 0;
  std::int64_t work_ = 0, from_ = 0, number_ = 0, written_ = 0;
  std::int64_t draining_ = -1, standing_ = 0, restarting_ = 0;
  bool restored_ = true;
  Ledger books_;
};

JobConfig job_of(std::int64_t drain, std::int64_t write, std::vector<CheckpointLevel> deeper) {
  JobConfig job{.name = "j", .cluster = {0}, .step = {}, .work = Duration{93}, .checkpoint = {}};
  job.checkpoint.interval = {6};
  job.checkpoint.write = {write};
  job.checkpoint.restore = {1};
  job.checkpoint.drain = {drain};
  job.checkpoint.survives = 0.6;
  job.checkpoint.deeper = std::move(deeper);
  job.restart = {2};
  return job;
}

// The arithmetic of a job, struck at random, against the stepper, each nanosecond.
void expect_as_stepped(const JobConfig& config, std::uint32_t replication) {
  Stream chance = Chance{.seed = 3, .replication = replication}.stream("test.strikes");
  Job job(config, 0.01, {});
  SteppedJob stepped(config);
  Instant now{};
  for (; !stepped.done() && now.ns < 100'000; now.ns += 1) {
    ASSERT_EQ(job.ledger(now).ns, stepped.books().ns) << now.ns << " of run " << replication;
    EXPECT_EQ(job.ledger(now).total(), Duration{now.ns});
    if (chance.uniform() < 0.02) {
      const double severity = chance.uniform();
      const std::int64_t detection = chance.uniform() < 0.5 ? 0 : 3;
      job.strike(now, {detection}, severity);
      job.resume(now, {});
      stepped.strike(detection, severity);
      ASSERT_EQ(job.ledger(now).ns, stepped.books().ns) << now.ns << " of run " << replication;
    }
    stepped.step();
  }
  EXPECT_EQ(job.done(), now);
  job.finish(now);
  EXPECT_EQ(job.ledger(now).ns, stepped.books().ns);
}

TEST(TrainingJobs, AreWhatHappensStepByStep) {
  for (std::uint32_t r = 0; r < 60; ++r) {
    for (const std::int64_t write : {0, 2}) {
      expect_as_stepped(job_of(0, write, {}), r);
      expect_as_stepped(job_of(4, write, {}), r);  // also after a last interval of 3
      expect_as_stepped(job_of(6, write, {}), r);
      expect_as_stepped(job_of(0, write, {level(4, 5, 3)}), r);
      expect_as_stepped(job_of(0, write, {level(2, 0, 2, 0.8), level(6, 5, 9)}), r);
    }
  }
}

}  // namespace
}  // namespace fleetsim::training
