#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "tests/workloads/loads_cases.h"
#include "workloads/loads/loads_model.h"
#include "workloads/loads/twin.h"

namespace fleetsim::loads {
namespace {

constexpr double budget = 3500;

// Loads of every policy on two small sites, which are often full.
LoadsConfig crowd(Stream& stream, bool cap) {
  LoadsConfig out{.loads = {},
                  .sites = sites_of({random_series(stream, 50), random_series(stream, 30)},
                                    {random_series(stream, 20), {0.3, -0.2}}, budget),
                  .horizon = 10 * day};
  for (const Policy policy :
       {Policy::at_once, Policy::cleanest, Policy::cheapest, Policy::threshold, Policy::forecast,
        Policy::follow_sun, Policy::capped}) {
    LoadConfig load = load_of(policy, 2, 1, 1);
    load.needs = *Law::gamma_mean_cv(3 * 3600.0, 0.7);
    load.deadline = 30 * hour;
    load.gap = *Law::exponential(9 * 3600.0);
    load.random_first = true;
    load.pause = 200_s;
    for (const std::size_t i : {1u, 2u}) load.moves[i] = {.time = 400_s, .price = 2};
    load.cap_when_over = cap;
    load.name = "load" + std::string(1, static_cast<char>('a' + static_cast<int>(policy)));
    out.loads.push_back(std::move(load));
  }
  return out;
}

void expect_conserved(const Lived& lived) {
  const History& history = lived.as_decided;
  double it = 0, facility = 0, carbon = 0, cost = 0, moves = 0;
  for (const Job& job : history.jobs) {
    ASSERT_TRUE(job.done());
    it += job.it;
    facility += job.facility;
    carbon += job.carbon;
    cost += job.cost;
    moves += job.moves;
  }
  SiteUsage sum;
  const Instant end = Instant{} + (100 * day);
  for (const auto& meter : history.meters) {
    const SiteUsage one = meter->usage({}, end);
    double parts = 0;
    for (const auto& [name, joules] : one.components) parts += joules;
    EXPECT_NEAR(parts, one.it, 1e-9 * parts);
    sum.it += one.it;
    sum.facility += one.facility;
    sum.carbon += one.carbon;
    sum.energy_cost += one.energy_cost;
  }
  double paid = 0;
  for (const auto& one : history.paid) paid += one.price;
  EXPECT_NEAR(paid, 2 * moves, 1e-9);
  EXPECT_NEAR(sum.it, it, 1e-9 * it);
  EXPECT_NEAR(sum.facility, facility, 1e-9 * facility);
  EXPECT_NEAR(sum.carbon, carbon, 1e-9 * carbon);
  EXPECT_NEAR(sum.energy_cost + paid, cost, 1e-9 * facility);
  EXPECT_EQ(lived.at_once.size(), history.jobs.size());
}

// What runs at a place does the work, pauses included, and all work is done.
void expect_work_done(const LoadsConfig& config, const History& history) {
  std::vector<double> done(history.jobs.size());
  for (const Piece& piece : history.pieces) {
    const double idle = 300, full = 1000;
    const double slowdown = std::cbrt((full - idle) / (piece.watts - idle));
    done[piece.job] += seconds(piece.to - piece.from) / slowdown;
  }
  for (std::size_t i = 0; i < done.size(); ++i) {
    const Job& job = history.jobs[i];
    const double overhead = job.pauses * seconds(config.loads[job.load].pause);
    EXPECT_NEAR(done[i], seconds(job.needs) + overhead, 1e-6);
    EXPECT_GE(job.ended, job.arrival + job.needs);
  }
}

double highest_use(const LoadsConfig& config, const History& history, std::uint32_t region) {
  std::map<std::int64_t, double> changes;
  for (const Piece& piece : history.pieces) {
    const LoadConfig& load = config.loads[history.jobs[piece.job].load];
    if (load.places[piece.place].region.index != region) continue;
    changes[piece.from.ns] += piece.watts;
    changes[piece.to.ns] -= piece.watts;
  }
  double now = 0, highest = 0;
  for (const auto& [when, watts] : changes) highest = std::max(highest, now += watts);
  return highest;
}

TEST(LoadRuns, ConserveEnergyWorkAndBudgets) {
  Stream stream = Chance{.seed = 3}.stream("test.crowds");
  for (std::uint32_t i = 0; i < 40; ++i) {
    const bool cap = i % 2 == 1;
    const LoadsConfig config = crowd(stream, cap);
    const Lived lived = live(config, {.seed = 5, .replication = i}, Instant{} + config.horizon);
    expect_conserved(lived);
    expect_work_done(config, lived.as_decided);
    for (const std::uint32_t region : {0u, 1u}) {
      const double highest = highest_use(config, lived.as_decided, region);
      EXPECT_LE(highest, budget * (1 + 1e-6));
      EXPECT_GE(highest, cap ? 0.99 * budget : 2999);
    }
  }
}

// The power that is left is used: three and a half jobs run where three and a half fit.
TEST(LoadRuns, AFullSiteQueuesOrCaps) {
  LoadConfig load = load_of(Policy::at_once, 1, 2, 24);
  load.gap = *Law::constant(600);
  LoadsConfig config{.loads = {load}, .sites = sites_of({{1}}, {}, budget), .horizon = 4 * 600_s};
  const auto ends = [&] {
    std::vector<double> out;
    for (const Job& job : live(config, {}, Instant{} + config.horizon).as_decided.jobs)
      out.push_back(seconds(job.ended - Instant{}));
    return out;
  };
  EXPECT_EQ(ends(), (std::vector<double>{7200, 7800, 8400, 14400}));
  config.loads[0].cap_when_over = true;
  const double slowdown = std::cbrt(700.0 / 200), slow = 7200 - 1800;
  const std::vector<double> capped = ends();
  EXPECT_EQ(capped[2], 8400);
  EXPECT_NEAR(capped[3], 7200 + (7200 - slow / slowdown), 1e-3);
}

// M/G/1 first come, first served: the recursion of Lindley tells every wait.
TEST(LoadRuns, AQueueIsLindleys) {
  LoadConfig load = load_of(Policy::at_once, 1, 1, 1);
  load.deadline.reset();
  load.needs = *Law::weibull_mean_cv(3600, 1.5);
  load.gap = *Law::exponential(5000);
  load.random_first = true;
  const LoadsConfig config{
      .loads = {load}, .sites = sites_of({{1}}, {}, 1500), .horizon = 100 * day};
  const Lived lived = live(config, {.seed = 4}, Instant{} + config.horizon);
  Instant free{};
  for (const Job& job : lived.as_decided.jobs) {
    EXPECT_EQ(*job.started, std::max(free, job.arrival));
    free = *job.started + job.needs;
    EXPECT_EQ(job.ended, free);
  }
  EXPECT_GT(lived.as_decided.jobs.size(), 1000u);
}

TEST(LoadRuns, AreAFunctionOfSeedAndReplication) {
  Stream stream = Chance{.seed = 3}.stream("test.same");
  const LoadsConfig config = crowd(stream, true);
  const auto values = [&](const Chance& chance) {
    std::vector<double> out;
    const Plan plan{.end = config.horizon};
    const Observation seen = LoadsModel(config).simulate(chance, plan, nullptr);
    for (const Measured& one : seen.windows[0])
      if (!std::isnan(one.value)) out.push_back(one.value);
    return out;
  };
  EXPECT_EQ(values({.seed = 1}), values({.seed = 1}));
  EXPECT_NE(values({.seed = 1}), values({.seed = 2}));
  EXPECT_NE(values({.seed = 1}), values({.seed = 1, .replication = 1}));
}

// Windows add up: energy, money, counts.
TEST(LoadRuns, WindowsAddUpToTheWhole) {
  Stream stream = Chance{.seed = 3}.stream("test.windows");
  const LoadsConfig config = crowd(stream, false);
  const LoadsModel model(config);
  const Plan one{.warm_up = 1 * day, .end = 10 * day};
  Plan nine = one;
  nine.windows = 9;
  const auto whole = model.simulate({}, one, nullptr).windows[0];
  const auto parts = model.simulate({}, nine, nullptr).windows;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const std::string& unit = whole[i].metric.unit;
    if (unit != "J" && unit != "kg" && unit != "$" && unit != "count") continue;
    double mean = 0;
    for (const auto& part : parts) mean += part[i].value / 9;
    EXPECT_NEAR(mean, whole[i].value, 1e-9 * std::abs(whole[i].value)) << whole[i].metric.name;
  }
}

// Three places whose PUE changes by the hour: the peak of all is looked for at every change.
TEST(LoadRuns, ThePeakIsOfAllSitesTogether) {
  LoadsConfig config{.loads = {}, .sites = {}, .horizon = 10 * hour};
  for (const double shift : {0.0, 0.5}) {
    auto site = Site::make({}, {.per_it = StepSeries({1.5 - shift, 1.0 + shift}, hour)});
    config.sites.regions.push_back(std::make_shared<const Site>(*std::move(site)));
  }
  for (const std::uint32_t region : {0u, 1u}) {
    LoadConfig load = load_of(Policy::at_once, 1, 4, 24);
    load.name += static_cast<char>('0' + region);
    load.places = {place_of(region, 1000)};
    load.first = 3 * region * hour;
    config.loads.push_back(load);
  }
  const auto metrics = measure(config, live(config, {}, at_hour(10)), {}, at_hour(10), 1);
  const auto peak = std::find_if(metrics.begin(), metrics.end(),
                                 [](const auto& m) { return m.metric.name == "power.peak"; });
  EXPECT_DOUBLE_EQ(peak->value, 1000 * (1.0 + 1.5));
  const auto ramp = std::find_if(metrics.begin(), metrics.end(),
                                 [](const auto& m) { return m.metric.name == "power.ramp"; });
  EXPECT_DOUBLE_EQ(ramp->value, 1000);  // of one site
}

// Of cost.energy, where a form of it is told.
std::optional<double> told_cost(const LoadsConfig& config) {
  for (const Prediction& one : twin_of(config).predictions)
    if (one.metric == "cost.energy") return one.value;
  ADD_FAILURE() << "no such metric";
  return std::nullopt;
}

// A job in the dear hour only; the building draws 100 W in the cheap hour as well, for less than
// nothing, which e.tco does not take.
TEST(LoadTwins, TellNoCostThatTheyHaveNotAllOf) {
  LoadsConfig config{
      .loads = {load_of(Policy::at_once, 1, 1, 4)}, .sites = {}, .horizon = 2 * hour};
  const auto at_price = [&](double cheap, double demand_charge) {
    Grid grid{.price = StepSeries({0.3, cheap}, hour), .demand_charge = demand_charge};
    auto site = Site::make(std::move(grid), {.per_it = 1.25, .fixed = 100});
    config.sites.regions = {std::make_shared<const Site>(*std::move(site))};
  };
  at_price(0.1, 0);
  const double expected = 3600 * (0.3 * (1250 + 100) + 0.1 * 100);
  EXPECT_NEAR(*told_cost(config), expected, 1e-9 * expected);
  at_price(-0.2, 0);
  EXPECT_FALSE(told_cost(config));
  at_price(0.1, 5);
  EXPECT_FALSE(told_cost(config));
  config.loads[0].first = 3 * hour;  // beyond the horizon: the building's peak is still charged
  EXPECT_FALSE(told_cost(config));
}

// A place where nothing ever runs draws what its building does; arrivals that begin late fill less
// than the horizon.
TEST(LoadTwins, OfALineCountAllBuildingsFromTheStart) {
  LoadsConfig config{.loads = {load_of(Policy::at_once, 2, 1, 9)},
                     .sites = {},
                     .horizon = 20 * day,
                     .warm_up = day};
  for (const double fixed : {100.0, 40.0}) {
    auto site = Site::make({.carbon = fixed}, {.per_it = 1.25, .fixed = fixed});
    config.sites.regions.push_back(std::make_shared<const Site>(*std::move(site)));
  }
  config.loads[0].gap = *Law::exponential(7200);
  config.loads[0].random_first = true;
  const auto told = [&](const std::string& metric) {
    for (const Prediction& one : twin_of(config).predictions)
      if (one.metric == metric) return one.value;
    return std::optional<double>{};
  };
  EXPECT_DOUBLE_EQ(told("power.mean").value(), 500 * 1.25 + 100 + 40);
  EXPECT_DOUBLE_EQ(told("carbon.operational").value(),
                   seconds(19 * day) * (100 * (500 * 1.25 + 100) + 40 * 40));
  config.loads[0].first = 2 * day;
  EXPECT_FALSE(told("power.mean"));
}

// With less power than the optimum is told at, one may get below it.
TEST(LoadRuns, RegretIsOfWorkAtFullPower) {
  const auto tells_regret = [](Policy policy, bool cap, std::optional<double> budget_of_site) {
    LoadsConfig config{.loads = {load_of(policy, 1, 2, 9)},
                       .sites = sites_of({{1, 2}}, {}, budget_of_site),
                       .horizon = day};
    config.loads[0].cap_when_over = cap;
    const std::vector<MetricSpec> specs = specs_of(config);
    return std::any_of(specs.begin(), specs.end(),
                       [](const MetricSpec& one) { return one.name == "load.regret"; });
  };
  EXPECT_TRUE(tells_regret(Policy::cleanest, false, budget));
  EXPECT_TRUE(tells_regret(Policy::cleanest, true, std::nullopt));
  EXPECT_FALSE(tells_regret(Policy::cleanest, true, budget));
  EXPECT_FALSE(tells_regret(Policy::capped, false, std::nullopt));
}

}  // namespace
}  // namespace fleetsim::loads
