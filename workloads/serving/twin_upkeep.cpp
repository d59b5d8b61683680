#include "workloads/serving/twin_upkeep.h"

#include <cmath>

namespace fleetsim::serving {
namespace {

bool only_parts_break(const FailurePlan& plan) {
  return !plan.repair && plan.shocks.empty() && plan.script.empty() && plan.lemons.count == 0 &&
         plan.maintenance.empty() && memoryless(plan) && !slows(plan) &&
         plan.components.size() == 1;
}

}  // namespace

// Of several groups on a node all are struck together: the share of each is the same.
std::optional<Availability> availability_of(const ServingConfig& config) {
  const UpkeepConfig& upkeep = *config.upkeep;
  if (upkeep.upgrade || upkeep.failures.empty()) return std::nullopt;
  Availability out;
  for (const GroupConfig& group : config.groups) {
    const FailurePlan& plan = upkeep.failures[group.cluster.index];
    if (group.autoscale || !only_parts_break(plan)) return std::nullopt;
    const std::uint32_t of_node = upkeep.fleet->plan().clusters[group.cluster.index].devices;
    const double rate = rate_of(plan, 0, std::max(1U, group.devices / of_node));
    const double missed = rate * seconds(detection_of(plan, 0));
    const double started = rate * seconds(upkeep.startup);
    out.replicas += group.replicas / (1 + missed + std::exp(missed) * std::expm1(started));
  }
  return out;
}

double cold_share(double rate, double load, double idle, double startup) {
  const double off = std::exp(-rate * idle);
  return off * (1 - load) / (1 + rate * startup * off);
}

}  // namespace fleetsim::serving
