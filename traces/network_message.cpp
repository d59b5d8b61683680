#include "traces/network_message.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "sim/printable.h"
#include "sim/unit_text.h"
#include "traces/law_message.h"
#include "workloads/network/pings.h"
#include "workloads/network/schedule.h"

namespace fleetsim {
namespace {

using namespace network;

constexpr std::pair<std::string_view, Spread::Kind> spreads[] = {
    {"PERMUTATION", Spread::Kind::permutation},
    {"RANDOM", Spread::Kind::random},
    {"ALL_TO_ALL", Spread::Kind::all_to_all}};
constexpr std::pair<std::string_view, CollectiveKind> kinds[] = {
    {"ALL_REDUCE", CollectiveKind::all_reduce},
    {"ALL_GATHER", CollectiveKind::all_gather},
    {"REDUCE_SCATTER", CollectiveKind::reduce_scatter},
    {"BROADCAST", CollectiveKind::broadcast},
    {"ALL_TO_ALL", CollectiveKind::all_to_all},
    {"POINT_TO_POINT", CollectiveKind::point_to_point}};

// All pairs of more devices than this are not counted but drawn.
constexpr std::uint64_t most_counted = 20'000;

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

  Result<ReadNetwork> read() {
    config_.fleet = fleet_.fleet;
    config_.shared = message_.text("sharing") == "FLUID";
    config_.pings = static_cast<std::uint32_t>(message_.count("pings"));
    for (const Node& node : message_.children("pattern"))
      if (auto bad = pattern(node); !bad) return bad.error();
    if (message_.has("load"))
      if (auto bad = load(message_.child("load")); !bad) return bad.error();
    for (const Node& node : message_.children("collective"))
      if (auto bad = collective(node); !bad) return bad.error();
    for (const Node& node : message_.children("outer_steps"))
      if (auto bad = outer_steps(node); !bad) return bad.error();
    for (const Node& node : message_.children("fault"))
      if (auto bad = fault(node); !bad) return bad.error();
    const bool pinged = config_.pings > 0 && !region_pairs(*config_.fleet).empty();
    if (config_.patterns.empty() && config_.collectives.empty() && config_.outer_steps.empty() &&
        !config_.load && !pinged)
      return provenance_.error(message_.path(),
                               "no traffic; expected a pattern, load, collective or outer_steps");
    return ReadNetwork{std::move(config_), std::move(warnings_)};
  }

 private:
  Status fresh_name(const Node& node) {
    if (names_.insert(node.text("name")).second) return Done{};
    return provenance_.error(node.path("name"), "found " + in_quotes(node.text("name")) +
                                                    " twice; expected another name");
  }

  Result<ClusterId> cluster(const std::string& path, const std::string& name) const {
    return cluster_named(name, path, fleet_, provenance_);
  }

  static std::int64_t bytes(const Node& node) {
    return static_cast<std::int64_t>(std::llround(std::max(1.0, node.in("size", "B"))));
  }

  Result<Spread> spread(const Node& node) {
    const auto where = cluster(node.path("cluster"), node.text("cluster"));
    if (!where) return where.error();
    if (node.departs("fanout") && node.text("kind") != "RANDOM")
      warnings_.push_back(node.path("fanout") + " has no use with " + node.text("kind") +
                          "; it is for RANDOM");
    return Spread{.cluster = *where,
                  .kind = named(spreads, node.text("kind")),
                  .fanout = static_cast<std::uint32_t>(node.count("fanout"))};
  }

  Status pattern(const Node& node) {
    if (auto bad = fresh_name(node); !bad) return bad;
    const auto who = spread(node);
    if (!who) return who.error();
    config_.patterns.push_back({.name = node.text("name"), .spread = *who, .bytes = bytes(node)});
    return Done{};
  }

  Status load(const Node& node) {
    const auto who = spread(node);
    if (!who) return who.error();
    const ClusterPlan& cluster = config_.fleet->plan().clusters[who->cluster.index];
    const std::uint64_t devices = std::uint64_t{cluster.nodes} * cluster.devices;
    if (who->kind == Spread::Kind::all_to_all && devices > most_counted)
      return provenance_.error(
          node.path("kind"), "found ALL_TO_ALL among " + std::to_string(devices) +
                                 " accelerators; expected at most " + std::to_string(most_counted) +
                                 ", or RANDOM with a fanout");
    if (config_.fleet->fabric(who->cluster).parts().trunk_cables == 0)
      return provenance_.error(node.path("cluster"),
                               "its fabric has no cables inside; expected one of several switches");
    config_.load = LoadConfig{.spread = *who, .rate = node.in("rate", "B/s")};
    return Done{};
  }

  Result<std::vector<ClusterId>> clusters(const Node& node) const {
    std::vector<ClusterId> out;
    const std::vector<std::string> names = node.texts("cluster");
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto where = cluster(node.path("cluster", i), names[i]);
      if (!where) return where.error();
      Route route;
      if (!out.empty() && !config_.fleet->route_striped(out[0], *where, route))
        return provenance_.error(node.path("cluster", i), "no way leads to " + in_quotes(names[i]) +
                                                              " from " + in_quotes(names[0]) +
                                                              "; expected a link between regions");
      if (std::find(out.begin(), out.end(), *where) != out.end())
        return provenance_.error(node.path("cluster", i),
                                 "found " + in_quotes(names[i]) + " twice");
      out.push_back(*where);
    }
    return out;
  }

