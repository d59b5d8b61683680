#include "tests/workloads/systems.h"

// Who is served when: schedules small enough to be worked out by hand, to the nanosecond.
namespace fleetsim::queueing {
namespace {

TEST(Order, FirstComeFirstServed) {
  EXPECT_EQ(departures(jobs({{0, 3}, {1, 2}, {2, 1}}, Discipline::fcfs)), at_seconds({3, 5, 6}));
}

TEST(Order, SecondServerTakesTheNextInLine) {
  // The third waits for the first server to be free, at 1.
  EXPECT_EQ(departures(jobs({{0, 4}, {0, 1}, {0.5, 2}, {0.6, 0.5}}, Discipline::fcfs, 2)),
            at_seconds({4, 1, 3, 3.5}));
}

TEST(Order, LastComeFirstServedDoesNotInterrupt) {
  EXPECT_EQ(departures(jobs({{0, 3}, {1, 2}, {2, 1}}, Discipline::lcfs)), at_seconds({3, 6, 4}));
}

TEST(Order, LastComeInterruptsAndTheInterruptedResumes) {
  // 0 works from 0 to 1, 1 from 1 to 2.5, 2 from 2.5 to 3.5; half a second of 1 is left, then 2 of
  // 0.
  EXPECT_EQ(departures(jobs({{0, 3}, {1, 2}, {2.5, 1}}, Discipline::lcfs_preemptive)),
            at_seconds({6, 4, 3.5}));
}

TEST(Order, SharedServersGoRoundAmongAll) {
  // Alone to 1, then half speed each: 1 has its second at 3, and 0 works alone on what is left.
  EXPECT_EQ(departures(jobs({{0, 3}, {1, 1}}, Discipline::ps)), at_seconds({4, 3}));
  // Two servers for three: 2/3 of a server each until 2 leaves at 1.5; then one each.
  EXPECT_EQ(departures(jobs({{0, 2}, {0, 2}, {0, 1}}, Discipline::ps, 2)),
            at_seconds({2.5, 2.5, 1.5}));
}

TEST(Order, ShortestRemainingTimeGoesFirst) {
  // 3 interrupts 1, which has half a second left; 0 and 2 then both have 4 s left, and 0 came
  // first.
  EXPECT_EQ(departures(jobs({{0, 5}, {1, 2}, {2, 4}, {2.5, 0.2}}, Discipline::srpt)),
            at_seconds({7.2, 3.2, 11.2, 2.7}));
}

TEST(Order, ShortestRemainingTimeCountsWhatIsLeftNotWhatWasAsked) {
  // At 4, one second of 0 is left: less than the 2 of 1, though 0 asked for 5.
  EXPECT_EQ(departures(jobs({{0, 5}, {4, 2}}, Discipline::srpt)), at_seconds({5, 7}));
}

TEST(Order, PriorityWaitsForTheServiceToEnd) {
  EXPECT_EQ(departures(jobs({{0, 3, 1}, {1, 1, 1}, {2, 1, 0}}, Discipline::priority)),
            at_seconds({3, 5, 4}));
}

TEST(Order, PriorityInterruptsOnlyTheLower) {
  // 1 interrupts 0; 2 has the same priority as 1 and waits for it.
  EXPECT_EQ(departures(jobs({{0, 3, 1}, {1, 1, 0}, {1.5, 1, 0}}, Discipline::priority_preemptive)),
            at_seconds({5, 2, 3}));
}

TEST(Order, PriorityInterruptsTheLowestOfThoseServed) {
  EXPECT_EQ(departures(jobs({{0, 4, 2}, {0, 4, 1}, {1, 2, 0}}, Discipline::priority_preemptive, 2)),
            at_seconds({6, 4, 3}));
}

TEST(Order, WorkThatEndsAtThisInstantIsNotInterrupted) {
  for (const Discipline discipline :
       {Discipline::priority_preemptive, Discipline::lcfs_preemptive, Discipline::srpt})
    EXPECT_EQ(departures(jobs({{0, 2, 1}, {2, 1, 0}}, discipline)), at_seconds({2, 3}));
}

TEST(Order, EachCustomerHasTheWorkThatWasAskedFor) {
  for (const Discipline discipline :
       {Discipline::fcfs, Discipline::lcfs, Discipline::lcfs_preemptive, Discipline::ps,
        Discipline::srpt, Discipline::priority, Discipline::priority_preemptive}) {
    const auto config = jobs({{0, 3, 1}, {1, 2, 0}, {1.5, 0.25, 2}}, discipline);
    const Replication run = simulate(config, {}, {.end = from_seconds(50), .keep_visits = 10});
    ASSERT_EQ(run.visits.size(), 3u);
    for (const System::Visit& visit : run.visits) {
      EXPECT_EQ(visit.work, from_seconds(config.sources[visit.source].service->mean()));
      EXPECT_GE(visit.sojourn, visit.work);
    }
    EXPECT_DOUBLE_EQ(value_of(run.windows[0], "queue.utilization"), 5.25 / 50);
  }
}

}  // namespace
}  // namespace fleetsim::queueing
