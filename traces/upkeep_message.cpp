#include "traces/upkeep_message.h"

#include <fmt/format.h>

#include <set>

#include "sim/printable.h"
#include "traces/law_message.h"

namespace fleetsim {
namespace {

class Reading {
 public:
  Reading(const Node& message, const NamedFleet& fleet, const Provenance& provenance,
          std::vector<FailurePlan>& plans)
      : message_(message),
        fleet_(fleet),
        provenance_(provenance),
        plans_(plans) {}

  Status read() {
    if (auto bad = needs("stock", "repair"); !bad) return bad;
    if (auto bad = needs("stock", "lead_time"); !bad) return bad;
    if (auto bad = needs("lead_time", "stock"); !bad) return bad;
    if (message_.in("burn_in", "s") > 0)
      if (auto bad = needs("burn_in", "repair"); !bad) return bad;
    for (FailurePlan& plan : plans_) plan.burn_in = from_seconds(message_.in("burn_in", "s"));
    if (message_.has("stock")) {
      const auto lead = law_of(message_.child("lead_time"), "s", provenance_);
      if (!lead) return lead.error();
      for (FailurePlan& plan : plans_) {
        plan.stock = static_cast<std::uint32_t>(message_.count("stock"));
        plan.lead_time = *lead;
      }
    }
    for (const Node& node : message_.children("maintenance"))
      if (auto bad = maintenance(node); !bad) return bad;
    return Done{};
  }

 private:
  Status needs(const char* field, const char* other) const {
    if (!message_.has(field) || message_.has(other)) return Done{};
    return provenance_.error(message_.path(field),
                             fmt::format("found without {0}; expected the field \"{0}\"", other));
  }

  Status maintenance(const Node& node) {
    if (!names_.insert(node.text("name")).second)
      return provenance_.error(node.path("name"), "found " + in_quotes(node.text("name")) +
                                                      " twice; expected another name");
    const double every = node.in("every", "s"), takes = node.in("takes", "s");
    if (takes >= every)
      return provenance_.error(node.path("takes"),
                               fmt::format("found {} where the next begins after {}; expected less",
                                           node.text("takes"), node.text("every")));
    const Maintenance plan{.name = node.text("name"),
                           .first = from_seconds(node.has("first") ? node.in("first", "s") : every),
                           .every = from_seconds(every),
                           .takes = from_seconds(takes),
                           .announced = node.flag("announced")};
    if (!node.has("cluster")) {
      for (FailurePlan& each : plans_) each.maintenance.push_back(plan);
      return Done{};
    }
    const auto found =
        cluster_named(node.text("cluster"), node.path("cluster"), fleet_, provenance_);
    if (!found) return found.error();
    plans_[found->index].maintenance.push_back(plan);
    return Done{};
  }

  const Node& message_;
  const NamedFleet& fleet_;
  const Provenance& provenance_;
  std::vector<FailurePlan>& plans_;
  std::set<std::string> names_;
};

}  // namespace

Status add_upkeep(const Node& failures, const NamedFleet& fleet, const Provenance& provenance,
                  std::vector<FailurePlan>& plans) {
  return Reading(failures, fleet, provenance, plans).read();
}

Result<std::optional<Slowness>> slowness_of(const Node& component, const Node& failures,
                                            const Provenance& provenance) {
  if (component.text("effect") != "SLOW") {
    const char* useless = component.has("found_after")     ? "found_after"
                          : component.departs("slow_down") ? "slow_down"
                                                           : nullptr;
    if (useless == nullptr) return std::optional<Slowness>{};
    return provenance.error(
        component.path(useless),
        fmt::format("found beside the effect {}; expected effect: SLOW", component.text("effect")));
  }
  if (failures.number("spare_wear") > 0)
    return provenance.error(component.path("effect"),
                            "found SLOW beside spares that wear; expected spare_wear: 0");
  Slowness out{.factor = component.number("slow_down")};
  if (component.has("found_after")) {
    const auto law = law_of(component.child("found_after"), "s", provenance);
    if (!law) return law.error();
    out.found_after = *law;
  }
  return std::optional<Slowness>{out};
}

}  // namespace fleetsim
