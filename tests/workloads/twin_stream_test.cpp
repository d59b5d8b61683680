#include <algorithm>

#include "analytic/queueing/closed_network.h"
#include "analytic/queueing/finite_room.h"
#include "tests/workloads/twin_support.h"

// A pipeline of data as a ring of slots: workers fill them, an accelerator empties them.
namespace fleetsim::queueing {
namespace {

QueueingConfig stream(std::uint32_t slots, Law made, Law used, std::uint32_t workers = 1) {
  QueueingConfig config{{population(slots, constant(0))},
                        {station("workers", std::move(made), Discipline::fcfs, workers),
                         station("accelerator", std::move(used))},
                        {}};
  config.stations[0].to = to_station(1);
  return config;
}

TEST(TwinStream, OneWorkerIsALineWithRoom) {
  for (const double made : {0.05, 0.1, 0.2})
    for (const std::uint32_t slots : {1u, 4u, 50u}) {
      const Twin twin = twin_of(stream(slots, exponential(made), exponential(0.1)));
      const auto line = *analytic::mmck({1 / made, 10, 1}, slots);
      expect_exact(twin, "queue.throughput", line.throughput, "s.stream");
      expect_exact(twin, "queue.accelerator.utilization", line.means.utilization, "s.stream");
      // The product form of the ring says the same.
      const auto ring = *analytic::closed_network(
          {.stations = {{.mean_service = made}, {.mean_service = 0.1}}, .customers = slots});
      EXPECT_NEAR(ring.throughput / line.throughput, 1, 1e-12);
      expect_exact(twin, "queue.accelerator.sojourn.mean", ring.stations[1].sojourn, "q.closed");
    }
}

// What the ring does in a time that holds whole rounds, against the formula.
TEST(TwinStream, FixedTimesGoAtTheSlowerRate) {
  struct Case {
    std::uint32_t slots, workers;
    double made, used, rate;
  };
  for (const Case& c : {Case{8, 4, 0.5, 0.1, 8},
                        {8, 4, 0.25, 0.1, 10},
                        {3, 4, 0.4, 0.1, 6},
                        {1, 1, 0.3, 0.1, 2.5},
                        {20, 2, 0.1, 0.4, 2.5}}) {
    const QueueingConfig config = stream(c.slots, constant(c.made), constant(c.used), c.workers);
    const Twin twin = twin_of(config);
    expect_exact(twin, "queue.throughput", c.rate, "s.stream");
    expect_exact(twin, "queue.workers.utilization", c.rate * c.made / c.workers, "s.stream");
    const Replication run =
        simulate(config, {}, {.warm_up = from_seconds(40), .end = from_seconds(240)});
    for (const Measured& one : run.windows[0])
      if (one.metric.name == "queue.throughput") {
        EXPECT_NEAR(one.value, c.rate, 1e-9) << c.slots;
      }
  }
}

TEST(TwinStream, OtherRingsAreOtherSystems) {
  EXPECT_EQ(
      about(twin_of(stream(8, exponential(1), exponential(1), 2)), "queue.throughput").formula,
      "q.closed");
  expect_note(twin_of(stream(8, constant(1), exponential(1))), "queue.throughput",
              "exponential services");
  QueueingConfig thinks = stream(8, constant(1), constant(1));
  thinks.sources[0] = population(8, constant(1));
  expect_note(twin_of(thinks), "queue.throughput", "exponential services");
  QueueingConfig wide = stream(8, constant(1), constant(1));
  wide.stations[1].servers = 2;
  expect_note(twin_of(wide), "queue.throughput", "exponential services");
}

}  // namespace
}  // namespace fleetsim::queueing
