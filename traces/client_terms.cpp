#include "traces/client_terms.h"

#include "traces/law_message.h"

namespace fleetsim {
namespace {

using namespace serving;

RetryConfig retry_of(const Node& node) {
  RetryConfig out{.attempts = static_cast<std::uint32_t>(node.count("attempts")),
                  .backoff = *Law::constant(node.in("backoff", "s")),
                  .growth = node.number("growth"),
                  .jitter = node.number("jitter")};
  if (node.has("budget")) out.budget = node.number("budget");
  return out;
}

Result<SessionConfig> sessions_of(const Node& node, const Provenance& provenance,
                                  const ClientConfig& client) {
  SessionConfig out{.think = *Law::constant(0), .growth = node.flag("growth")};
  if (std::holds_alternative<Replay>(client.arrivals))
    return provenance.error(node.path(),
                            "found beside a trace, which has its own; expected only one");
  if (node.has("think")) {
    const auto think = law_of(node.child("think"), "s", provenance);
    if (!think) return think.error();
    out.think = *think;
  }
  if (node.has("turns")) {
    const auto turns = law_of(node.child("turns"), "1", provenance);
    if (!turns) return turns.error();
    out.turns = *turns;
  } else if (out.growth || !std::holds_alternative<Users>(client.arrivals)) {
    return provenance.error(node.path("turns"),
                            "not given; expected how many requests a conversation has");
  }
  return out;
}

}  // namespace

Status terms_of(const Node& client, const Provenance& provenance, ClientConfig& out) {
  if (client.has("retry")) out.retry = retry_of(client.child("retry"));
  if (client.has("sessions")) {
    const auto sessions = sessions_of(client.child("sessions"), provenance, out);
    if (!sessions) return sessions.error();
    out.sessions = *sessions;
  }
  out.tenant = client.has("tenant") ? client.text("tenant") : out.name;
  out.weight = client.number("weight");
  if (client.has("rate_limit")) {
    const Node limit = client.child("rate_limit");
    out.rate_limit = RateLimitConfig{.rate = limit.in("rate", "1/s"),
                                     .burst = static_cast<std::uint32_t>(limit.count("burst"))};
  }
  return Done{};
}

}  // namespace fleetsim
