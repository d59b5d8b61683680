#include "workloads/serving/metrics.h"

#include <algorithm>

#include "workloads/serving/run.h"

namespace fleetsim::serving {

std::uint32_t ServingConfig::replicas() const {
  std::uint32_t n = 0;
  for (const GroupConfig& group : groups) n += group.replicas;
  return n;
}

bool ServingConfig::disaggregated() const {
  return std::any_of(groups.begin(), groups.end(), [](const GroupConfig& group) {
    return group.scheduler.role == Role::prefill;
  });
}

// A run of which no time has passed tells the names.
std::vector<MetricSpec> metrics_of(const ServingConfig& config) {
  std::vector<Measured> none;
  Collector(config).report({}, none);
  FleetTally{}.report(0, config, none);
  if (config.upkeep) Keeper::report({}, 0, 0, none);
  RoleTally(config).report(0, none);
  if (config.disaggregated()) TransferTally{}.report(none);
  if (config.energy && config.energy->counted) ServingEnergy(config).report({}, {}, {}, 1, none);
  std::vector<MetricSpec> out;
  for (Measured& one : none) out.push_back(std::move(one.metric));
  return out;
}

}  // namespace fleetsim::serving
