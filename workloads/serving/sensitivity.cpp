#include "workloads/serving/sensitivity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/unit_text.h"
#include "workloads/serving/run.h"
#include "workloads/windows.h"

namespace fleetsim::serving {
namespace {

constexpr double step = 0.05;  // of the capacity
constexpr const char* metric = "serving.ttft.p99";

std::optional<Polyline> stretched(const std::optional<Polyline>& line, double factor) {
  if (!line) return line;
  std::vector<Polyline::Point> points(line->points().begin(), line->points().end());
  for (Polyline::Point& point : points) point.y *= factor;
  return *Polyline::make(std::move(points));
}

double p99_at(ServingConfig config, double capacity, const Chance& chance, const Plan& plan) {
  config.energy.reset();  // what it draws changes nothing here
  for (GroupConfig& group : config.groups) group.cost = stretched(group.cost, 1 / capacity);
  ServingRun run(config, chance);
  std::vector<Measured> seen;
  run_windows(run.engine(), run.collector().present(), {.warm_up = plan.warm_up, .end = plan.end},
              {[&](bool) { run.restart(); },
               [&](bool) { run.collector().report(run.engine().now(), seen); }});
  const auto found = std::find_if(seen.begin(), seen.end(),
                                  [](const Measured& one) { return one.metric.name == metric; });
  return found->value;
}

}  // namespace

PassCost stretched(PassCost cost, double factor) {
  for (double* part : {&cost.token, &cost.pair, &cost.weights, &cost.key, &cost.experts,
                       &cost.message, &cost.sequence, &cost.launch_decode, &cost.launch_prefill})
    *part *= factor;
  cost.measured_prefill = stretched(cost.measured_prefill, factor);
  cost.measured_decode = stretched(cost.measured_decode, factor);
  return cost;
}

std::vector<Finding> sensitivity(const ServingConfig& config, const Chance& chance,
                                 const Plan& plan) {
  const double as_it_is = p99_at(config, 1, chance, plan);
  if (std::isnan(as_it_is)) return {};
  const auto with = [&](double change) {
    const double p99 = p99_at(config, 1 + change, chance, plan);
    return fmt::format("{} ({:+.1f} %)", format_measure(p99, "s", 4), 100 * (p99 / as_it_is - 1));
  };
  return {{metric, fmt::format("with {0:.0f} % less capacity it is {1}, with {0:.0f} % more {2}: "
                               "the same requests, of one replication",
                               100 * step, with(-step), with(step))}};
}

}  // namespace fleetsim::serving
