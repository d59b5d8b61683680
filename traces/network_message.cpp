#include "traces/network_message.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "sim/nearest.h"
#include "sim/printable.h"
#include "workloads/network/schedule.h"

namespace fleetsim {
namespace {

using namespace network;

constexpr std::pair<std::string_view, PatternConfig::Kind> patterns[] = {
    {"PERMUTATION", PatternConfig::Kind::permutation},
    {"RANDOM", PatternConfig::Kind::random},
    {"ALL_TO_ALL", PatternConfig::Kind::all_to_all}};
constexpr std::pair<std::string_view, CollectiveKind> kinds[] = {
    {"ALL_REDUCE", CollectiveKind::all_reduce},
    {"ALL_GATHER", CollectiveKind::all_gather},
    {"REDUCE_SCATTER", CollectiveKind::reduce_scatter},
    {"BROADCAST", CollectiveKind::broadcast},
    {"ALL_TO_ALL", CollectiveKind::all_to_all}};
constexpr std::pair<std::string_view, Algorithm> algorithms[] = {
    {"RING", Algorithm::ring},
    {"TREE", Algorithm::tree},
    {"HALVING_DOUBLING", Algorithm::halving_doubling},
    {"HIERARCHICAL", Algorithm::hierarchical},
    {"PAIRWISE", Algorithm::pairwise}};

// The schema knows no other names than these.
template <class T, std::size_t n>
T named(const std::pair<std::string_view, T> (&table)[n], const std::string& name) {
  for (const auto& [known, value] : table)
    if (known == name) return value;
  check(false, "each name of the schema is known");
  return {};
}

class Reading {
 public:
  Reading(const Node& message, const NamedFleet& fleet, const Provenance& provenance)
      : message_(message),
        fleet_(fleet),
        provenance_(provenance) {}

  Result<NetworkConfig> config() {
    config_.fleet = fleet_.fleet;
    config_.shared = message_.text("sharing") == "FLUID";
    for (const Node& node : message_.children("pattern"))
      if (auto bad = pattern(node); !bad) return bad.error();
    for (const Node& node : message_.children("collective"))
      if (auto bad = collective(node); !bad) return bad.error();
    if (config_.patterns.empty() && config_.collectives.empty())
      return provenance_.error(message_.path(), "no traffic; expected a pattern or a collective");
    return std::move(config_);
  }

 private:
  Status fresh_name(const Node& node) {
    if (names_.insert(node.text("name")).second) return Done{};
    return provenance_.error(node.path("name"), "found " + in_quotes(node.text("name")) +
                                                    " twice; expected another name");
  }

  Result<ClusterId> cluster(const std::string& path, const std::string& name) const {
    const auto found = fleet_.clusters.find(name);
    if (found != fleet_.clusters.end()) return found->second;
    std::vector<std::string> names;
    for (const auto& [known, ignored] : fleet_.clusters) names.push_back(known);
    return provenance_.error(path, "found " + in_quotes(name) + "; expected the name of a cluster" +
                                       did_you_mean(name, names));
  }

  static std::int64_t bytes(const Node& node) {
    return static_cast<std::int64_t>(std::llround(std::max(1.0, node.in("size", "B"))));
  }

  Status pattern(const Node& node) {
    if (auto bad = fresh_name(node); !bad) return bad;
    const auto where = cluster(node.path("cluster"), node.text("cluster"));
    if (!where) return where.error();
    config_.patterns.push_back({.name = node.text("name"),
                                .cluster = *where,
                                .kind = named(patterns, node.text("kind")),
                                .fanout = static_cast<std::uint32_t>(node.count("fanout")),
                                .bytes = bytes(node)});
    return Done{};
  }

  Status collective(const Node& node) {
    if (auto bad = fresh_name(node); !bad) return bad;
    CollectiveConfig out{.name = node.text("name"),
                         .clusters = {},
                         .kind = named(kinds, node.text("kind")),
                         .algorithm = named(algorithms, node.text("algorithm")),
                         .bytes = bytes(node),
                         .repeats = static_cast<std::uint32_t>(node.count("repeats")),
                         .start = from_seconds(node.in("start", "s"))};
    const std::vector<std::string> clusters = node.texts("cluster");
    for (std::size_t i = 0; i < clusters.size(); ++i) {
      const auto where = cluster(node.path("cluster", i), clusters[i]);
      if (!where) return where.error();
      out.clusters.push_back(*where);
    }
    if (const auto schedule = schedule_of(out, *config_.fleet); !schedule)
      return provenance_.error(node.path("algorithm"), schedule.error().message);
    config_.collectives.push_back(std::move(out));
    return Done{};
  }

  const Node& message_;
  const NamedFleet& fleet_;
  const Provenance& provenance_;
  std::set<std::string> names_;
  NetworkConfig config_;
};

}  // namespace

Result<NetworkConfig> network_of(const Node& message, const NamedFleet& fleet,
                                 const Provenance& provenance) {
  return Reading(message, fleet, provenance).config();
}

}  // namespace fleetsim
