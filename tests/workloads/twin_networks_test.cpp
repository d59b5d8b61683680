#include <cmath>

#include "analytic/queueing/closed_network.h"
#include "analytic/queueing/jackson.h"
#include "tests/workloads/twin_support.h"

// Recognisers of networks, and systems without a steady state.
namespace fleetsim::queueing {
namespace {

using Policy = RouterConfig::Policy;

QueueingConfig network() {
  QueueingConfig config{
      {source("in", exponential(1)), source("side", exponential(2), to_station(2))},
      {station("a", exponential(0.3)), station("b", exponential(0.5)),
       station("c", exponential(0.7), Discipline::fcfs, 3)},
      {router(Policy::probabilities, {to_station(1), to_station(2), {}}, {0.5, 0.25, 0.25})}};
  config.stations[0].to = to_router();
  config.stations[1].to = to_station(0);
  return config;
}

TEST(Twin, KnowsOpenNetworks) {
  const auto steady =
      *analytic::jackson({.stations = {{1, 1 / 0.3, 1}, {0, 2, 1}, {0.5, 1 / 0.7, 3}},
                          .routing = {{0, 0.5, 0.25}, {1, 0, 0}, {0, 0, 0}}});
  const Twin twin = twin_of(network());
  expect_exact(twin, "queue.sojourn.mean", steady.sojourn, "q.jackson");
  expect_exact(twin, "queue.length", steady.present, "q.jackson");
  expect_exact(twin, "queue.throughput", 1.5, "q.jackson");
  const char* who[] = {"a", "b", "c"};
  for (std::size_t i = 0; i < 3; ++i) {
    const std::string prefix = std::string("queue.") + who[i] + ".";
    expect_exact(twin, prefix + "sojourn.mean", steady.stations[i].sojourn, "q.jackson");
    expect_exact(twin, prefix + "length", steady.stations[i].present, "q.jackson");
    expect_exact(twin, prefix + "utilization", steady.stations[i].utilization, "q.jackson");
  }
  expect_exact(twin, "queue.side.sojourn.mean", steady.stations[2].sojourn, "q.jackson");
  // Entering at a: twice through a and once through b, half a visit to c.
  expect_exact(twin, "queue.in.sojourn.mean",
               2 * steady.stations[0].sojourn + steady.stations[1].sojourn +
                   0.5 * steady.stations[2].sojourn,
               "q.jackson");
  // A station alone is M/M/1 at its throughput: 2 / s for 0.3 s each.
  expect_exact(twin, "queue.a.sojourn.p99", 0.75 * std::log(100.0), "q.jackson");
  expect_note(twin, "queue.sojourn.p99", "no quantiles");
}

TEST(Twin, ANetworkMayHaveCopies) {
  QueueingConfig config = network();
  config.stations[1].copies = 2;  // half of the visits each
  const auto steady = *analytic::jackson(
      {.stations = {{1, 1 / 0.3, 1}, {0, 2, 1}, {0, 2, 1}, {0.5, 1 / 0.7, 3}},
       .routing = {{0, 0.25, 0.25, 0.25}, {1, 0, 0, 0}, {1, 0, 0, 0}, {0, 0, 0, 0}}});
  const Twin twin = twin_of(config);
  expect_exact(twin, "queue.sojourn.mean", steady.sojourn, "q.jackson");
  expect_exact(twin, "queue.b.sojourn.mean", steady.stations[1].sojourn, "q.jackson");
  expect_exact(twin, "queue.b.length", 2 * steady.stations[1].present, "q.jackson");
  expect_exact(twin, "queue.b.at_least.2", 0.0625, "q.jackson");
}

TEST(Twin, NetworksOutsideOfProductForm) {
  QueueingConfig config = network();
  config.stations[1].service = constant(0.5);
  expect_note(twin_of(config), "queue.sojourn.mean", "q.jackson assumes exponential services");
  EXPECT_TRUE(rival(twin_of(config), "queue.sojourn.mean", "q.jackson"));
  expect_exact(twin_of(config), "queue.b.utilization", 0.5, "q.little");
  config.stations[1].discipline = Discipline::ps;  // symmetric: any law
  EXPECT_EQ(about(twin_of(config), "queue.sojourn.mean").formula, "q.jackson");
  config = network();
  config.sources[0].arrivals = Renewal{constant(1)};
  expect_note(twin_of(config), "queue.sojourn.mean", "Poisson arrivals");
  config = network();
  config.stations[2].room = 5;
  expect_note(twin_of(config), "queue.sojourn.mean", "room for all");
}

TEST(Twin, FeedbackToOneStationIsANetwork) {
  QueueingConfig config = line(exponential(1), exponential(0.4));
  config.stations[0].to = to_router();
  config.routers = {router(Policy::probabilities, {to_station(), {}}, {0.5, 0.5})};
  expect_exact(twin_of(config), "queue.sojourn.mean", 4, "q.jackson");  // two visits of 0.4 / 0.2
  expect_exact(twin_of(config), "queue.utilization", 0.8, "q.jackson");
}

TEST(Twin, KnowsClosedNetworks) {
  using analytic::ClosedStation;
  QueueingConfig config{{population(12, *Law::lognormal_mean_cv(5, 2))},
                        {station("cpu", gamma(), Discipline::ps),
                         station("disk", exponential(0.5), Discipline::fcfs, 2)},
                        {router(Policy::probabilities, {to_station(1), {}}, {0.75, 0.25})}};
  config.stations[0].to = to_router();
  config.stations[1].to = to_station(0);
  const auto steady =
      *analytic::closed_network({.stations = {{.visits = 4, .mean_service = 0.8},
                                              {.visits = 3, .mean_service = 0.5, .servers = 2}},
                                 .customers = 12,
                                 .mean_think = 5});
  const Twin twin = twin_of(config);
  expect_exact(twin, "queue.throughput", steady.throughput, "q.closed");
  expect_exact(twin, "queue.sojourn.mean", steady.response, "q.closed");
  expect_exact(twin, "queue.disk.sojourn.mean", steady.stations[1].sojourn, "q.closed");
  expect_exact(twin, "queue.disk.utilization", steady.throughput * 3 * 0.5 / 2, "q.closed");
  config.stations[0].discipline = Discipline::fcfs;
  expect_note(twin_of(config), "queue.throughput", "q.closed assumes exponential services");
  config.stations[0].servers = 12;  // one for everybody: a delay, of any law
  EXPECT_EQ(about(twin_of(config), "queue.throughput").formula, "q.closed");
  config.sources.push_back(source("open", exponential(100)));
  expect_note(twin_of(config), "queue.throughput", "closed population beside other sources");
}

TEST(Twin, SaysWhenNothingSettles) {
  const Twin twin = twin_of(line(exponential(1), exponential(1.2)));
  for (const Prediction& p : twin.predictions) {
    EXPECT_FALSE(p.value) << p.metric;
    EXPECT_EQ(p.note, "never settles: utilisation 1.2 >= 1 (q.mm1 has no steady state)");
  }
  EXPECT_TRUE(twin.rivals.empty());
  QueueingConfig hot = network();
  hot.stations[1].service = exponential(1.5);
  expect_note(twin_of(hot), "queue.length", "at station b (q.jackson");
  QueueingConfig storm = line(exponential(1.5), exponential(1));
  storm.stations[0].room = 1;
  storm.stations[0].retrial = Retrial{exponential(1), true};
  expect_note(twin_of(storm), "queue.little", "never settles: 0.6667 /s arrive");
  // Who is turned away or gives up makes any load bearable.
  QueueingConfig full = line(exponential(1), exponential(1.2));
  full.stations[0].room = 4;
  EXPECT_TRUE(about(twin_of(full), "queue.blocked").value);
}

TEST(Twin, AScheduleHasNoSteadyState) {
  QueueingConfig config = mm1();
  config.sources[0].arrivals = Schedule{{Instant{}, Instant{} + 1_s}};
  for (const Prediction& p : twin_of(config).predictions)
    EXPECT_NE(p.note.find("schedule"), std::string::npos) << p.metric;
}

}  // namespace
}  // namespace fleetsim::queueing
