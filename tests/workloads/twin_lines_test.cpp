#include <cmath>

#include "analytic/queueing/erlang.h"
#include "analytic/queueing/gg1.h"
#include "analytic/queueing/md1.h"
#include "analytic/queueing/mmpp.h"
#include "analytic/queueing/priority.h"
#include "analytic/queueing/srpt.h"
#include "tests/workloads/twin_support.h"
#include "workloads/queueing/metrics.h"

// Recognisers of one station with a line, and what holds of all predictions.
namespace fleetsim::queueing {
namespace {

using Policy = RouterConfig::Policy;

TEST(Twin, EachMetricHasAPredictionOrANote) {
  QueueingConfig odd =
      with(copies(line(constant(1), gamma()), 3, Policy::shortest), Discipline::ps);
  odd.sources.push_back(source("more", *Law::uniform(0, 4), to_router()));
  odd.stations[0].room = 9;
  odd.stations[0].retrial = Retrial{constant(1), true};
  odd.stations.push_back(station("other", constant(1), Discipline::srpt, 2));
  odd.stations[1].patience = constant(3);
  odd.stations[0].to = to_station(1);
  for (const QueueingConfig& config : {mm1(), odd}) {
    const Twin twin = twin_of(config);
    const auto metrics = metrics_of(config);
    ASSERT_EQ(twin.predictions.size(), metrics.size());
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      const Prediction& p = twin.predictions[i];
      EXPECT_EQ(p.metric, metrics[i].name);
      EXPECT_EQ(p.value.has_value(), !p.formula.empty()) << p.metric;
      EXPECT_TRUE(p.value || !p.note.empty()) << p.metric;
    }
  }
}

TEST(Twin, KnowsOneExponentialServer) {
  const Twin twin = twin_of(mm1());
  expect_exact(twin, "queue.wait.mean", 3.2, "q.mm1");
  expect_exact(twin, "queue.sojourn.mean", 4, "q.mm1");
  for (const NamedQuantile& q : passage_quantiles)
    expect_exact(twin, std::string("queue.sojourn.") + q.name, -4 * std::log1p(-q.p), "q.mm1");
  expect_exact(twin, "queue.wait.p99", 4 * std::log(80.0), "q.mm1");
  expect_exact(twin, "queue.length", 4, "q.mm1");
  expect_exact(twin, "queue.throughput", 1, "q.mm1");
  expect_exact(twin, "queue.utilization", 0.8, "q.mm1");
  expect_exact(twin, "queue.little", 1, "q.little");
  EXPECT_TRUE(twin.rivals.empty());
}

TEST(Twin, KnowsAnExponentialLawByAnyName) {
  for (const Law& law : {*Law::gamma(1, 0.8), *Law::weibull(1, 0.8),
                         *Law::hyperexponential({0.3, 0.7}, {0.8, 0.8})}) {
    expect_exact(twin_of(line(exponential(1), law)), "queue.sojourn.p99", 4 * std::log(100.0),
                 "q.mm1");
    expect_exact(twin_of(line(law, exponential(0.4))), "queue.sojourn.mean", 0.8, "q.mm1");
  }
  QueueingConfig even = mm1();  // bursts that are none
  even.sources[0].arrivals = Mmpp{{{1, 3}, {1, 9}}};
  expect_exact(twin_of(even), "queue.wait.mean", 3.2, "q.mm1");
}

TEST(Twin, SeveralPoissonSourcesAreOne) {
  QueueingConfig config = mm1();
  config.sources = {source("a", exponential(4)), source("b", exponential(4.0 / 3))};
  const Twin twin = twin_of(config);
  for (const char* who : {"queue.", "queue.a.", "queue.b."}) {
    expect_exact(twin, std::string(who) + "wait.mean", 3.2, "q.mm1");
    expect_exact(twin, std::string(who) + "sojourn.p99", 4 * std::log(100.0), "q.mm1");
  }
  // One that is not Poisson is enough.
  config.sources[1].arrivals = Renewal{constant(4.0 / 3)};
  expect_note(twin_of(config), "queue.a.wait.mean", "q.mm1 assumes Poisson arrivals");
  // And so is a service of its own.
  config.sources[1] = source("b", exponential(4.0 / 3));
  config.sources[1].service = constant(0.8);
  expect_note(twin_of(config), "queue.sojourn.p99", "exponential services");
  EXPECT_EQ(about(twin_of(config), "queue.wait.mean").formula, "q.mg1");
}

TEST(Twin, KnowsManyServers) {
  const auto steady = *analytic::mmc({.arrival_rate = 10, .service_rate = 1.25, .servers = 9});
  const Twin twin = twin_of(line(exponential(0.1), exponential(0.8), Discipline::fcfs, 9));
  expect_exact(twin, "queue.wait.mean", steady.means.wait, "q.mmc");
  expect_exact(twin, "queue.wait.p99", *analytic::mmc_wait_quantile(steady, 0.99), "q.mmc");
  expect_exact(twin, "queue.sojourn.p50", *analytic::mmc_sojourn_quantile(steady, 0.5), "q.mmc");
  expect_exact(twin, "queue.utilization", 8.0 / 9, "q.mmc");
  const Twin miss = twin_of(line(exponential(0.1), gamma(), Discipline::fcfs, 9));
  expect_note(miss, "queue.wait.mean", "q.mmc assumes exponential services");
  expect_rival(miss, "queue.wait.mean", "q.mmc", steady.means.wait, "it assumes exponential");
  expect_exact(miss, "queue.utilization", 8.0 / 9, "q.little");
}

TEST(Twin, AnotherOrderKeepsTheMeansAndNotTheTails) {
  for (const Discipline order : {Discipline::lcfs, Discipline::lcfs_preemptive, Discipline::ps}) {
    const Twin twin = twin_of(with(mm1(), order));
    EXPECT_NEAR(*about(twin, "queue.wait.mean").value, 3.2, 1e-12);
    expect_note(twin, "queue.sojourn.p99", "");
    EXPECT_TRUE(rival(twin, "queue.sojourn.p99", "q.mm1"));
  }
  expect_note(twin_of(with(mm1(), Discipline::lcfs)), "queue.wait.p99", "first come, first served");
  // Priorities that all have in common are no priorities.
  expect_exact(twin_of(with(mm1(), Discipline::priority)), "queue.sojourn.p99", 4 * std::log(100.0),
               "q.mm1");
}

TEST(Twin, KnowsGeneralServices) {
  const Twin twin = twin_of(line(exponential(1), gamma()));
  expect_exact(twin, "queue.wait.mean", 0.64 * 3.25 / 0.4, "q.mg1");
  expect_exact(twin, "queue.sojourn.mean", 0.64 * 3.25 / 0.4 + 0.8, "q.mg1");
  expect_note(twin, "queue.wait.p99", "q.mm1 assumes exponential services");
  expect_rival(twin, "queue.wait.mean", "q.mm1", 3.2, "exponential services");
  EXPECT_EQ(about(twin_of(with(line(exponential(1), gamma()), Discipline::lcfs)), "queue.wait.mean")
                .formula,
            "q.mg1");
  // Sources with services of their own: one wait for all, by the moments of the mixture.
  QueueingConfig mixed = line(exponential(2), constant(0.6));
  mixed.sources.push_back(source("other", exponential(4)));
  mixed.sources[1].service = exponential(1);
  const double wait = (0.5 * 0.36 + 0.25 * 2) / (2 * (1 - 0.55));
  expect_exact(twin_of(mixed), "queue.wait.mean", wait, "q.mg1");
  expect_exact(twin_of(mixed), "queue.customers.sojourn.mean", wait + 0.6, "q.mg1");
  expect_exact(twin_of(mixed), "queue.other.sojourn.mean", wait + 1, "q.mg1");
  // Poisson arrivals are needed.
  const Twin miss = twin_of(line(*Law::uniform(0, 2), gamma()));
  expect_note(miss, "queue.wait.mean", "assumes");
  EXPECT_TRUE(rival(miss, "queue.wait.mean", "q.mg1"));
}

TEST(Twin, KnowsConstantServices) {
  const auto steady = *analytic::md1(1, 0.8);
  for (const Law& law : {constant(0.8), *Law::empirical({0.8}, {1})}) {
    const Twin twin = twin_of(line(exponential(1), law));
    expect_exact(twin, "queue.wait.mean", 1.6, "q.mg1");
    expect_exact(twin, "queue.wait.p999", *analytic::md1_wait_quantile(steady, 0.999),
                 "q.md1.tail");
    expect_exact(twin, "queue.sojourn.p50", *analytic::md1_sojourn_quantile(steady, 0.5),
                 "q.md1.tail");
  }
  const Twin two = twin_of(line(exponential(1), constant(0.8), Discipline::fcfs, 2));
  expect_note(two, "queue.wait.p99", "q.mmc assumes exponential services");
  expect_note(twin_of(with(line(exponential(1), constant(0.8)), Discipline::lcfs)),
              "queue.wait.p99", "first come, first served");
}

TEST(Twin, TheEdgeOfAnAtomIsNoPrediction) {
  // At 50 % load half of the customers wait: the median is 0 in half of all runs.
  expect_note(twin_of(line(exponential(2), exponential(1))), "queue.wait.p50", "jumps");
  expect_exact(twin_of(line(exponential(4), exponential(1))), "queue.wait.p50", 0, "q.mm1");
  expect_note(twin_of(line(exponential(2), constant(1))), "queue.sojourn.p50", "jumps");
  expect_exact(twin_of(line(exponential(4), constant(1))), "queue.sojourn.p50", 1, "q.md1.tail");
}

TEST(Twin, KnowsSharing) {
  QueueingConfig config =
      with(line(exponential(1), *Law::lognormal_mean_cv(0.7, 3)), Discipline::ps);
  config.sources.push_back(source("probe", exponential(50)));
  config.sources[1].service = constant(5);
  const Twin twin = twin_of(config);
  expect_exact(twin, "queue.probe.sojourn.mean", 25, "q.ps");
  expect_exact(twin, "queue.customers.sojourn.mean", 3.5, "q.ps");
  expect_exact(twin, "queue.length", 4, "q.ps");
  expect_note(twin, "queue.sojourn.p99", "q.ps gives means only");
  config.stations[0].discipline = Discipline::lcfs_preemptive;
  expect_exact(twin_of(config), "queue.probe.sojourn.mean", 25, "q.ps");
  // Shared by several servers, the number present is that of M/M/c.
  const auto steady = *analytic::mmc({.arrival_rate = 2.5, .service_rate = 1.25, .servers = 3});
  QueueingConfig several = with(line(exponential(0.4), constant(0.8)), Discipline::ps);
  several.stations[0].servers = 3;
  expect_exact(twin_of(several), "queue.length", steady.means.present, "q.ps");
  several.stations[0].discipline = Discipline::lcfs_preemptive;  // no longer symmetric
  expect_note(twin_of(several), "queue.length", "exponential services");
}

TEST(Twin, KnowsTheShortestFirst) {
  const auto steady = *analytic::mg1_srpt(1, gamma());
  const Twin twin = twin_of(with(line(exponential(1), gamma()), Discipline::srpt));
  expect_exact(twin, "queue.sojourn.mean", steady.means.sojourn, "q.srpt");
  expect_note(twin, "queue.sojourn.p99", "means only");
  expect_rival(twin, "queue.sojourn.mean", "q.mg1", steady.fcfs_sojourn, "never exceeds");
  EXPECT_TRUE(is_bound(twin, "queue.sojourn.mean", "q.mg1"));
  QueueingConfig two = with(line(exponential(0.5), gamma()), Discipline::srpt);
  two.stations[0].servers = 2;
  expect_note(twin_of(two), "queue.sojourn.mean", "no closed form");
  QueueingConfig mixed = with(mm1(), Discipline::srpt);
  mixed.sources.push_back(source("other", exponential(20)));
  mixed.sources[1].service = constant(1);
  expect_note(twin_of(mixed), "queue.sojourn.mean", "one law of service");
}

QueueingConfig classes(Discipline discipline) {
  QueueingConfig config = with(line(exponential(2), exponential(0.5)), discipline);
  config.sources.push_back(source("low", exponential(4)));
  config.sources[1].priority = 7;
  config.sources[1].service = gamma();
  config.sources.push_back(source("lower", exponential(10)));
  config.sources[2].priority = 9;
  config.sources[2].service = constant(2);
  return config;
}

TEST(Twin, KnowsPriorities) {
  const analytic::PriorityClass list[] = {
      {0.5, exponential(0.5)}, {0.25, gamma()}, {0.1, constant(2)}};
  for (const Discipline discipline : {Discipline::priority, Discipline::priority_preemptive}) {
    const auto steady = discipline == Discipline::priority ? *analytic::priority_nonpreemptive(list)
                                                           : *analytic::priority_preemptive(list);
    const Twin twin = twin_of(classes(discipline));
    const char* who[] = {"customers", "low", "lower"};
    for (std::size_t i = 0; i < 3; ++i)
      expect_exact(twin, std::string("queue.") + who[i] + ".sojourn.mean",
                   steady.of_class[i].sojourn, "q.prio");
    expect_exact(twin, "queue.wait.mean", steady.all.wait, "q.prio");
    EXPECT_TRUE(rival(twin, "queue.wait.mean", "q.mg1"));
    QueueingConfig miss = classes(discipline);
    miss.stations[0].servers = 2;
    expect_note(twin_of(miss), "queue.low.wait.mean", "no closed form");
    miss = classes(discipline);
    miss.sources[2].arrivals = Renewal{constant(10)};
    expect_note(twin_of(miss), "queue.low.wait.mean", "q.prio assumes Poisson arrivals");
  }
}

TEST(Twin, SourcesOfOnePriorityShareItsQueue) {
  // Equal laws: a class cut in two is the same class.
  QueueingConfig whole = classes(Discipline::priority_preemptive), cut = whole;
  cut.sources[1].arrivals = Renewal{exponential(8)};
  cut.sources.push_back(cut.sources[1]);
  cut.sources[3].name = "other";
  for (const char* metric : {"queue.customers.wait.mean", "queue.low.wait.mean",
                             "queue.lower.sojourn.mean", "queue.sojourn.mean"})
    expect_exact(twin_of(cut), metric, *about(twin_of(whole), metric).value, "q.prio");
  // A longer service is stretched by those above; what it waits for does not change.
  cut.sources[3].service = constant(0.8);
  const Twin twin = twin_of(cut);
  const double low = *about(twin, "queue.low.sojourn.mean").value;
  expect_exact(twin, "queue.other.sojourn.mean", low, "q.prio");  // the same mean work
}

TEST(Twin, KnowsGeneralArrivals) {
  const auto steady = *analytic::gm1(constant(1), 1.25);
  const Twin twin = twin_of(line(constant(1), exponential(0.8)));
  expect_exact(twin, "queue.wait.mean", steady.means.wait, "q.gg1");
  expect_exact(twin, "queue.sojourn.p99", *analytic::gm1_sojourn_quantile(steady, 0.99), "q.gg1");
  expect_rival(twin, "queue.wait.mean", "q.gg1.kingman",
               *analytic::kingman_wait_bound(constant(1), exponential(0.8)), "upper bound");
  EXPECT_TRUE(is_bound(twin, "queue.wait.mean", "q.gg1.kingman"));
  expect_rival(twin, "queue.wait.mean", "q.mm1", 3.2, "Poisson arrivals");
  const Twin miss = twin_of(line(*Law::uniform(0, 2), gamma()));
  expect_note(miss, "queue.wait.mean", "q.gg1 assumes exponential services");
  EXPECT_TRUE(is_bound(miss, "queue.wait.mean", "q.gg1.kingman"));
  expect_rival(miss, "queue.wait.mean", "q.gg1.marchal",
               *analytic::marchal_wait(*Law::uniform(0, 2), gamma()), "approximation");
}

TEST(Twin, KnowsBursts) {
  QueueingConfig config = line(constant(1), exponential(0.8));
  config.sources[0].arrivals = Mmpp{{{1.5, 10}, {0.3, 20}}};
  const analytic::MmppPhase phases[] = {{1.5, 10}, {0.3, 20}};
  const auto steady = *analytic::mmpp_m1(phases, 1.25);
  const Twin twin = twin_of(config);
  expect_exact(twin, "queue.wait.mean", steady.means.wait, "q.mmpp");
  expect_exact(twin, "queue.wait.p99", *analytic::mmpp_wait_quantile(steady, 0.99), "q.mmpp");
  expect_exact(twin, "queue.throughput", 0.7, "q.mmpp");
  expect_rival(twin, "queue.wait.mean", "q.mm1", 0.56 / 0.7 * 0.7 / 0.44 * 0.8, "Poisson arrivals");
  config.stations[0].service = gamma();
  expect_note(twin_of(config), "queue.wait.mean", "q.mmpp assumes exponential services");
}

}  // namespace
}  // namespace fleetsim::queueing