  Status collective(const Node& node) {
    if (auto bad = fresh_name(node); !bad) return bad;
    const auto where = clusters(node);
    if (!where) return where.error();
    CollectiveConfig out{.name = node.text("name"),
                         .clusters = *where,
                         .kind = named(kinds, node.text("kind")),
                         .algorithm = named(algorithm_names, node.text("algorithm")),
                         .bytes = bytes(node),
                         .repeats = static_cast<std::uint32_t>(node.count("repeats")),
                         .start = from_seconds(node.in("start", "s"))};
    if (out.kind == CollectiveKind::point_to_point) {
      if (out.algorithm != Algorithm::automatic)
        return provenance_.error(node.path("algorithm"),
                                 "POINT_TO_POINT is one flow; expected no algorithm");
      out.algorithm = Algorithm::ring;
    }
    if (out.algorithm == Algorithm::automatic) {
      const auto fastest = fastest_algorithm(out, *config_.fleet);
      if (!fastest) return provenance_.error(node.path("algorithm"), fastest.error().message);
      out.algorithm = *fastest;
      out.chosen = true;
    }
    if (const auto schedule = schedule_of(out, *config_.fleet); !schedule)
      return provenance_.error(node.path("algorithm"), schedule.error().message);
    config_.collectives.push_back(std::move(out));
    return Done{};
  }

  Status outer_steps(const Node& node) {
    if (auto bad = fresh_name(node); !bad) return bad;
    const auto where = clusters(node);
    if (!where) return where.error();
    if (where->size() < 2)
      return provenance_.error(node.path("cluster"), "found one cluster; expected at least two");
    const auto step = law_of(node.child("step"), "s", provenance_);
    if (!step) return step.error();
    if (!(step->mean() > 0))
      return provenance_.error(node.path("step"), "a step takes no time; expected above 0 s");
    const bool overlap = node.flag("overlap");
    const auto rounds = static_cast<std::uint32_t>(node.count("rounds"));
    if (overlap && rounds < 2)
      return provenance_.error(node.path("rounds"),
                               "found 1; expected at least 2, for the first has no exchange behind "
                               "it with overlap");
    config_.outer_steps.push_back(
        {.name = node.text("name"),
         .clusters = *where,
         .step = *step,
         .inner_steps = static_cast<std::uint32_t>(node.count("inner_steps")),
         .bytes = bytes(node),
         .overlap = overlap,
         .rounds = rounds});
    return Done{};
  }

  Status fault(const Node& node) {
    if (!config_.shared)
      return provenance_.error(node.path(),
                               "links fail only where flows share them; expected "
                               "sharing: FLUID");
    FaultConfig out{.groups = {},
                    .left = node.number("left"),
                    .added = from_seconds(node.in("added_latency", "s"))};
    if (auto bad = groups(node, out); !bad) return bad;
    const bool given = node.has("at") && node.has("for");
    const bool chance = node.has("time_to_failure") && node.has("time_to_repair");
    const bool any_given = node.has("at") || node.has("for");
    const bool any_chance = node.has("time_to_failure") || node.has("time_to_repair");
    if (given == chance || (given && any_chance) || (chance && any_given))
      return provenance_.error(node.path(),
                               "expected at and for, or time_to_failure and time_to_repair");
    if (given) {
      for (const std::string& at : node.texts("at"))
        out.at.push_back(from_seconds(*parse_in(at, "s")));
      out.lasting = from_seconds(node.in("for", "s"));
      for (std::size_t i = 1; i < out.at.size(); ++i)
        if (out.at[i] < out.at[i - 1] + out.lasting)
          return provenance_.error(node.path("at", i), "begins before the one before has ended");
    } else {
      for (const auto& [field, law] : {std::pair{"time_to_failure", &out.time_to_failure},
                                       {"time_to_repair", &out.time_to_repair}}) {
        const auto found = law_of(node.child(field), "s", provenance_);
        if (!found) return found.error();
        if (!(found->mean() > 0))
          return provenance_.error(node.path(field), "takes no time; expected above 0 s");
        *law = *found;
      }
    }
    config_.faults.push_back(std::move(out));
    return Done{};
  }

  Status groups(const Node& node, FaultConfig& out) const {
    const std::string of = node.text("of");
    if ((of == "NAMED") != node.has("what"))
      return provenance_.error(node.path("what"), of == "NAMED"
                                                      ? "nothing is named; expected what fails"
                                                      : "expected no names beside of: " + of);
    const std::vector<std::string> names = node.texts("what");
    for (std::size_t i = 0; i < names.size(); ++i) {
      auto links = find_links(*config_.fleet, names[i]);
      if (!links) return provenance_.error(node.path("what", i), links.error().message);
      out.groups.push_back(*std::move(links));
    }
    if (of == "TRUNKS") out.groups = trunk_cables(*config_.fleet);
    if (of == "SWITCHES") out.groups = switches(*config_.fleet);
    if (of == "WIDE_LINKS") out.groups = wide_cables(*config_.fleet);
    if (out.groups.empty())
      return provenance_.error(node.path("of"), "found " + of + "; the fleet has none");
    return Done{};
  }

  const Node& message_;
  const NamedFleet& fleet_;
  const Provenance& provenance_;
  std::set<std::string> names_;
  NetworkConfig config_;
  std::vector<std::string> warnings_;
};

}  // namespace

Result<ReadNetwork> network_of(const Node& message, const NamedFleet& fleet,
                               const Provenance& provenance) {
  return Reading(message, fleet, provenance).read();
}

}  // namespace fleetsim
