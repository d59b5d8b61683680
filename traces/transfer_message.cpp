#include "traces/transfer_message.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/printable.h"

namespace fleetsim {
namespace {

using namespace serving;

class Reading {
 public:
  Reading(const Node& service, const NamedFleet& fleet, const Provenance& provenance,
          ServingConfig& config, std::vector<std::string>& warnings)
      : service_(service),
        fleet_(fleet),
        provenance_(provenance),
        config_(config),
        warnings_(warnings) {}

  Status read() {
    const bool reads = some(Role::prefill), decodes = some(Role::decode);
    if (reads != decodes)
      return provenance_.error(
          service_.path("replica"),
          fmt::format("found replicas of role {} and none of role {}; "
                      "expected both, or neither",
                      reads ? "PREFILL" : "DECODE", reads ? "DECODE" : "PREFILL"));
    if (reads) return transfer();
    if (service_.has("transfer"))
      warnings_.push_back(service_.path("transfer") +
                          ": every replica does both, so nothing is transferred");
    return Done{};
  }

 private:
  bool some(Role role) const {
    return std::any_of(config_.groups.begin(), config_.groups.end(),
                       [&](const GroupConfig& group) { return group.scheduler.role == role; });
  }

  Status transfer() {
    const Node node = service_.child("transfer");
    if (node.text("kind") == "FREE") {
      if (node.has("token_bytes"))
        return provenance_.error(node.path("token_bytes"),
                                 "found beside FREE, which takes no time; expected NETWORK");
    } else {
      config_.wires = fleet_.fleet;
    }
    for (GroupConfig& group : config_.groups) {
      if (node.has("token_bytes")) group.key_bytes = node.in("token_bytes", "B");
      if (config_.wires && group.key_bytes == 0)
        return provenance_.error(service_.path("transfer"),
                                 "no model tells how much keys and values of a token take; "
                                 "expected the field \"token_bytes\"");
    }
    return config_.wires ? ways() : Done{};
  }

  Status ways() const {
    for (const GroupConfig& from : config_.groups)
      for (const GroupConfig& to : config_.groups) {
        if (from.scheduler.role != Role::prefill || to.scheduler.role != Role::decode) continue;
        Route route;
        const Fleet& fleet = *fleet_.fleet;
        if (fleet.route(fleet.device(from.cluster, 0, 0), fleet.device(to.cluster, 0, 0), 0, route))
          continue;
        return provenance_.error(
            service_.path("replica"),
            fmt::format("no way leads from {} to {}; expected a link between their regions in "
                        "fleet.link",
                        in_quotes(from.name), in_quotes(to.name)));
      }
    return Done{};
  }

  const Node& service_;
  const NamedFleet& fleet_;
  const Provenance& provenance_;
  ServingConfig& config_;
  std::vector<std::string>& warnings_;
};

}  // namespace

Role role_of(const Node& group) {
  const std::string name = group.text("role");
  if (name == "PREFILL") return Role::prefill;
  return name == "DECODE" ? Role::decode : Role::both;
}

Status roles_of(const Node& service, const NamedFleet& fleet, const Provenance& provenance,
                ServingConfig& config, std::vector<std::string>& warnings) {
  return Reading(service, fleet, provenance, config, warnings).read();
}

}  // namespace fleetsim
