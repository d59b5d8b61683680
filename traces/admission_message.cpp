#include "traces/admission_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sim/nearest.h"
#include "sim/printable.h"

namespace fleetsim {

ModelNames::ModelNames(const Node& serving) {
  const auto add = [&](const std::string& name) {
    if (std::find(names_.begin(), names_.end(), name) == names_.end()) names_.push_back(name);
  };
  for (const Node& group : serving.children("replica"))
    if (group.has("model"))
      add(group.text("model"));
    else if (serving.has("model"))
      add(serving.text("model"));
}

std::uint32_t ModelNames::number(const std::string& name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  check(found != names_.end(), "a model that a group has is one of them");
  return static_cast<std::uint32_t>(found - names_.begin());
}

Result<std::uint32_t> ModelNames::asked_by(const Node& client, const Provenance& provenance) const {
  if (!client.has("model")) {
    if (names_.size() <= 1) return 0u;
    return provenance.error(client.path("model"),
                            fmt::format("not given where replicas have {} models; expected one of "
                                        "{}",
                                        names_.size(), fmt::join(names_, ", ")));
  }
  const std::string name = client.text("model");
  if (std::find(names_.begin(), names_.end(), name) != names_.end()) return number(name);
  return provenance.error(client.path("model"), "found " + in_quotes(name) +
                                                    "; expected a model that replicas have" +
                                                    did_you_mean(name, names_));
}

Status admission_of(const Node& serving, const Provenance& provenance,
                    serving::ServingConfig& out) {
  const Node router = serving.child("router");
  for (const auto& [field, limit] : {std::pair{"queue_limit", &out.queue_limit},
                                     std::pair{"in_flight_limit", &out.in_flight_limit},
                                     std::pair{"gateway_limit", &out.gateway_limit}})
    if (router.has(field)) *limit = static_cast<std::uint32_t>(router.count(field));
  out.fair = router.flag("fair");
  std::map<std::string, double> weights;
  for (std::size_t i = 0; i < out.clients.size(); ++i) {
    const serving::ClientConfig& client = out.clients[i];
    const auto [known, fresh] = weights.emplace(client.tenant, client.weight);
    if (known->second != client.weight)
      return provenance.error(serving.children("clients")[i].path("weight"),
                              fmt::format("found {}; expected {}, as other clients of tenant {}",
                                          client.weight, known->second, in_quotes(client.tenant)));
  }
  return Done{};
}

Status look_for_line(const Node& serving, const Provenance& provenance,
                     const serving::ServingConfig& config) {
  const bool line = config.routing == serving::Routing::central || config.in_flight_limit ||
                    config.upkeep;  // while no replica is on
  if (line || (!config.fair && !config.gateway_limit)) return Done{};
  return provenance.error(serving.child("router").path(config.fair ? "fair" : "gateway_limit"),
                          "nobody waits at the gateway; expected policy CENTRAL, an "
                          "in_flight_limit, or replicas that stop");
}

}  // namespace fleetsim
