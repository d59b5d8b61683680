#include "tests/workloads/systems.h"

// Rooms, batches, patience and retries: by hand, to the nanosecond.
namespace fleetsim::queueing {
namespace {

TEST(Room, WhoFindsNoneIsLost) {
  QueueingConfig config = jobs({{0, 2}, {1, 1}, {2.5, 1}}, Discipline::fcfs);
  config.stations[0].room = 1;
  EXPECT_EQ(departures(config), at_seconds({2, 1, 3.5}));  // 1 leaves at once
  EXPECT_DOUBLE_EQ(measure(config, "queue.blocked", 50), 1.0 / 3);
  EXPECT_DOUBLE_EQ(measure(config, "queue.throughput", 50), 2.0 / 50);
  EXPECT_DOUBLE_EQ(measure(config, "queue.sojourn.mean", 50), 1.5);  // of the served
}

TEST(Room, HoldsThoseInServiceToo) {
  for (const Discipline discipline : {Discipline::fcfs, Discipline::lcfs, Discipline::ps,
                                      Discipline::srpt, Discipline::priority_preemptive}) {
    QueueingConfig config = jobs({{0, 9}, {0.1, 9}, {0.2, 9}, {0.3, 9}}, discipline, 2);
    config.stations[0].room = 3;
    EXPECT_DOUBLE_EQ(measure(config, "queue.blocked", 50), 0.25);
  }
}

TEST(Bulk, TakesWhoeverWaits) {
  QueueingConfig config = jobs({{0}, {0.5}, {1}, {1.5}}, Discipline::fcfs);
  config.stations[0].service = constant(2);
  config.stations[0].bulk = Bulk{2, false};
  EXPECT_EQ(departures(config), at_seconds({2, 4, 4, 6}));
}

TEST(Bulk, WaitsForAFullBatch) {
  QueueingConfig config = jobs({{0}, {0.5}, {1}, {1.5}, {1.6}}, Discipline::fcfs);
  config.stations[0].service = constant(2);
  config.stations[0].bulk = Bulk{2, true};
  EXPECT_EQ(departures(config), at_seconds({2.5, 2.5, 4.5, 4.5}));  // the fifth waits for ever
  EXPECT_DOUBLE_EQ(measure(config, "queue.utilization", 50), 4.0 / 50);
}

TEST(Bulk, ServersWorkSideBySide) {
  QueueingConfig config = jobs({{0}, {0.5}, {1}, {1.5}, {1.6}}, Discipline::fcfs, 2);
  config.stations[0].service = constant(2);
  config.stations[0].bulk = Bulk{4, false};
  EXPECT_EQ(departures(config), at_seconds({2, 2.5, 4, 4, 4}));
}

TEST(Patience, EndsTheWaitButNotTheService) {
  QueueingConfig config = jobs({{0, 3}, {1, 1}, {2.5, 2}}, Discipline::fcfs);
  config.stations[0].patience = constant(1);
  EXPECT_EQ(departures(config), at_seconds({3, 2, 5}));  // 1 leaves at 2; 2 has waited for 0.5 s
  EXPECT_DOUBLE_EQ(measure(config, "queue.abandoned", 50), 1.0 / 3);
  EXPECT_DOUBLE_EQ(measure(config, "queue.wait.mean", 50), 0.25);  // of the served
}

TEST(Patience, LeavesTheOrderOfTheOthersAlone) {
  // 2 gives up in the middle of the line; the last of the line is first.
  QueueingConfig config = jobs({{0, 2}, {0.9, 1}, {1, 1}, {1.6, 1}, {1.7, 1}}, Discipline::lcfs);
  config.stations[0].patience = constant(1.9);
  EXPECT_EQ(departures(config), at_seconds({2, 2.8, 2.9, 4, 3}));
}

TEST(Retrial, EachOneTriesForItself) {
  QueueingConfig config = jobs({{0, 2.5}, {1, 1}, {1.2, 1}}, Discipline::fcfs);
  config.stations[0].room = 1;
  config.stations[0].retrial = Retrial{constant(0.9), false};
  // 1 tries at 1.9 and 2.8; 2 at 2.1, 3.0, 3.9.
  EXPECT_EQ(departures(config), at_seconds({2.5, 3.8, 4.9}));
  EXPECT_DOUBLE_EQ(measure(config, "queue.retries", 50), 5.0 / 3);
  EXPECT_DOUBLE_EQ(measure(config, "queue.blocked", 50), 2.0 / 3);
  EXPECT_NEAR(measure(config, "queue.orbit", 50), (1.8 + 2.7) / 50, 1e-12);
}

TEST(Retrial, TheOrbitTriesAsAWhole) {
  QueueingConfig config = jobs({{0, 2.5}, {1, 1}, {1.2, 1}}, Discipline::fcfs);
  config.stations[0].room = 1;
  config.stations[0].retrial = Retrial{constant(0.7), true};
  // 1 tries at 1.7, 2.4, 3.1; then 2 at 3.8 and 4.5.
  EXPECT_EQ(departures(config), at_seconds({2.5, 4.1, 5.5}));
  EXPECT_DOUBLE_EQ(measure(config, "queue.retries", 50), 5.0 / 3);
}

TEST(Population, IsConserved) {
  // Nobody thinks: all five are in the system at all times.
  const QueueingConfig busy{{population(5, constant(0))}, {station("line", exponential(1))}, {}};
  EXPECT_DOUBLE_EQ(measure(busy, "queue.length", 1000, 10), 5);
  EXPECT_DOUBLE_EQ(measure(busy, "queue.utilization", 1000, 10), 1);
  // One customer who thinks for 2 s and is served for 1: a cycle of 3 s.
  const QueueingConfig alone{{population(1, constant(2))}, {station("line", constant(1))}, {}};
  EXPECT_DOUBLE_EQ(measure(alone, "queue.length", 3000), 1.0 / 3);
  EXPECT_DOUBLE_EQ(measure(alone, "queue.throughput", 3000), 1.0 / 3);
}

TEST(Population, TheLostComeBackToo) {
  QueueingConfig config{{population(3, exponential(1))}, {station("line", exponential(1))}, {}};
  config.stations[0].room = 1;
  // As many for ever: the run goes on, and only one is ever inside.
  EXPECT_LT(measure(config, "queue.length", 2000, 10), 1);
  EXPECT_GT(measure(config, "queue.throughput", 2000, 10), 0.6);
}

TEST(Mmpp, ComesAtTheRateOfItsState) {
  // Nobody comes in the first state, 3 a second in the second, which holds for 3/4 of the time.
  QueueingConfig config = line(constant(1), constant(1e-6));
  config.sources[0].arrivals = Mmpp{{{0, 1}, {3, 3}}};
  const double rate = measure(config, "queue.throughput", 200'000);
  EXPECT_NEAR(rate, 2.25, 0.02);
}

}  // namespace
}  // namespace fleetsim::queueing
