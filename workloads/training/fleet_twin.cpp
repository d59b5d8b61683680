#include "workloads/training/fleet_twin.h"

#include <algorithm>

#include "analytic/exact/failures.h"
#include "analytic/exact/redundancy.h"
#include "analytic/exact/shocks.h"
#include "workloads/training/metrics.h"
#include "workloads/training/prospect.h"
#include "workloads/training/slow_prospect.h"
#include "workloads/training/telling.h"

namespace fleetsim::training {
namespace {

// f.correlated: nodes lost at once, where one kind of domain is struck and no node is missed.
void tell_together(const TrainingConfig& config, Twin& twin) {
  std::vector<ClusterId> struck;
  for (std::uint32_t c = 0; c < config.failures.size(); ++c)
    if (places_of(config, {c}).in_use > 0) struck.push_back({c});
  if (struck.size() != 1) return;
  const FailurePlan& plan = config.failures[struck[0].index];
  const Places places = places_of(config, struck[0]);
  const auto nodes = static_cast<std::int64_t>(places.in_use);
  if (plan.shocks.size() != 1 || plan.repair || !plan.script.empty() || places.spares > 0) return;
  if (slows(plan)) return;
  const Shock& shock = plan.shocks[0];
  const std::int64_t each = shock.nodes > 0 ? shock.nodes : nodes;
  double alone = 0;
  for (const ComponentPlan& c : plan.components) {
    if (!memoryless(c)) return;
    alone += plan.lemons.mean_weight() * c.per_node / c.life.mean();
  }
  const auto form = analytic::rack_shocks({.nodes = nodes,
                                           .per_rack = each,
                                           .lost_together = 2,
                                           .node_rate = alone,
                                           .rack_rate = 1 / seconds(shock.mean),
                                           .struck = shock.hits});
  if (!form) return;  // a domain is not whole
  tell_quietly(twin, "fleet.lost_together", form->together, "f.correlated", "");
  tell_quietly(twin, "fleet.lost_at_once.mean", form->mean_lost, "f.correlated", "");
}

// Times in which spares do not suffice: with hot spares, a k-of-n system.
void tell_outages(const TrainingConfig& config, ClusterId where, const Standby& standby,
                  std::string broken, Twin& twin) {
  const FailurePlan& plan = config.failures[where.index];
  const Places places = places_of(config, where);
  if (plan.stock || places.spares == 0) return;
  const double mttr = plan.repair->mean() + seconds(plan.burn_in);
  const double time = seconds(config.horizon - config.warm_up);
  if (broken.empty() && seconds(config.warm_up) < 10 * mttr)
    broken = "all nodes are whole at first";
  const auto all = static_cast<std::int64_t>(places.in_use + places.spares);
  const bool hot = plan.spare_wear == 1;
  tell_quietly(twin, "fleet.outage.fraction", standby.short_share, hot ? "f.kofn" : "f.spares",
               broken);
  if (!hot) return;
  const auto form = analytic::kofn({.units = all,
                                    .needed = static_cast<std::int64_t>(places.in_use),
                                    .crews = plan.crews > 0 ? plan.crews : all,
                                    .mttf = 1 / standby.node_rate,
                                    .mttr = mttr});
  check(bool(form), "nodes with hot spares have a steady state");
  tell_quietly(twin, "fleet.outages", form->outage_rate * time, "f.kofn", broken);
}

// f.repair where each place is repaired by itself, f.spares else.
void tell_fleet(const TrainingConfig& config, Twin& twin) {
  std::uint32_t failing = 0, where = 0;
  for (std::uint32_t c = 0; c < config.failures.size(); ++c)
    if (places_of(config, {c}).in_use > 0) ++failing, where = c;
  const FailurePlan& plan = config.failures[where];
  if (failing != 1) return;
  if (slows(plan)) {
    const SlowProspect slow = slow_prospect_of(config, {where}, nullptr);
    tell_quietly(twin, "fleet.slow_nodes.mean", slow.mean_slow, "f.slow", slow.broken);
  }
  if (!plan.repair) return;
  const Standby standby = standby_of(config, {where});
  const Places places = places_of(config, {where});
  const double nodes = static_cast<double>(places.in_use);
  const double time = seconds(config.horizon - config.warm_up);
  std::string broken = standby.broken;
  if (standby.node_rate == 0) return;
  double availability = standby.mean_active / nodes;
  const bool alone = places.spares == 0 && (plan.crews == 0 || plan.crews >= nodes);
  const char* formula = plan.stock ? "f.stock" : alone ? "f.repair" : "f.spares";
  const bool simple = alone && !plan.stock && plan.burn_in == Duration{};
  if (simple && config.warm_up == Duration{} &&
      std::holds_alternative<ExponentialLaw>(plan.repair->kind()))
    availability =
        analytic::alternating_renewal(1 / standby.node_rate, plan.repair->mean(), time)->over_time;
  const double lead = plan.stock ? plan.lead_time->mean() : 0;
  const bool lasting = time > 100 * (plan.repair->mean() + seconds(plan.burn_in) + lead);
  if (broken.empty() && !lasting) broken = "all nodes are whole at first";
  tell_quietly(twin, "fleet.availability", availability, formula, broken);
  tell_quietly(twin, "fleet.failed_nodes.mean",
               alone ? nodes * (1 - availability) : standby.mean_failed, formula, broken);
  tell_quietly(twin, "fleet.spares_in_use",
               std::max(0.0, standby.mean_failed - (nodes - standby.mean_active)), formula, broken);
  tell_quietly(twin, "fleet.mttf", 1 / standby.node_rate, "f.series", standby.broken);
  tell_quietly(twin, "fleet.failures", standby.node_rate * nodes * availability * time, formula,
               broken);
  if (plan.stock) tell(twin, "fleet.waiting_for_parts.mean", standby.waiting, "f.stock", broken);
  tell_outages(config, {where}, standby, broken, twin);
}

}  // namespace

void tell_of_nodes(const TrainingConfig& config, Twin& twin) {
  if (watches_fleet(config)) tell_fleet(config, twin);
  tell_together(config, twin);
}

}  // namespace fleetsim::training
