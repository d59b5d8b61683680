#include "traces/rare_message.h"

#include "sim/printable.h"

namespace fleetsim {

Result<rare::ExhaustionConfig> rare_of(const Node& failures, const training::TrainingConfig& fleet,
                                       const Provenance& provenance) {
  const std::string where = failures.path("rare");
  if (fleet.failures.size() != 1)
    return provenance.error(where, "found on " + std::to_string(fleet.failures.size()) +
                                       " clusters; expected one cluster in the fleet");
  const FailurePlan& plan = fleet.failures[0];
  if (!plan.repair)
    return provenance.error(where,
                            "found where nodes are mended on the spot, so that no spare is ever "
                            "in use; expected the field \"repair\"");
  for (const char* trouble : {"shock", "lemons", "scripted", "trace", "stock", "maintenance"})
    if (failures.has(trouble))
      return provenance.error(where, std::string("found beside ") + trouble +
                                         "; expected nodes that fail independently, all alike");
  if (failures.number("spare_wear") > 0)
    return provenance.error(where, "found beside spares that wear; expected spare_wear: 0");
  if (plan.spot) return provenance.error(where, "found on spot capacity; expected nodes that stay");
  if (slows(plan))
    return provenance.error(where,
                            "found beside nodes that are slow before they are lost; "
                            "expected other effects than SLOW");
  if (plan.burn_in > Duration{})
    return provenance.error(where, "found beside tests of mended nodes; expected burn_in: 0 s");
  for (const ComponentPlan& part : plan.components)
    if (part.replaced && part.per_node > 0 && !memoryless(part))
      return provenance.error(where, "the life of " + in_quotes(part.name) + " is " +
                                         part.life.name() +
                                         "; expected exponential lives of all parts that send "
                                         "their node to repair");
  const auto out = rare::exhaustion_of(
      fleet, {0}, static_cast<std::uint32_t>(failures.child("rare").count("paths")));
  if (out.node_rate == 0)
    return provenance.error(where,
                            "found where no part sends its node to repair; expected a component "
                            "on nodes with the effect REPLACE");
  return out;
}

}  // namespace fleetsim
