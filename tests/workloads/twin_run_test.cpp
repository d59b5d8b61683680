#include <cmath>

#include "sim/interval.h"
#include "tests/workloads/systems.h"
#include "workloads/queueing/twin.h"

// The simulation against its closed forms, small runs of one system for each recogniser. The suite
// of `fleetsim validate` does the same with long runs.
namespace fleetsim::queueing {
namespace {

using Policy = RouterConfig::Policy;

constexpr std::uint32_t replications = 20;
constexpr double level = 0.999;

struct SmallRun {
  const char* name = "";
  QueueingConfig config{};
  double horizon = 0, warm_up = 0;  // s
  double tolerance = 0;             // what the interval of mean sojourns may have for half-width
};
std::ostream& operator<<(std::ostream& out, const SmallRun& run) {
  return out << run.name;
}

QueueingConfig with(QueueingConfig config, auto change) {
  change(config.stations[0]);
  return config;
}
QueueingConfig routed(QueueingConfig config, std::uint32_t copies, Policy policy) {
  config.stations[0].copies = copies;
  config.sources[0].to = to_router();
  config.routers = {router(policy, {to_station()})};
  return config;
}

QueueingConfig classes(Discipline discipline) {
  QueueingConfig config = line(exponential(2), exponential(0.5), discipline);
  config.sources.push_back(source("low", exponential(4)));
  config.sources[1].priority = 1;
  config.sources[1].service = *Law::gamma_mean_cv(1, 0.5);
  config.sources.push_back(source("also_low", exponential(8)));
  config.sources[2].priority = 1;
  config.sources[2].service = constant(1.5);
  return config;
}

QueueingConfig bursts() {
  QueueingConfig config = line(constant(1), exponential(1));
  config.sources[0].arrivals = Mmpp{{{1.2, 5}, {0.2, 5}}};
  return config;
}

QueueingConfig open_network() {
  QueueingConfig config{
      {source("in", exponential(1)), source("side", exponential(2), to_station(2))},
      {station("a", exponential(0.3)), station("b", *Law::gamma_mean_cv(0.5, 2), Discipline::ps),
       station("c", exponential(1.2), Discipline::fcfs, 2)},
      {router(Policy::probabilities, {to_station(1), to_station(2), {}}, {0.5, 0.25, 0.25})}};
  config.stations[0].to = to_router();
  config.stations[1].to = to_station(0);
  return config;
}

QueueingConfig closed_network() {
  QueueingConfig config{
      {population(10, *Law::uniform(0, 10))},
      {station("cpu", exponential(0.2)), station("disk", exponential(0.5), Discipline::fcfs, 2)},
      {router(Policy::probabilities, {to_station(1), {}}, {0.75, 0.25})}};
  config.stations[0].to = to_router();
  config.stations[1].to = to_station(0);
  return config;
}

std::vector<SmallRun> lines() {
  const Law varied = *Law::gamma_mean_cv(0.7, 1.5);
  return {
      {"mm1", line(exponential(1), exponential(0.7)), 60'000, 300, 0.03},
      {"mmc", line(exponential(0.25), exponential(0.8), Discipline::fcfs, 4), 20'000, 200, 0.03},
      {"mg1", line(exponential(1), varied), 40'000, 300, 0.05},
      {"mg1_lcfs", line(exponential(1), varied, Discipline::lcfs), 40'000, 300, 0.05},
      {"md1", line(exponential(1), constant(0.7)), 40'000, 300, 0.03},
      {"ps", line(exponential(1), varied, Discipline::ps), 40'000, 300, 0.05},
      {"ps_two_servers", line(exponential(0.5), varied, Discipline::ps, 2), 20'000, 300, 0.05},
      {"lcfs_preemptive", line(exponential(1), varied, Discipline::lcfs_preemptive), 40'000, 300,
       0.06},
      {"srpt", line(exponential(1), varied, Discipline::srpt), 40'000, 300, 0.03},
      {"priority", classes(Discipline::priority), 40'000, 300, 0.04},
      {"priority_preemptive", classes(Discipline::priority_preemptive), 40'000, 300, 0.04},
      {"dm1", line(constant(1), exponential(0.7)), 40'000, 300, 0.03},
      {"uniform_m1", line(*Law::uniform(0, 2), exponential(0.7)), 40'000, 300, 0.03},
      {"mmpp", bursts(), 60'000, 500, 0.08},
      {"mmpp_lcfs", with(bursts(), [](StationConfig& s) { s.discipline = Discipline::lcfs; }),
       60'000, 500, 0.08}};
}

std::vector<SmallRun> limits_and_networks() {
  const Law varied = *Law::gamma_mean_cv(0.7, 1.5);
  return {
      {"bulk",
       with(line(exponential(0.3), exponential(1)),
            [](StationConfig& s) {
              s.bulk = Bulk{5, false};
            }),
       20'000, 200, 0.04},
      {"bulk_full",
       with(line(exponential(0.3), exponential(1)),
            [](StationConfig& s) {
              s.bulk = Bulk{5, true};
            }),
       20'000, 200, 0.04},
      {"mmck",
       with(line(exponential(0.5), exponential(0.9), Discipline::fcfs, 2),
            [](StationConfig& s) { s.room = 5; }),
       20'000, 100, 0.03},
      {"loss",
       with(line(exponential(0.5), *Law::uniform(0, 3), Discipline::fcfs, 3),
            [](StationConfig& s) { s.room = 3; }),
       20'000, 100, 0.03},
      {"ps_room",
       with(line(exponential(1), varied, Discipline::ps), [](StationConfig& s) { s.room = 4; }),
       20'000, 100, 0.03},
      {"patience",
       with(line(exponential(0.25), exponential(1), Discipline::fcfs, 4),
            [](StationConfig& s) { s.patience = exponential(1.5); }),
       20'000, 100, 0.03},
      {"patience_lcfs",
       with(line(exponential(0.25), exponential(1), Discipline::lcfs, 4),
            [](StationConfig& s) { s.patience = exponential(1.5); }),
       20'000, 100, 0.03},
      {"retry_constant",
       with(line(exponential(2.5), exponential(1)),
            [](StationConfig& s) {
              s.room = 1;
              s.retrial = Retrial{exponential(1), true};
            }),
       60'000, 300, 0.05},
      {"retry_classical",
       with(line(exponential(2), exponential(1)),
            [](StationConfig& s) {
              s.room = 1;
              s.retrial = Retrial{exponential(1), false};
            }),
       60'000, 300, 0.05},
      {"random_copies", routed(line(exponential(0.2), exponential(0.7)), 5, Policy::random), 10'000,
       300, 0.05},
      {"turns", routed(line(exponential(0.2), exponential(0.7)), 5, Policy::round_robin), 10'000,
       300, 0.04},
      {"two_choices", routed(line(exponential(0.001), exponential(0.7)), 1000, Policy::power_of_d),
       60, 15, 0.03},
      {"open_network", open_network(), 20'000, 200, 0.05},
      {"closed_network", closed_network(), 20'000, 100, 0.03},
  };
}

class TwinRuns : public testing::TestWithParam<SmallRun> {};

TEST_P(TwinRuns, IntervalsHoldTheClosedForms) {
  const SmallRun& run = GetParam();
  const Plan plan{.warm_up = from_seconds(run.warm_up), .end = from_seconds(run.horizon)};
  const Twin twin = twin_of(run.config);
  std::vector<std::vector<double>> values(twin.predictions.size());
  for (std::uint32_t r = 0; r < replications; ++r) {
    const auto window = simulate(run.config, {.seed = 11, .replication = r}, plan).windows[0];
    for (std::size_t i = 0; i < window.size(); ++i) values[i].push_back(window[i].value);
  }
  std::size_t predicted = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Prediction& p = twin.predictions[i];
    if (!p.value || p.metric.find(".p999") != p.metric.npos) continue;  // too few so far out
    ++predicted;
    const Estimate found = t_interval(values[i], level);
    EXPECT_LE(found.low - 1e-9, *p.value) << p.metric << " by " << p.formula;
    EXPECT_GE(found.high + 1e-9, *p.value) << p.metric << " by " << p.formula;
    if (p.metric != "queue.sojourn.mean" && p.metric != "queue.length") continue;
    EXPECT_LE(found.half_width(), run.tolerance * *p.value) << p.metric;
  }
  EXPECT_GE(predicted, 5u);
}

std::string name_of(const testing::TestParamInfo<SmallRun>& run) {
  return run.param.name;
}
INSTANTIATE_TEST_SUITE_P(Lines, TwinRuns, testing::ValuesIn(lines()), name_of);
INSTANTIATE_TEST_SUITE_P(Others, TwinRuns, testing::ValuesIn(limits_and_networks()), name_of);

}  // namespace
}  // namespace fleetsim::queueing
