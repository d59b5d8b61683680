#include "topology/failures.h"

#include <algorithm>
#include <cmath>

#include "sim/check.h"

namespace fleetsim {

bool memoryless(const ComponentPlan& component) {
  return std::holds_alternative<ExponentialLaw>(component.life.kind());
}

bool memoryless(const FailurePlan& plan) {
  return std::all_of(plan.components.begin(), plan.components.end(),
                     [](const ComponentPlan& c) { return memoryless(c); });
}

std::vector<std::string> causes(const FailurePlan& plan) {
  std::vector<std::string> out;
  for (const ComponentPlan& component : plan.components) out.push_back(component.name);
  for (const Shock& shock : plan.shocks) out.push_back(shock.name);
  if (!plan.script.empty()) out.emplace_back("scripted");
  return out;
}

bool replaces(const FailurePlan& plan, std::uint32_t cause) {
  const std::size_t parts = plan.components.size();
  if (cause < parts) return plan.components[cause].replaced;
  return cause - parts >= plan.shocks.size() || plan.shocks[cause - parts].replaced;
}

bool slows(const FailurePlan& plan) {
  return std::any_of(plan.components.begin(), plan.components.end(),
                     [](const ComponentPlan& c) { return c.slow && c.per_node > 0; });
}

namespace {

// 1/s, in which other parts send their node to repair.
double lost_otherwise(const FailurePlan& plan) {
  double rate = 0;
  for (const ComponentPlan& other : plan.components)
    if (plan.repair && other.replaced && !other.slow) rate += other.per_node / other.life.mean();
  return rate;
}

}  // namespace

analytic::SlowNode slow_share(const FailurePlan& plan, const ComponentPlan& component,
                              double weight) {
  check(component.slow.has_value(), "the part makes its node slow");
  return analytic::slow_node(weight * component.per_node / component.life.mean(),
                             weight * lost_otherwise(plan), component.slow->found_after);
}

bool leaves_slow(const FailurePlan& plan, const ComponentPlan& component) {
  return component.slow->found_after || lost_otherwise(plan) > 0;
}

// How often slow nodes are found: lemons are struck more often.
double found_rate(const FailurePlan& plan, const ComponentPlan& component, std::uint32_t nodes) {
  if (!component.slow->found_after) return 0;
  const double share = static_cast<double>(plan.lemons.count) / plan.lemons.of;
  const double lemon = slow_share(plan, component, plan.lemons.factor).found;
  return nodes * ((1 - share) * slow_share(plan, component).found + share * lemon);
}

bool interrupts(const FailurePlan& plan, std::uint32_t cause) {
  return cause >= plan.components.size() || !plan.components[cause].corrupts;
}

bool any_interrupts(const FailurePlan& plan) {
  const std::size_t silent =
      static_cast<std::size_t>(std::count_if(plan.components.begin(), plan.components.end(),
                                             [](const ComponentPlan& c) { return c.corrupts; }));
  return causes(plan).size() > silent;
}

Duration detection_of(const FailurePlan& plan, std::uint32_t cause) {
  const bool part = cause < plan.components.size();
  return part ? plan.components[cause].detection.value_or(plan.detection) : plan.detection;
}

std::optional<double> severity_of(const FailurePlan& plan, std::uint32_t cause) {
  const std::size_t parts = plan.components.size();
  if (cause < parts) return plan.components[cause].severity;
  if (cause - parts < plan.shocks.size()) return plan.shocks[cause - parts].severity;
  return {};
}

// Each node is one of those still to choose with the chance that is left: Knuth's selection
// sampling (vol. 2, 3.4.2).
std::vector<bool> lemons_among(const FailurePlan& plan, std::uint32_t nodes, const Chance& chance,
                               std::uint32_t cluster) {
  if (plan.lemons.count == 0) return {};
  std::vector<bool> out(nodes);
  Stream choice = chance.stream("failures.lemons", cluster);
  std::uint32_t left = std::min(plan.lemons.count, nodes);
  for (std::uint32_t n = 0; n < nodes; ++n) {
    out[n] = choice.uniform() * (nodes - n) < left;
    if (out[n]) --left;
  }
  return out;
}

std::uint64_t exposure(const ComponentPlan& component, std::uint32_t nodes) {
  return std::uint64_t{component.per_node} * nodes + component.shared;
}

double shock_rate(const Shock& shock, std::uint32_t nodes) {
  const std::uint32_t each = shock.nodes > 0 ? shock.nodes : nodes;
  const auto any = [&](std::uint32_t of) { return 1 - std::pow(1 - shock.hits, of); };
  return nodes > 0 ? (nodes / each * any(each) + any(nodes % each)) / seconds(shock.mean) : 0;
}

double rate_of(const FailurePlan& plan, std::uint32_t cause, std::uint32_t nodes) {
  const std::size_t parts = plan.components.size();
  if (cause >= parts + plan.shocks.size()) return 0;
  if (cause >= parts) return shock_rate(plan.shocks[cause - parts], nodes);
  const ComponentPlan& component = plan.components[cause];
  if (component.slow) return found_rate(plan, component, nodes);
  const double on_nodes = plan.lemons.mean_weight() * component.per_node * nodes;
  return (on_nodes + component.shared) / component.life.mean();
}

double failure_rate(const FailurePlan& plan, std::uint32_t nodes) {
  double rate = 0;
  for (std::uint32_t c = 0; c < plan.components.size() + plan.shocks.size(); ++c)
    if (interrupts(plan, c)) rate += rate_of(plan, c, nodes);
  return rate;
}

double corruption_rate(const FailurePlan& plan, std::uint32_t nodes) {
  double rate = 0;
  for (std::uint32_t c = 0; c < plan.components.size(); ++c)
    if (!interrupts(plan, c)) rate += rate_of(plan, c, nodes);
  return rate;
}

Instant later_by(Instant t, double s) {
  const Duration wait = from_seconds(s);
  return wait.ns >= end_of_time.ns - t.ns ? end_of_time : t + wait;
}

}  // namespace fleetsim
