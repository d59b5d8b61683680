#include <cmath>

#include "sim/digest.h"
#include "tests/workloads/systems.h"
#include "workloads/queueing/metrics.h"

// One replication as a whole: what it reports, and that it is a function of its chance alone.
namespace fleetsim::queueing {
namespace {

using Policy = RouterConfig::Policy;

// Two sources, a station with copies, one with a finite room and retries, and a way back.
QueueingConfig everything() {
  QueueingConfig config;
  config.sources = {source("steady", exponential(1), to_router(0)), source("bursts", constant(1))};
  config.sources[1].arrivals = Mmpp{{{1.5, 5}, {0.1, 5}}};
  config.sources[1].priority = 1;
  config.stations = {station("first", exponential(0.5), Discipline::priority_preemptive),
                     station("copies", *Law::lognormal_mean_cv(0.9, 1.5), Discipline::ps),
                     station("last", exponential(0.3))};
  config.stations[0].to = to_router(0);
  config.stations[1].copies = 4;
  config.stations[1].to = to_router(1);
  config.stations[2].room = 2;
  config.stations[2].retrial = Retrial{exponential(1), false};
  config.routers = {router(Policy::power_of_d, {to_station(1)}),
                    router(Policy::probabilities, {to_station(2), {}}, {0.6, 0.4})};
  return config;
}

Plan plan(double warm_up, double end, std::uint32_t windows = 1, std::uint32_t bins = 0) {
  return {.warm_up = from_seconds(warm_up),
          .end = from_seconds(end),
          .windows = windows,
          .bins = bins,
          .keep_visits = 100};
}

bool same(const Replication& a, const Replication& b) {
  for (std::size_t i = 0; i < a.windows[0].size(); ++i)
    if (a.windows[0][i].value != b.windows[0][i].value) return false;
  return a.events == b.events;
}

TEST(Replication, IsAFunctionOfItsChance) {
  const Chance chance{.seed = 7, .replication = 3};
  const Replication once = simulate(everything(), chance, plan(10, 500));
  EXPECT_TRUE(same(once, simulate(everything(), chance, plan(10, 500))));
  EXPECT_FALSE(same(once, simulate(everything(), {.seed = 7, .replication = 4}, plan(10, 500))));
  EXPECT_FALSE(same(once, simulate(everything(), {.seed = 8, .replication = 3}, plan(10, 500))));
}

std::uint64_t digest_of(const QueueingConfig& config, std::uint32_t replication) {
  Digest digest;
  simulate(config, {.seed = 1, .replication = replication}, plan(0, 200), &digest);
  return digest.value();
}

// Pinned: any change of it is a change of history, which a release has to own up to.
TEST(Replication, HistoryIsPinned) {
  EXPECT_EQ(digest_of(everything(), 0), 14197935365199513389u);
  EXPECT_EQ(digest_of(everything(), 1), 2195824601542103983u);
}

TEST(Replication, WatchingChangesNothing) {
  Digest digest;
  EXPECT_TRUE(same(simulate(everything(), {}, plan(10, 500), &digest),
                   simulate(everything(), {}, plan(10, 500))));
}

TEST(Replication, WindowsAndBinsAddUpToTheWhole) {
  const Replication whole = simulate(everything(), {}, plan(20, 1020));
  const Replication parts = simulate(everything(), {}, plan(20, 1020, 10));
  ASSERT_EQ(parts.windows.size(), 10u);
  double length = 0, throughput = 0, busy = 0;
  for (const auto& window : parts.windows) {
    length += value_of(window, "queue.length") / 10;
    throughput += value_of(window, "queue.throughput") / 10;
    busy += value_of(window, "queue.copies.utilization") / 10;
  }
  EXPECT_NEAR(length, value_of(whole.windows[0], "queue.length"), 1e-9);
  EXPECT_NEAR(throughput, value_of(whole.windows[0], "queue.throughput"), 1e-9);
  EXPECT_NEAR(busy, value_of(whole.windows[0], "queue.copies.utilization"), 1e-9);

  const Replication binned = simulate(everything(), {}, plan(20, 1020, 3, 51));  // 20 s each
  ASSERT_EQ(binned.present.size(), 51u);
  double after_warm_up = 0;
  for (std::size_t i = 1; i < binned.present.size(); ++i) after_warm_up += binned.present[i] / 50;
  EXPECT_NEAR(after_warm_up, length, 1e-9);
}

TEST(Replication, ReportsTheMetricsThatWereAnnounced) {
  QueueingConfig lossy = line(exponential(1), exponential(1));
  lossy.stations[0].room = 3;
  QueueingConfig impatient = line(exponential(1), exponential(1));
  impatient.stations[0].patience = exponential(1);
  for (const QueueingConfig& config :
       {everything(), lossy, impatient, line(exponential(1), exponential(0.5))}) {
    const auto announced = metrics_of(config);
    const auto reported = simulate(config, {}, plan(0, 100)).windows[0];
    ASSERT_EQ(announced.size(), reported.size());
    for (std::size_t i = 0; i < announced.size(); ++i) {
      EXPECT_EQ(announced[i].name, reported[i].metric.name);
      EXPECT_EQ(announced[i].unit, reported[i].metric.unit) << announced[i].name;
    }
  }
}

TEST(Replication, KeepsTheFirstVisitsAfterTheWarmUp) {
  const QueueingConfig config = line(constant(1), constant(0.25));
  const Replication run = simulate(
      config, {}, {.warm_up = from_seconds(10.5), .end = from_seconds(50.5), .keep_visits = 3});
  ASSERT_EQ(run.visits.size(), 3u);
  EXPECT_EQ(run.visits_total, 40u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(run.visits[i].entered, Instant{} + from_seconds(11.0 + static_cast<double>(i)));
    EXPECT_EQ(run.visits[i].sojourn, 250_ms);
    EXPECT_EQ(run.visits[i].work, 250_ms);
  }
}

TEST(Replication, NothingObservedIsNotANumber) {
  const auto window = simulate(line(constant(100), constant(1)), {}, plan(0, 50)).windows[0];
  EXPECT_TRUE(std::isnan(value_of(window, "queue.wait.mean")));
  EXPECT_TRUE(std::isnan(value_of(window, "queue.sojourn.p99")));
  EXPECT_TRUE(std::isnan(value_of(window, "queue.little")));
  EXPECT_EQ(value_of(window, "queue.length"), 0);
}

// The same draws under other rules: what must be equal is equal to the bit, what must be better is
// better in each single replication.
class CommonNumbers : public testing::TestWithParam<std::uint32_t> {
 protected:
  double of(const QueueingConfig& config, const char* metric) const {
    return measure(config, metric, 20'000, 0, GetParam());
  }
};

TEST_P(CommonNumbers, NoDisciplineMakesOrLosesWork) {
  // The last arrival comes long before the end, so all work is done at the end.
  QueueingConfig config = line(exponential(1), *Law::gamma_mean_cv(0.9, 1.5));
  Schedule schedule;
  Stream chance = Chance{.seed = 5, .replication = GetParam()}.stream("tests.schedule");
  for (double t = 0; t < 10'000; t += config.stations[0].service.mean() / 0.9)
    schedule.at.push_back(Instant{} + from_seconds(t + chance.uniform()));
  std::sort(schedule.at.begin(), schedule.at.end());
  config.sources[0].arrivals = schedule;
  const double fcfs = of(config, "queue.utilization");
  EXPECT_GT(fcfs, 0.3);
  for (const Discipline discipline :
       {Discipline::lcfs, Discipline::lcfs_preemptive, Discipline::srpt, Discipline::priority,
        Discipline::priority_preemptive}) {
    config.stations[0].discipline = discipline;
    EXPECT_EQ(of(config, "queue.utilization"), fcfs);
  }
  config.stations[0].discipline = Discipline::ps;  // a departure is rounded to the nanosecond
  EXPECT_NEAR(of(config, "queue.utilization"), fcfs, 1e-9);
}

TEST_P(CommonNumbers, ShortestRemainingTimeIsBest) {
  std::map<Discipline, double> length;
  for (const Discipline discipline :
       {Discipline::fcfs, Discipline::lcfs, Discipline::lcfs_preemptive, Discipline::ps,
        Discipline::srpt})
    length[discipline] =
        of(line(exponential(1), *Law::gamma_mean_cv(0.8, 1.5), discipline), "queue.length");
  for (const auto& [discipline, value] : length)
    EXPECT_LE(length[Discipline::srpt], value) << static_cast<int>(discipline);
  EXPECT_LT(length[Discipline::srpt], 0.7 * length[Discipline::fcfs]);
}

TEST_P(CommonNumbers, LookingFurtherIsBetter) {
  QueueingConfig config = line(exponential(0.125), exponential(1));
  config.sources[0].to = to_router();
  config.stations[0].copies = 10;
  const auto sojourn = [&](Policy policy, std::uint32_t choices) {
    config.routers = {router(policy, {to_station()})};
    config.routers[0].choices = choices;
    return of(config, "queue.sojourn.mean");
  };
  const double shortest = sojourn(Policy::shortest, 1),
               best_of_four = sojourn(Policy::power_of_d, 4);
  const double best_of_two = sojourn(Policy::power_of_d, 2),
               turns = sojourn(Policy::round_robin, 1);
  const double random = sojourn(Policy::random, 1);
  EXPECT_LT(shortest, best_of_four);
  EXPECT_LT(best_of_four, best_of_two);
  EXPECT_LT(best_of_two, turns);
  EXPECT_LT(turns, random);
}

INSTANTIATE_TEST_SUITE_P(Replications, CommonNumbers, testing::Range(0u, 3u));

}  // namespace
}  // namespace fleetsim::queueing
