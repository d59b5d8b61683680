#include "topology/failures.h"

#include <algorithm>

namespace fleetsim {

bool memoryless(const ComponentPlan& component) {
  return std::holds_alternative<ExponentialLaw>(component.life.kind());
}

bool memoryless(const FailurePlan& plan) {
  return std::all_of(plan.components.begin(), plan.components.end(),
                     [](const ComponentPlan& c) { return memoryless(c); });
}

std::uint64_t exposure(const ComponentPlan& component, std::uint32_t nodes) {
  return std::uint64_t{component.per_node} * nodes + component.shared;
}

double failure_rate(const FailurePlan& plan, std::uint32_t nodes) {
  double rate = 0;
  for (const ComponentPlan& component : plan.components)
    rate += static_cast<double>(exposure(component, nodes)) / component.life.mean();
  return rate;
}

Instant later_by(Instant t, double s) {
  const Duration wait = from_seconds(s);
  return wait.ns >= end_of_time.ns - t.ns ? end_of_time : t + wait;
}

}  // namespace fleetsim
