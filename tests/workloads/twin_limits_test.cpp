#include <cmath>

#include "analytic/queueing/abandonment.h"
#include "analytic/queueing/balancing.h"
#include "analytic/queueing/bulk.h"
#include "analytic/queueing/erlang.h"
#include "analytic/queueing/finite_room.h"
#include "analytic/queueing/gg1.h"
#include "analytic/queueing/retrial.h"
#include "tests/workloads/twin_support.h"

// Recognisers of stations that limit, batch or choose.
namespace fleetsim::queueing {
namespace {

using Policy = RouterConfig::Policy;

TEST(Twin, KnowsBatches) {
  for (const bool full : {false, true}) {
    QueueingConfig config = line(exponential(0.25), exponential(1));
    config.stations[0].bulk = Bulk{6, full};
    const analytic::BulkQueue queue{.arrival_rate = 4, .service_rate = 1, .batch = 6};
    const auto steady = full ? *analytic::bulk_full(queue) : *analytic::bulk_up_to(queue);
    expect_exact(twin_of(config), "queue.wait.mean", steady.means.wait, "q.bulk");
    expect_exact(twin_of(config), "queue.utilization", steady.means.utilization, "q.bulk");
    config.stations[0].service = constant(1);
    expect_note(twin_of(config), "queue.wait.mean", "q.bulk assumes exponential services");
    expect_rival(twin_of(config), "queue.wait.mean", "q.bulk", steady.means.wait, "exponential");
    config.stations[0].servers = 2;
    expect_note(twin_of(config), "queue.wait.mean", "no closed form");
  }
}

TEST(Twin, KnowsAFiniteRoom) {
  QueueingConfig config = line(exponential(0.5), exponential(0.8), Discipline::fcfs, 2);
  config.stations[0].room = 6;
  const auto steady = *analytic::mmck({.arrival_rate = 2, .service_rate = 1.25, .servers = 2}, 6);
  const Twin twin = twin_of(config);
  expect_exact(twin, "queue.blocked", steady.blocking, "q.mmck");
  expect_exact(twin, "queue.wait.mean", steady.means.wait, "q.mmck");
  expect_exact(twin, "queue.wait.p99", *analytic::mmck_wait_quantile(steady, 0.99), "q.mmck");
  expect_exact(twin, "queue.throughput", steady.throughput, "q.mmck");
  expect_exact(twin, "queue.length", steady.means.present, "q.mmck");
  expect_rival(twin, "queue.wait.mean", "q.mmc",
               analytic::mmc({.arrival_rate = 2, .service_rate = 1.25, .servers = 2})->means.wait,
               "room for everybody");
  config.stations[0].service = constant(0.8);
  expect_note(twin_of(config), "queue.blocked", "q.mmck assumes exponential services");
  config.stations[0].room = 2;  // a loss system: insensitive
  expect_exact(twin_of(config), "queue.blocked", *analytic::erlang_b(2, 1.6), "q.mmck");
  config.stations[0].room = 6;
  config.stations[0].discipline = Discipline::ps;
  expect_exact(twin_of(config), "queue.blocked", steady.blocking, "q.mmck");
}

TEST(Twin, KnowsPatience) {
  QueueingConfig config = line(exponential(0.2), exponential(1), Discipline::fcfs, 4);
  config.stations[0].patience = exponential(2);
  const auto steady =
      *analytic::erlang_a({.arrival_rate = 5, .service_rate = 1, .servers = 4, .mean_patience = 2});
  const Twin twin = twin_of(config);
  expect_exact(twin, "queue.abandoned", steady.abandonment_probability, "q.abandon");
  expect_exact(twin, "queue.wait.mean", steady.mean_wait_served, "q.abandon");
  expect_exact(twin, "queue.length", steady.present, "q.abandon");
  expect_exact(twin_of(with(config, Discipline::lcfs)), "queue.abandoned",
               steady.abandonment_probability, "q.abandon");
  expect_note(twin_of(with(config, Discipline::lcfs)), "queue.wait.mean", "first come");
  config.stations[0].patience = constant(2);
  expect_note(twin_of(config), "queue.abandoned", "q.abandon assumes exponential patience");
  expect_rival(twin_of(config), "queue.abandoned", "q.abandon", steady.abandonment_probability,
               "exponential patience");
}

TEST(Twin, KnowsRetrials) {
  QueueingConfig config = line(exponential(2.5), exponential(1));
  config.stations[0].room = 1;
  config.stations[0].retrial = Retrial{exponential(0.5), true};
  const analytic::RetrialQueue queue{.arrival_rate = 0.4, .service_rate = 1, .retrial_rate = 2};
  expect_exact(twin_of(config), "queue.orbit", analytic::retrial_constant(queue)->means.waiting,
               "q.retry");
  expect_exact(twin_of(config), "queue.blocked", 0.4, "q.retry");
  config.stations[0].retrial->constant = false;
  const auto steady = *analytic::retrial_classical(queue);
  expect_exact(twin_of(config), "queue.orbit", steady.means.waiting, "q.retry");
  expect_exact(twin_of(config), "queue.retries", 2 * steady.means.wait, "q.retry");
  config.stations[0].retrial->delay = constant(0.5);
  expect_note(twin_of(config), "queue.orbit", "exponential gaps between retries");
  config.stations[0].room = 2;
  expect_note(twin_of(config), "queue.orbit", "q.retry assumes one server");
}

TEST(Twin, KnowsChoicesAmongManyServers) {
  const analytic::PowerOfChoices limit{.arrival_rate = 1, .service_rate = 1.25, .choices = 2};
  const double mean = analytic::power_of_choices(limit)->sojourn;
  const Twin many = twin_of(copies(mm1(), 1000, Policy::power_of_d));
  expect_exact(many, "queue.sojourn.mean", mean, "q.jsq");
  expect_exact(many, "queue.at_least.3", *analytic::power_of_choices_upper(limit, 3), "q.jsq");
  EXPECT_NE(about(many, "queue.length").note.find("n = 1000"), std::string::npos);
  expect_rival(many, "queue.sojourn.mean", "q.mm1", 4, "random routing");
  const Twin few = twin_of(copies(mm1(), 10, Policy::power_of_d));
  expect_note(few, "queue.sojourn.mean", "q.jsq assumes infinitely many servers");
  expect_rival(few, "queue.sojourn.mean", "q.jsq", mean, "infinitely many");
  expect_exact(twin_of(copies(mm1(), 1000, Policy::shortest)), "queue.sojourn.mean", 0.8, "q.jsq");
  expect_note(twin_of(copies(line(exponential(1), gamma()), 1000, Policy::power_of_d)),
              "queue.sojourn.mean", "exponential services");
}

TEST(Twin, KnowsIndependentCopies) {
  const Twin random = twin_of(copies(mm1(), 20, Policy::random));
  expect_exact(random, "queue.sojourn.p99", 4 * std::log(100.0), "q.mm1");
  expect_exact(random, "queue.length", 80, "q.mm1");
  expect_exact(random, "queue.throughput", 20, "q.mm1");
  expect_exact(random, "queue.at_least.3", 0.512, "q.mm1");
  // One choice is no choice; a copy may be addressed without a router as well.
  expect_exact(twin_of(copies(mm1(), 20, Policy::power_of_d, 1)), "queue.sojourn.mean", 4, "q.mm1");
  QueueingConfig direct = copies(mm1(), 20, Policy::random);
  direct.sources[0].to = to_station();
  expect_exact(twin_of(direct), "queue.sojourn.mean", 4, "q.mm1");
  // In turn, each copy sees Erlang gaps.
  const auto turns = *analytic::gm1(*Law::gamma(20, 0.05), 1.25);
  const Twin twin = twin_of(copies(mm1(), 20, Policy::round_robin));
  expect_exact(twin, "queue.wait.mean", turns.means.wait, "q.gg1");
  expect_exact(twin, "queue.length", 20 * turns.means.present, "q.gg1");
  // A renewal stream split at random is none that we know.
  QueueingConfig split = copies(mm1(), 20, Policy::random);
  split.sources[0].arrivals = Renewal{constant(0.05)};
  expect_note(twin_of(split), "queue.wait.mean", "Poisson arrivals");
}

}  // namespace
}  // namespace fleetsim::queueing
