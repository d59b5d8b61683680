#include "traces/replica_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/printable.h"

namespace fleetsim {
namespace {

using namespace serving;

Speculation speculation_of(const Node& node) {
  Speculation out{.draft = static_cast<std::uint32_t>(node.count("draft")),
                  .acceptance = node.number("acceptance"),
                  .draft_time = node.number("draft_time"),
                  .draft_flops = node.number("draft_flops")};
  if (node.has("concentration")) out.concentration = node.number("concentration");
  return out;
}

Adapters adapters_of(const Node& node) {
  auto law = zipf(static_cast<std::uint32_t>(node.count("count")), node.number("zipf"));
  check(bool(law), "there is one adapter at least");
  return {.popularity = *std::move(law),
          .slots = static_cast<std::uint32_t>(node.count("slots")),
          .load = node.in("size", "B") / node.in("bandwidth", "B/s")};
}

Status tiers_of(const Node& serving, const Provenance& provenance, SchedulerConfig& out) {
  const Node scheduler = serving.child("scheduler");
  out.swap = scheduler.text("preemption") == "SWAP";
  std::set<std::string> names;
  for (const Node& node : scheduler.children("tier")) {
    KeyTier tier{.name = node.text("name"),
                 .capacity = node.in("capacity", "B"),
                 .bandwidth = node.in("bandwidth", "B/s"),
                 .latency = node.in("latency", "s")};
    if (!names.insert(tier.name).second)
      return provenance.error(node.path("name"),
                              "found " + in_quotes(tier.name) + " twice; expected another name");
    out.tiers.push_back(std::move(tier));
  }
  if (out.tiers.size() > most_tiers)
    return provenance.error(
        scheduler.path("tier"),
        fmt::format("found {} of them; expected at most {}", out.tiers.size(), most_tiers));
  if (out.swap && out.tiers.empty())
    return provenance.error(scheduler.path("preemption"),
                            "found SWAP and nowhere to swap to; expected the field \"tier\"");
  if (!out.tiers.empty() && !out.swap && !out.prefix_cache)
    return provenance.error(scheduler.path("tier"),
                            "nothing goes there; expected preemption: SWAP or prefix_cache: true");
  if (!out.tiers.empty() && !serving.has("model"))
    return provenance.error(scheduler.path("tier"),
                            "no model tells how many bytes a token's keys and values have; "
                            "expected the field \"model\"");
  return Done{};
}

// The first row that `bad` is true of, and how many are.
template <class Bad>
void warn(const std::string& path, const RequestTrace& trace, Bad bad, const std::string& why,
          std::vector<std::string>& warnings) {
  std::size_t first = 0, count = 0;
  for (std::size_t i = 0; i < trace.size(); ++i)
    if (bad({.prompt = trace.prompt[i], .output = trace.output[i], .hashes = trace.hashes_of(i)}) &&
        count++ == 0)
      first = i;
  if (count > 0)
    warnings.push_back(fmt::format(
        "{}: {} of {} requests {}; they will be refused (the first: number {}, {} + {} tokens)",
        path, count, trace.size(), why, first + 1, trace.prompt[first], trace.output[first]));
}

}  // namespace

Status replica_features(const Node& serving, const Provenance& provenance, SchedulerConfig& out) {
  const Node speculative = serving.child("speculative");
  if (serving.has("speculative") && speculative.count("draft") > 0)
    out.speculation = speculation_of(speculative);
  if (serving.has("adapters")) out.adapters = adapters_of(serving.child("adapters"));
  return tiers_of(serving, provenance, out);
}

void warn_of_too_long(const Node& serving, const ServingConfig& config,
                      std::vector<std::string>& warnings) {
  const auto too_long = [&](const Request& request) { return config.too_long(request); };
  const auto too_big = [&](const Request& request) {
    return !config.too_long(request) &&
           std::none_of(config.groups.begin(), config.groups.end(), [&](const GroupConfig& group) {
             return can_hold(group.scheduler, request);
           });
  };
  const std::vector<Node> nodes = serving.children("clients");
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto* replay = std::get_if<Replay>(&config.clients[i].arrivals);
    if (replay == nullptr) continue;
    const std::string path = nodes[i].path(nodes[i].has("trace") ? "trace" : "stand_in");
    if (config.window)
      warn(path, *replay->trace, too_long,
           fmt::format("are longer than the window of {} tokens", *config.window), warnings);
    warn(path, *replay->trace, too_big, "have more tokens than any replica has room for", warnings);
  }
}

}  // namespace fleetsim
