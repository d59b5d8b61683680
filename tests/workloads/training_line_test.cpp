#include <gtest/gtest.h>

#include "topology/failures.h"
#include "workloads/training/job.h"
#include "workloads/training/line.h"

namespace fleetsim::training {
namespace {

// The same line, one nanosecond after the other.
struct Stepped {
  Line::Spent spent;
  bool done = false;
  bool just_saved = false;
};

Stepped stepped(const Line& line, Instant now) {
  Stepped out;
  Duration left = line.work.value_or(Duration{INT64_MAX});
  std::int64_t t = line.begin.ns;
  const auto tick = [&](Duration& to, std::int64_t n) {
    for (; n > 0 && t < now.ns; --n, ++t) ++to.ns, out.just_saved = false;
    return n == 0;
  };
  if (!tick(out.spent.stalled, line.detection.ns)) return out;
  if (!tick(out.spent.restart, line.restart.ns)) return out;
  while (left > Duration{}) {
    const Duration next = std::min(left, line.interval);
    if (!tick(out.spent.open, next.ns)) return out;
    if (!tick(out.spent.write, line.write.ns)) return out;
    out.spent.saved = out.spent.saved + out.spent.open;
    out.spent.open = {};
    left = left - next;
    out.just_saved = true;
  }
  out.done = true;
  return out;
}

TEST(TrainingLines, AreWhatHappensStepByStep) {
  for (const std::int64_t detection : {0, 2})
    for (const std::int64_t restart : {0, 3})
      for (const std::int64_t interval : {1, 4, 7})
        for (const std::int64_t write : {0, 1, 5})
          for (const std::int64_t work : {1, 4, 8, 13}) {
            const Line line{.begin = {10},
                            .detection = {detection},
                            .restart = {restart},
                            .interval = {interval},
                            .write = {write},
                            .work = Duration{work}};
            Instant done = end_of_time, saved = end_of_time;
            for (std::int64_t t = 100; t >= 10; --t) {
              const Stepped expected = stepped(line, {t});
              const Line::Spent found = line.spent(std::min(Instant{t}, line.done()));
              EXPECT_EQ(found.stalled, expected.spent.stalled);
              EXPECT_EQ(found.restart, expected.spent.restart);
              EXPECT_EQ(found.write, expected.spent.write);
              EXPECT_EQ(found.saved, expected.spent.saved);
              EXPECT_EQ(found.open, expected.spent.open);
              if (expected.done) done = {t};
              if (expected.just_saved && t <= line.done().ns) saved = {t};
              if (saved != end_of_time) {
                EXPECT_EQ(line.next_saved({t}), saved) << t;
              }
            }
            EXPECT_EQ(line.done(), done);
          }
}

TEST(TrainingLines, WithoutAnEndGoOnForEver) {
  const Line line{.begin = {}, .interval = 10_s, .write = 1_s};
  EXPECT_EQ(line.done(), end_of_time);
  EXPECT_EQ(line.next_saved(Instant{} + 12_s), Instant{} + 22_s);
  const Line long_line{
      .begin = {}, .interval = {1}, .write = 3600_s, .work = Duration{std::int64_t{1} << 62}};
  EXPECT_EQ(long_line.done(), end_of_time);  // beyond the clock
}

JobConfig job_of(Duration interval, Duration write, Duration restart) {
  JobConfig job{.name = "j", .cluster = {0}, .step = {}, .work = 100_s, .checkpoint = {}};
  job.checkpoint.interval = interval;
  job.checkpoint.write = write;
  job.restart = restart;
  return job;
}

// A history by hand: two failures, the second in the restart; then a wait for a node.
TEST(TrainingJobs, KeepTheirBooks) {
  const JobConfig config = job_of(10_s, 2_s, 5_s);
  Job job(config, 0.01, {});
  const auto t = [](std::int64_t s) { return Instant{} + Duration{s * 1'000'000'000}; };
  job.strike(t(31), 3_s);  // two intervals saved, 7 s lost
  job.resume(t(31), {});
  job.strike(t(36), 3_s);  // in the restart
  job.resume(t(40), 1_s);  // its node came 1 s after it knew: 39
  EXPECT_EQ(job.next_saved(t(40)), t(40 + 6 + 12));
  const Ledger seen = job.ledger(t(60));  // 6 s of restart, 10 s and a write saved, 2 s of work
  EXPECT_EQ(seen[Phase::useful], 30_s);
  EXPECT_EQ(seen[Phase::checkpoint], 6_s);
  EXPECT_EQ(seen[Phase::lost], 9_s);
  EXPECT_EQ(seen[Phase::restart], 8_s);
  EXPECT_EQ(seen[Phase::stalled], 6_s);
  EXPECT_EQ(seen[Phase::queued], 1_s);
  EXPECT_EQ(seen.total(), 60_s);
  EXPECT_EQ(job.done(), t(46 + 8 * 12));
  job.finish(job.done());
  EXPECT_EQ(job.ledger(t(500))[Phase::useful], 100_s);
  EXPECT_EQ(job.done(), end_of_time);
}

// The interval follows the failures that are seen.
TEST(TrainingJobs, AdaptTheirInterval) {
  JobConfig config = job_of(10_s, 2_s, 0_s);
  config.checkpoint.rule = CheckpointConfig::Rule::adaptive;
  config.work.reset();
  Job calm(config, 1.0 / 100, {}), beset(config, 1.0 / 100, {});
  const Instant late = Instant{} + 10000_s;
  calm.strike(late, {});
  calm.resume(late, {});
  for (int i = 1; i <= 1000; ++i) {
    beset.strike(Instant{} + i * 10_s, {});
    beset.resume(Instant{} + i * 10_s, {});
  }
  const auto interval = [late](const Job& job) { return job.next_saved(late) - late - 2_s; };
  EXPECT_NEAR(seconds(interval(calm)), 141, 3);  // sqrt(2 * 2 * 5050), less a little
  EXPECT_NEAR(seconds(interval(beset)), 5.1, 0.1);
}

}  // namespace
}  // namespace fleetsim::training
