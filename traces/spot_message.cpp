#include "traces/spot_message.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/unit_text.h"
#include "traces/law_message.h"

namespace fleetsim {
namespace {

constexpr double least_stay = 1;  // s on average, for a run to come to its end

std::vector<Node> clusters_of(const Node& fleet) {
  std::vector<Node> out;
  for (const Node& region : fleet.children("region"))
    for (const Node& cluster : region.children("cluster")) out.push_back(cluster);
  return out;
}

Status stays(const Node& node, const Provenance& provenance, Spot& out) {
  for (const auto& [one, other] :
       {std::pair{"interruption", "absence"}, std::pair{"absence", "interruption"}})
    if (node.has(one) && !node.has(other))
      return provenance.error(node.path(one),
                              fmt::format("found without {0}; expected the field \"{0}\"", other));
  if (!node.has("interruption")) return Done{};
  const auto stay = law_of(node.child("interruption"), "s", provenance);
  if (!stay) return stay.error();
  const auto absence = law_of(node.child("absence"), "s", provenance);
  if (!absence) return absence.error();
  if (stay->mean() < least_stay)
    return provenance.error(node.path("interruption"),
                            fmt::format("found {} on average; expected 1 s at least",
                                        format_measure(stay->mean(), "s")));
  out.stay = *stay;
  out.absence = *absence;
  return Done{};
}

Result<Spot> spot_of(const Node& cluster, const FailurePlan& plan, const Provenance& provenance) {
  const Node node = cluster.child("spot");
  if (cluster.has("price"))
    return provenance.error(cluster.path("price"),
                            "found beside spot, whose nodes are rented and not owned; expected one "
                            "of the two");
  Spot out{.price = node.in("price", "$/s"), .notice = from_seconds(node.in("notice", "s"))};
  if (auto bad = stays(node, provenance, out); !bad) return bad.error();
  const bool corrupts = std::any_of(plan.components.begin(), plan.components.end(),
                                    [](const ComponentPlan& c) { return c.corrupts; });
  if (out.stay && (slows(plan) || corrupts))
    return provenance.error(node.path(),
                            fmt::format("found beside parts that are {}; expected parts that break",
                                        corrupts ? "CORRUPT" : "SLOW"));
  return out;
}

}  // namespace

Status add_spot(const Node& scenario, const Provenance& provenance,
                std::vector<FailurePlan>& plans) {
  const std::vector<Node> clusters = clusters_of(scenario.child("fleet"));
  for (std::size_t c = 0; c < clusters.size(); ++c) {
    if (!clusters[c].has("spot")) continue;
    auto spot = spot_of(clusters[c], plans[c], provenance);
    if (!spot) return spot.error();
    plans[c].spot = *std::move(spot);
  }
  return Done{};
}

Status refuse_spot(const Node& fleet, const std::string& user, const Provenance& provenance) {
  for (const Node& cluster : clusters_of(fleet))
    if (cluster.has("spot"))
      return provenance.error(
          cluster.path("spot"),
          fmt::format("found in a scenario with the workload \"{}\"; expected spot capacity where "
                      "jobs train (the field \"training\")",
                      user));
  return Done{};
}

Status fits_spot(const Node& training, const training::JobConfig& job,
                 const std::vector<FailurePlan>& plans, const Provenance& provenance) {
  bool goes = false;
  for (const ClusterId where : job.clusters()) {
    const std::optional<Spot>& spot = plans[where.index].spot;
    goes = goes || (spot && spot->stay);
  }
  if (!goes) return Done{};
  const Node checkpoint = training.child("checkpoint");
  const std::string strategy = checkpoint.text("strategy");
  if (strategy != "SYNC")
    return provenance.error(
        checkpoint.path("strategy"),
        fmt::format("found {} on spot capacity; expected SYNC, for all nodes go "
                    "back at once, and what is on them with them",
                    strategy));
  if (job.redundancy > 1)
    return provenance.error(training.path("redundancy"),
                            "found 2 on spot capacity, of which both of a pair go back at once; "
                            "expected 1");
  return Done{};
}

}  // namespace fleetsim
