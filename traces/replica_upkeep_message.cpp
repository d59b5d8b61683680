#include "traces/replica_upkeep_message.h"

#include <fmt/format.h>

#include <algorithm>

namespace fleetsim {
namespace {

using namespace serving;

Status read_autoscale(const Node& group, const Provenance& provenance, GroupConfig& out) {
  if (!group.has("autoscale")) return Done{};
  const Node node = group.child("autoscale");
  const AutoscaleConfig scale{.least = static_cast<std::uint32_t>(node.count("least")),
                              .target = node.number("target"),
                              .every = from_seconds(node.in("every", "s")),
                              .calm = from_seconds(node.in("calm", "s")),
                              .idle = from_seconds(node.in("idle", "s"))};
  if (scale.least > out.replicas)
    return provenance.error(node.path("least"),
                            fmt::format("found {}; expected at most the replicas of the group, {}",
                                        scale.least, out.replicas));
  out.autoscale = scale;
  return Done{};
}

// What serving has no answer to.
Status refuse(const std::vector<FailurePlan>& plans, const Provenance& provenance) {
  for (const FailurePlan& plan : plans)
    for (const ComponentPlan& part : plan.components)
      if (part.corrupts)
        return provenance.error("failures.component",
                                "found effect CORRUPT beside serving; expected REPLACE, "
                                "RESTART or SLOW");
  return Done{};
}

}  // namespace

Status read_upkeep(const Node& serving, std::vector<FailurePlan> plans, const NamedFleet& fleet,
                   const Provenance& provenance, ServingConfig& config) {
  if (auto bad = refuse(plans, provenance); !bad) return bad;
  const std::vector<Node> groups = serving.children("replica");
  for (std::size_t g = 0; g < groups.size(); ++g)
    if (auto bad = read_autoscale(groups[g], provenance, config.groups[g]); !bad) return bad;
  const bool scales =
      std::any_of(config.groups.begin(), config.groups.end(),
                  [](const GroupConfig& group) { return group.autoscale.has_value(); });
  if (plans.empty() && !scales && !serving.has("upgrade")) {
    const bool resends = serving.child("router").flag("resend");
    for (const auto& [field, given] : {std::pair{"startup", serving.has("startup")},
                                       std::pair{"warm_spares", serving.flag("warm_spares")},
                                       std::pair{"router.resend", resends}})
      if (given)
        return provenance.error(serving.path(field),
                                "nothing stops a replica; expected it beside "
                                "failures, autoscale or upgrade");
    return Done{};
  }
  UpkeepConfig upkeep{
      .fleet = fleet.fleet,
      .failures = std::move(plans),
      .startup = serving.has("startup") ? from_seconds(serving.in("startup", "s")) : 60_s,
      .warm_spares = serving.flag("warm_spares"),
      .resend = serving.child("router").flag("resend")};
  if (serving.has("upgrade")) {
    const Node node = serving.child("upgrade");
    upkeep.upgrade = Upgrade{.at = from_seconds(node.in("at", "s")),
                             .takes = from_seconds(node.in("takes", "s")),
                             .grace = from_seconds(node.in("grace", "s")),
                             .at_once = static_cast<std::uint32_t>(node.count("at_once"))};
  }
  config.upkeep = std::move(upkeep);
  return Done{};
}

}  // namespace fleetsim
