#include "workloads/rare/rare_model.h"

#include "analytic/exact/first_passage.h"
#include "workloads/training/metrics.h"

namespace fleetsim::rare {
namespace {

const MetricSpec exhaustion_metric{"fleet.exhaustion", "1"};

}  // namespace

ExhaustionConfig exhaustion_of(const training::TrainingConfig& fleet, ClusterId cluster,
                               std::uint32_t paths) {
  const FailurePlan& plan = fleet.failures[cluster.index];
  const training::Places places = training::places_of(fleet, cluster);
  ExhaustionConfig out{.places = static_cast<std::uint32_t>(places.in_use),
                       .spares = static_cast<std::uint32_t>(places.spares),
                       .crews = plan.crews,
                       .repair = *plan.repair,
                       .horizon = seconds(fleet.horizon),
                       .paths = paths};
  for (const ComponentPlan& part : plan.components)
    if (part.replaced) out.node_rate += part.per_node / part.life.mean();
  return out;
}

std::vector<MetricSpec> RareModel::metrics() const {
  std::vector<MetricSpec> out = fleet_.metrics();
  out.push_back(exhaustion_metric);
  return out;
}

// Each window has an estimate of its own, for the whole horizon.
Observation RareModel::simulate(const Chance& chance, const Plan& plan, RecordSink* sink) const {
  Observation out = fleet_.simulate(chance, plan, sink);
  for (std::uint32_t window = 0; window < out.windows.size(); ++window) {
    const Exhaustion::Estimate seen = event_.estimate(chance, window);
    out.windows[window].push_back({exhaustion_metric, seen.probability});
    out.events += seen.events;
  }
  return out;
}

Twin RareModel::twin() const {
  Twin out = fleet_.twin();
  const std::int64_t all = std::int64_t{config_.places} + config_.spares;
  const auto chance = analytic::exhaustion({.active = config_.places,
                                            .spares = config_.spares,
                                            .crews = config_.crews > 0 ? config_.crews : all,
                                            .mttf = 1 / config_.node_rate,
                                            .mttr = config_.repair.mean(),
                                            .warm = 0},
                                           config_.horizon);
  Prediction told{.metric = exhaustion_metric.name, .value = {}, .formula = {}, .note = {}};
  const bool chain = std::holds_alternative<ExponentialLaw>(config_.repair.kind());
  if (!chance) {
    told.note = "no closed form: " + chance.error().message;
  } else if (chain) {
    told.value = *chance;
    told.formula = "h.exhaust";
  } else {
    told.note = "no closed form: repairs are " + config_.repair.name();
    out.rivals.push_back({told.metric, *chance, "h.exhaust", "it takes repairs for exponential"});
  }
  out.predictions.push_back(std::move(told));
  return out;
}

}  // namespace fleetsim::rare
