#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "analytic/exact/carbon.h"
#include "sim/interval.h"
#include "sim/spread.h"
#include "tests/workloads/training_fleets.h"
#include "topology/meter.h"
#include "workloads/training/ledger.h"
#include "workloads/training/training_model.h"

namespace fleetsim::training {
namespace {

constexpr double gram_per_kwh = 1e-3 / 3.6e6;

std::shared_ptr<const Site> site_of(StepSeries carbon, StepSeries price, StepSeries pue,
                                    double fixed = 0, double demand_charge = 0) {
  Grid grid{.carbon = std::move(carbon), .price = std::move(price), .demand_charge = demand_charge};
  auto site = fleetsim::Site::make(std::move(grid),
                                   {.per_it = std::move(pue), .fixed = fixed, .wue = 1.8 / 3.6e6});
  EXPECT_TRUE(site) << site.error().message;
  return std::make_shared<const fleetsim::Site>(*std::move(site));
}

std::shared_ptr<const fleetsim::Site> steady() {
  return site_of(400 * gram_per_kwh, 0.12 / 3.6e6, 1.25);
}

// 8 devices of 700 W at work, 280 while they save, 250 in restarts, 210 idle.
NodePower node_power() {
  NodePower power{.overhead = 300, .efficiency = 0.95};
  power.given[static_cast<std::size_t>(Activity::checkpoint)] = 280;
  power.given[static_cast<std::size_t>(Activity::restart)] = 250;
  return power;
}
double watts(Activity activity) {
  const NodePower power = node_power();
  return power.node(activity, NodePower::usual_use(activity)).total();
}

JobConfig job_of(std::uint32_t nodes, const std::string& name = "job") {
  JobConfig job{.name = name, .cluster = {0}, .step = {}, .work = {}, .checkpoint = {}};
  job.nodes = nodes;
  job.devices = 8;
  job.checkpoint.interval = 100_s;
  job.checkpoint.write = 7_s;
  job.restart = 60_s;
  return job;
}

ComponentPlan part_of(double mtbf) {
  return {.name = "part", .per_node = 1, .life = *Law::exponential(mtbf)};
}

TrainingConfig config_of(std::uint32_t nodes, std::uint32_t spares,
                         std::shared_ptr<const fleetsim::Site> site) {
  const Ownership owned{.device_price = 25'000, .embodied = 164};
  return {.fleet = plain_fleet(nodes, spares),
          .failures = {{.detection = 30_s}},
          .jobs = {job_of(nodes)},
          .horizon = from_seconds(2e5),
          .energy = EnergyConfig{
              .sites = {.regions = {std::move(site)}, .nodes = {node_power()}, .owned = {owned}}}};
}

using Values = std::map<std::string, double>;
Values once(const TrainingConfig& config, std::uint32_t replication = 0) {
  const Observation seen =
      TrainingModel(config).simulate({.seed = 1, .replication = replication},
                                     {.warm_up = config.warm_up, .end = config.horizon}, nullptr);
  Values out;
  for (const Measured& m : seen.windows[0]) out[m.metric.name] = m.value;
  return out;
}

double of_phases(const Values& v) {
  double sum = 0;
  for (const char* phase : training::phase_names)
    sum += v.at(fmt::format("energy.phase.{}", phase));
  return sum;
}

// Each prediction of energy, power, carbon, water and cost against the simulation.
void expect_agreement(const TrainingConfig& config, std::uint32_t replications,
                      std::size_t predictions, const std::string& about) {
  std::map<std::string, std::vector<double>> values, weights;
  const TrainingModel model(config);
  for (std::uint32_t r = 0; r < replications; ++r) {
    const Observation seen = model.simulate(
        {.seed = 3, .replication = r}, {.warm_up = config.warm_up, .end = config.horizon}, nullptr);
    for (const Measured& m : seen.windows[0]) {
      values[m.metric.name].push_back(m.value);
      weights[m.metric.name].push_back(m.weight);
    }
  }
  std::size_t predicted = 0;
  for (const Prediction& p : model.twin().predictions) {
    if (!p.value || p.metric.starts_with("training.") || p.metric.starts_with("fleet.")) continue;
    if (p.metric.starts_with("ironlaw.")) continue;
    if (values.count(p.metric) == 0) continue;
    ++predicted;
    const Estimate found =
        t_interval(metric_terms(p.metric, values[p.metric], weights[p.metric]), 0.999);
    const double rounding = 1e-8 * std::abs(*p.value) + 1e-9 + p.rounding;
    EXPECT_LE(found.low, *p.value + rounding) << about << " " << p.metric;
    EXPECT_GE(found.high, *p.value - rounding) << about << " " << p.metric;
    EXPECT_LT(p.rounding, 0.01 * std::abs(*p.value) + 1e-9) << about << " " << p.metric;
  }
  EXPECT_EQ(predicted, predictions) << about;
}

// A job of 4 nodes, one second after the other, on a meter that is told of every write. Faults are
// of all nodes, or of one that is out for a while.
struct Replay {
  const std::vector<Fault>& faults;
  std::int64_t work = 0, now = 0, saved = 0, done = 0, left = 100, known = 0, back = 0;
  enum { working, writing, detecting, restarting, standing } state = working;

  void begin() {
    state = detecting;
    left = std::max<std::int64_t>(0, known - now);
  }
  void advance() {
    while (left == 0 && state != standing) {
      if (state == detecting)
        state = restarting, left = 60;
      else if (state == restarting)
        state = working, left = 100;
      else if (state == working)
        state = writing, left = 7;
      else
        saved = done, state = working, left = saved == work ? -1 : 100;
    }
  }
  // The end of the job.
  std::int64_t run(Meter& meter) {
    const Meter::Part part = meter.part("job");
    std::size_t next = 0;
    for (;; ++now) {
      advance();
      if (saved == work) break;
      if (next < faults.size() && faults[next].at.ns == now * 1'000'000'000) {
        const Fault& fault = faults[next++];
        known = now + 30, back = now, done = saved;
        if (fault.outage) back += fault.outage->ns / 1'000'000'000;
        state = standing;
      }
      if (state == standing && now == back) begin(), advance();
      const double there = state == standing ? 3 : 4;
      const Activity activity = state == working      ? Activity::compute
                                : state == writing    ? Activity::checkpoint
                                : state == restarting ? Activity::restart
                                                      : Activity::idle;
      meter.set(Instant{now * 1'000'000'000}, part, there * watts(activity));
      if (state == working) ++done;
      if (state != standing) --left;
    }
    meter.set(Instant{now * 1'000'000'000}, part, 0);
    return now;
  }
};

std::vector<double> wavy(std::size_t n, double mean, double swing) {
  std::vector<double> out;
  for (std::size_t i = 0; i < n; ++i)
    out.push_back(mean + swing * std::sin(1.7 * static_cast<double>(i * i)));
  return out;
}

TEST(TrainingEnergy, IsWhatAMeterShowsThatIsToldOfEveryWrite) {
  const auto site =
      site_of(StepSeries(wavy(50, 400 * gram_per_kwh, 200 * gram_per_kwh), 600_s, 123_s),
              StepSeries(wavy(30, 0.1 / 3.6e6, 0.3 / 3.6e6), 450_s),
              StepSeries(wavy(40, 1.3, 0.2), 900_s), 500, 15e-3);
  TrainingConfig config = config_of(4, 0, site);
  config.jobs[0].work = 60'000_s;
  for (std::int64_t i = 0; i < 40; ++i) {
    const Duration at{(700 + 1737 * i + i * i * 37 % 500) * 1'000'000'000};
    if (i % 3 == 0)
      config.failures[0].script.push_back({.at = at, .node = {1}, .outage = 200_s});
    else
      config.failures[0].script.push_back({.at = at, .node = {}, .outage = {}});
  }
  Meter meter(site);
  Replay replay{.faults = config.failures[0].script, .work = 60'000};
  const Instant end{replay.run(meter) * 1'000'000'000};
  const SiteUsage told = meter.usage({}, end);
  const Values seen = once(config);
  EXPECT_NEAR(seen.at("training.time_to_train"), seconds(end - Instant{}), 1e-6);
  EXPECT_GT(seen.at("training.fraction.queued"), 0.01);
  EXPECT_NEAR(seen.at("energy.it") / told.it, 1, 1e-12);
  EXPECT_NEAR(of_phases(seen) / told.it, 1, 1e-12);
  EXPECT_NEAR(seen.at("energy.facility") / told.facility, 1, 1e-12);
  EXPECT_NEAR(seen.at("carbon.operational") / told.carbon, 1, 1e-12);
  EXPECT_NEAR(seen.at("cost.energy") / (told.energy_cost + told.demand_cost), 1, 1e-12);
  EXPECT_NEAR(seen.at("water.total") / told.water, 1, 1e-12);
  EXPECT_NEAR(seen.at("power.mean") / told.mean_power, 1, 1e-12);
  EXPECT_NEAR(seen.at("power.peak") / told.peak_power, 1, 1e-12);
  // Had it been taken for an even load, it would show.
  const double even = told.it / seconds(end - Instant{});
  EXPECT_GT(std::abs(even * site->carbon_per_it().integral({}, end) / told.carbon - 1), 1e-4);
}

// All kinds of jobs: elastic, several, over two sites, with spares, shocks and switched off.
std::vector<TrainingConfig> all_kinds(const std::shared_ptr<const fleetsim::Site>& site) {
  TrainingConfig plain = config_of(16, 0, site);
  plain.failures[0].components = {part_of(1e5)};
  std::vector<TrainingConfig> out = {plain};
  TrainingConfig spares = plain;
  spares.fleet = plain_fleet(16, 3);
  spares.failures[0].repair = *Law::exponential(20'000);
  spares.failures[0].shocks = {
      {.name = "rack", .nodes = 4, .mean = from_seconds(1e5), .hits = 0.7}};
  out.push_back(spares);
  TrainingConfig elastic = plain;
  elastic.failures[0].repair = *Law::exponential(10'000);
  elastic.jobs[0].replicas = 8;
  elastic.jobs[0].min_replicas = 2;
  out.push_back(elastic);
  // Nodes are missing in restarts rather than while it stalls.
  elastic.failures[0] = {.components = {part_of(1e5)}, .repair = *Law::exponential(900)};
  elastic.jobs[0].restart = 600_s;
  elastic.jobs[0].checkpoint.interval = 10'000_s;
  out.push_back(elastic);
  elastic.horizon = 20'000_s;
  out.push_back(elastic);
  TrainingConfig off = spares;
  off.failures[0].maintenance = {
      {.name = "m", .first = 5'000_s, .every = 30'000_s, .takes = 4'000_s, .announced = true}};
  out.push_back(off);
  TrainingConfig two = spares;
  two.jobs = {job_of(10, "a"), job_of(4, "b")};
  two.jobs[1].work = 50'000_s;
  two.jobs[0].checkpoint.interval = 333_s;
  out.push_back(two);
  TrainingConfig far = plain;
  far.fleet = plain_fleet(16, 2, 2);
  far.failures.push_back(far.failures[0]);
  far.jobs[0].further = {{1}};
  Sites& sites = far.energy->sites;
  for (auto* list : {&sites.regions}) list->push_back(site);
  sites.nodes.push_back(sites.nodes[0]);
  sites.owned.push_back(sites.owned[0]);
  out.push_back(far);
  return out;
}

// What the sites charge for is what the ledger says was drawn, however it is cut into hours.
TEST(TrainingEnergy, IsConserved) {
  const double ci = 400 * gram_per_kwh, price = 0.12 / 3.6e6, pue = 1.25;
  const auto hourly =
      site_of(StepSeries(std::vector(100, ci), 700_s), StepSeries(std::vector(77, price), 1100_s),
              StepSeries(std::vector(30, pue), 1500_s));
  const std::vector<TrainingConfig> a = all_kinds(steady()), b = all_kinds(hourly);
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::uint32_t r = 0; r < 5; ++r) {
      const Values v = once(a[i], r), w = once(b[i], r);
      const double it = v.at("energy.it");
      EXPECT_NEAR(v.at("energy.facility") / (it * pue), 1, 1e-12) << i;
      EXPECT_NEAR(v.at("carbon.operational") / (it * pue * ci), 1, 1e-12) << i;
      EXPECT_NEAR(v.at("cost.energy") / (it * pue * price), 1, 1e-12) << i;
      EXPECT_LE(v.at("power.mean"), v.at("power.peak") * (1 + 1e-12)) << i;
      double parts = 0;
      for (const char* part : {"accelerators", "overhead", "conversion", "standby", "network"})
        parts += v.at(fmt::format("energy.{}", part));
      EXPECT_NEAR(parts / it, 1, 1e-12) << i;
      EXPECT_NEAR(
          (v.at("energy.accelerators") + v.at("energy.overhead")) / v.at("energy.conversion"),
          0.95 / 0.05, 1e-6)
          << i;
      for (const char* phase : training::phase_names)
        EXPECT_GE(v.at(fmt::format("energy.phase.{}", phase)), 0) << i << phase;
      for (const char* metric : {"energy.it", "energy.facility", "carbon.operational",
                                 "cost.energy", "water.total", "power.peak", "cost.total"})
        EXPECT_NEAR(w.at(metric) / v.at(metric), 1, 1e-11) << i << " " << metric;
    }
}

// Windows add up to the whole, and everything else about the run is as if nobody counted.
TEST(TrainingEnergy, ChangesNothingElseAndAddsUp) {
  for (const TrainingConfig& config : all_kinds(steady())) {
    TrainingConfig without = config;
    without.energy.reset();
    Values with = once(config);
    for (const auto& [name, value] : once(without)) {
      const double there = with.at(name);
      EXPECT_TRUE(there == value || (std::isnan(there) && std::isnan(value))) << name;
    }
    const auto cut = TrainingModel(config)
                         .simulate({.seed = 1}, {.end = config.horizon, .windows = 6}, nullptr)
                         .windows;
    Values sums;
    for (const auto& window : cut)
      for (const Measured& m : window) sums[m.metric.name] += m.value / 6;
    for (const char* metric : {"energy.it", "energy.facility", "carbon.total", "cost.total"})
      EXPECT_NEAR(sums.at(metric) / with.at(metric), 1, 1e-11) << metric;
  }
}

// A spare in the place of a node that is out for 1,000 s: one node less stands by.
TEST(TrainingEnergy, NodesInRepairDrawNothingAndSparesIdle) {
  TrainingConfig config = config_of(4, 2, steady());
  config.jobs[0].work = 5'000_s;
  config.failures[0].script = {{.at = 1'050_s, .node = {1}, .outage = 1000_s}};
  const Values seen = once(config);
  const double time = seen.at("training.time_to_train");
  EXPECT_NEAR(seen.at("energy.it") - of_phases(seen), watts(Activity::idle) * (2 * time - 1000),
              1e-3);
  EXPECT_NEAR(seen.at("energy.phase.useful"), 4 * 5000 * watts(Activity::compute), 1e-3);
  EXPECT_NEAR(seen.at("energy.phase.lost"), 4 * 87 * watts(Activity::compute), 1e-3);
  EXPECT_NEAR(seen.at("energy.phase.stalled"), 4 * 30 * watts(Activity::idle), 1e-3);
  EXPECT_NEAR(seen.at("energy.standby"), watts(Activity::idle) * (2 * time - 1000), 1e-3);
  EXPECT_NEAR(seen.at("energy.overhead"), 4 * 300 * time, 1e-3);
  EXPECT_NEAR(seen.at("energy.conversion"), 0.05 * of_phases(seen), 1e-3);
  EXPECT_EQ(seen.at("energy.network"), 0);
  EXPECT_NEAR(seen.at("power.peak"),
              1.25 * (4 * watts(Activity::compute) + 2 * watts(Activity::idle)), 1e-6);
  // All nodes of the job, from work to a stop.
  EXPECT_NEAR(seen.at("power.ramp"), 4 * (watts(Activity::compute) - watts(Activity::idle)), 1e-6);
  const double years = time / (365 * 86400.0);
  EXPECT_NEAR(seen.at("cost.capex"), 6 * 8 * 25'000 * years / 3, 1e-6);
  EXPECT_NEAR(seen.at("cost.maintenance"), 6 * 8 * 25'000 * 0.05 * years, 1e-6);
  EXPECT_NEAR(seen.at("carbon.embodied"), 6 * 8 * 164 * years / 3, 1e-9);
}

TEST(TrainingEnergy, AgreesWithItsClosedForms) {
  TrainingConfig config = config_of(16, 0, steady());
  config.failures[0].components = {part_of(5e4)};
  expect_agreement(config, 300, 24, "goes on");
  config.jobs[0].checkpoint.drain = 40_s;
  expect_agreement(config, 300, 24, "drains");
  config.jobs[0].restart = {};
  expect_agreement(config, 300, 24, "restarts at once");
  for (const Prediction& p : TrainingModel(config).twin().predictions)
    EXPECT_TRUE(p.metric != "energy.phase.restart" || p.value == 0.0);
  config.jobs[0].restart = 60_s;
  config.jobs[0].checkpoint.drain = {};
  config.jobs[0].work = 20'050_s;
  config.jobs[0].step =
      StepConfig{.parameters = 7e9, .tokens = 1e6, .flops = 0.4, .peak = 1, .seconds = 1};
  config.horizon = from_seconds(1e6);
  expect_agreement(config, 1000, 26, "ends");
  TrainingConfig spares = config_of(16, 4, steady());
  spares.failures[0].components = {part_of(2e5)};
  spares.failures[0].repair = *Law::exponential(1'000);
  spares.horizon = from_seconds(1e6);
  expect_agreement(spares, 200, 24, "spares");
  spares.fleet = plain_fleet(16, 0);
  spares.failures[0].detection = {};
  expect_agreement(spares, 200, 24, "queues");
  TrainingConfig two = config_of(16, 0, steady());
  two.failures[0].components = {part_of(5e4)};
  two.jobs = {job_of(10, "a"), job_of(4, "b")};
  expect_agreement(two, 300, 24, "two jobs");
}

// The closed form for one interval of work is that of analytic/exact/carbon.h, and the labs' table
// (100,000 GPUs of 50,000 h; saves draw 0.4 and restarts 0.3 of work) follows from it.
TEST(TrainingEnergy, CarbonPerWeightIsThatOfTheLabs) {
  const std::pair<double, double> table[] = {{82, 1.300},  {164, 1.238}, {208, 1.233},
                                             {232, 1.235}, {329, 1.249}, {465, 1.286},
                                             {657, 1.345}, {1315, 1.626}};
  for (const auto& [interval, relative] : table) {
    TrainingConfig config = config_of(1, 0, steady());
    NodePower& power = config.energy->sites.nodes[0];
    power = {.devices = 1, .peak = 1};
    power.given[static_cast<std::size_t>(Activity::checkpoint)] = 0.4;
    config.failures[0] = {
        .components = {{.name = "all", .shared = 1, .life = *Law::exponential(1800)}},
        .detection = 60_s};
    config.jobs[0].restart = 360_s;
    config.jobs[0].checkpoint.write = 30_s;
    config.jobs[0].checkpoint.interval = from_seconds(interval);
    config.jobs[0].work = from_seconds(1e8);
    config.jobs[0].step =
        StepConfig{.parameters = 1e9, .tokens = 1, .flops = 1, .peak = 1, .seconds = 1};
    config.horizon = from_seconds(5e6);
    const auto exact = analytic::carbon_per_weight({.plan = {interval, 30, 420, 1800},
                                                    .work = 1e8,
                                                    .write_power = 0.4,
                                                    .restart_power = 0.3,
                                                    .pue = 1.25,
                                                    .intensity = 400 * gram_per_kwh,
                                                    .parameters = 1e9});
    ASSERT_TRUE(exact);
    double wasted = 0, carbon = 0;
    for (const Prediction& p : TrainingModel(config).twin().predictions) {
      if (p.metric == "energy.wasted_share") wasted = p.value.value_or(0);
      if (p.metric == "carbon.per_weight") carbon = p.value.value_or(0);
    }
    EXPECT_NEAR(carbon / exact->carbon, 1, 1e-9) << interval;
    EXPECT_NEAR(1 / (1 - wasted), relative, 0.005) << interval;
    EXPECT_NEAR(exact->best_interval, 208, 2);
  }
}

// Where the grid changes by the hour its mean is told beside what is simulated.
TEST(TrainingEnergy, TheMeanOfAGridIsARival) {
  TrainingConfig config = config_of(
      4, 0, site_of(StepSeries({100 * gram_per_kwh, 0}, 1'000'000_s), 0.12 / 3.6e6, 1.25));
  const Values seen = once(config);
  const Twin twin = TrainingModel(config).twin();
  std::size_t told = 0;
  for (const Rival& rival : twin.rivals)
    if (rival.formula == "average intensity") {
      ++told;
      EXPECT_NEAR(rival.value / seen.at("carbon.operational"), 0.5, 0.001);
    }
  EXPECT_EQ(told, 1u);
  for (const Prediction& p : twin.predictions)
    EXPECT_EQ(p.value.has_value(), p.metric != "carbon.operational" && p.metric != "carbon.total")
        << p.metric;
}

}  // namespace
}  // namespace fleetsim::training
