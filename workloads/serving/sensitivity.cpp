#include "workloads/serving/sensitivity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/unit_text.h"
#include "workloads/serving/replication.h"
#include "workloads/windows.h"

namespace fleetsim::serving {
namespace {

constexpr double step = 0.05;  // of the capacity
constexpr const char* metric = "serving.ttft.p99";

double p99_at(ServingConfig config, double capacity, const Chance& chance, const Plan& plan) {
  config.slow_down = 1 / capacity;
  Replication replication(config, chance);
  ServingRun& run = replication.run;
  std::vector<Measured> seen;
  run_windows(run.engine(), run.collector().present(), {.warm_up = plan.warm_up, .end = plan.end},
              {[&](bool) { run.restart(); },
               [&](bool) { run.collector().report(run.engine().now(), seen); }});
  const auto found = std::find_if(seen.begin(), seen.end(),
                                  [](const Measured& one) { return one.metric.name == metric; });
  return found->value;
}

}  // namespace

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
