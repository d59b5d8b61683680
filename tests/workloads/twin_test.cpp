#include "workloads/queueing/twin.h"

#include <cmath>
#include <set>

#include "analytic/queueing/abandonment.h"
#include "analytic/queueing/balancing.h"
#include "analytic/queueing/bulk.h"
#include "analytic/queueing/closed_network.h"
#include "analytic/queueing/erlang.h"
#include "analytic/queueing/finite_room.h"
#include "analytic/queueing/gg1.h"
#include "analytic/queueing/jackson.h"
#include "analytic/queueing/md1.h"
#include "analytic/queueing/mg1.h"
#include "analytic/queueing/mmpp.h"
#include "analytic/queueing/priority.h"
#include "analytic/queueing/retrial.h"
#include "analytic/queueing/srpt.h"
#include "tests/workloads/systems.h"
#include "workloads/queueing/metrics.h"

// Each recogniser: what it knows exactly, and that near misses are told from it. The closed forms
// themselves are tested in tests/analytic, and against the simulation in twin_run_test.cpp.
namespace fleetsim::queueing {
namespace {

using Policy = RouterConfig::Policy;

const Prediction& about(const Twin& twin, const std::string& metric) {
  static const Prediction none;
  for (const Prediction& p : twin.predictions)
    if (p.metric == metric) return p;
  ADD_FAILURE() << "nothing about " << metric;
  return none;
}
void expect_exact(const Twin& twin, const std::string& metric, double value,
                  const std::string& formula) {
  const Prediction& p = about(twin, metric);
  ASSERT_TRUE(p.value) << metric << ": " << p.note;
  EXPECT_NEAR(*p.value, value, 1e-9 * std::abs(value)) << metric;
  EXPECT_EQ(p.formula, formula) << metric;
}
void expect_note(const Twin& twin, const std::string& metric, const std::string& words) {
  const Prediction& p = about(twin, metric);
  EXPECT_FALSE(p.value) << metric << " = " << *p.value << " by " << p.formula;
  EXPECT_NE(p.note.find(words), std::string::npos) << metric << ": " << p.note;
}
const Rival* rival(const Twin& twin, const std::string& metric, const std::string& formula) {
  for (const Rival& r : twin.rivals)
    if (r.metric == metric && r.formula == formula) return &r;
  return nullptr;
}
void expect_rival(const Twin& twin, const std::string& metric, const std::string& formula,
                  double value, const std::string& words) {
  const Rival* r = rival(twin, metric, formula);
  ASSERT_TRUE(r) << "no rival " << formula << " of " << metric;
  EXPECT_NEAR(r->value, value, 1e-9 * std::abs(value)) << formula;
  EXPECT_NE(r->assumption.find(words), std::string::npos) << r->assumption;
}

Law gamma() {
  return *Law::gamma_mean_cv(0.8, 1.5);
}
QueueingConfig mm1() {
  return line(exponential(1), exponential(0.8));
}
QueueingConfig with(QueueingConfig config, Discipline discipline) {
  config.stations[0].discipline = discipline;
  return config;
}
QueueingConfig copies(QueueingConfig config, std::uint32_t n, Policy policy,
                      std::uint32_t choices = 2) {
  config.stations[0].copies = n;
  config.sources[0].to = to_router();
  config.sources[0].arrivals = Renewal{exponential(1.0 / n)};
  config.routers = {router(policy, {to_station()})};
  config.routers[0].choices = choices;
  return config;
}

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
  EXPECT_TRUE(rival(twin, "queue.sojourn.mean", "q.mg1")->bound);
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
  EXPECT_TRUE(rival(twin, "queue.wait.mean", "q.gg1.kingman")->bound);
  expect_rival(twin, "queue.wait.mean", "q.mm1", 3.2, "Poisson arrivals");
  const Twin miss = twin_of(line(*Law::uniform(0, 2), gamma()));
  expect_note(miss, "queue.wait.mean", "q.gg1 assumes exponential services");
  EXPECT_TRUE(rival(miss, "queue.wait.mean", "q.gg1.kingman")->bound);
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
