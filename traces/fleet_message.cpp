#include "traces/fleet_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "analytic/exact/distance.h"
#include "sim/nearest.h"
#include "sim/printable.h"
#include "topology/wide_area.h"
#include "traces/graph_file.h"
#include "traces/law_message.h"
#include "traces/rtt_file.h"

namespace fleetsim {
namespace {

// What a data sheet says in place of the catalogue's figures.
void replace_figures(const Node& given, analytic::Device& device) {
  if (given.has("peak")) {
    device.peak_flops = given.in("peak", "FLOP/s");
    device.precision_flops = {};
  }
  if (given.has("memory")) device.memory_capacity = given.in("memory", "B");
  if (given.has("bandwidth")) device.memory_bandwidth = given.in("bandwidth", "B/s");
}

constexpr std::pair<std::string_view, RoutingPolicy> policies[] = {
    {"ECMP", RoutingPolicy::ecmp},
    {"DIMENSION_ORDER", RoutingPolicy::dimension_order},
    {"SHORTEST", RoutingPolicy::shortest},
    {"ADAPTIVE", RoutingPolicy::adaptive}};

class Reading {
 public:
  Reading(const Node& message, const Zoo& zoo, const Provenance& provenance)
      : message_(message),
        zoo_(zoo),
        provenance_(provenance) {}

  Result<NamedFleet> fleet() {
    if (message_.has("rtt")) {
      // A row may name a location as the catalogue does in any of its ways.
      const auto id_of = [&](const std::string& name) {
        const auto known = zoo_.place(analytic::Value(name));
        return known ? known->id : name;
      };
      Result<RoundTrips> read = read_round_trips(provenance_.beside(message_.text("rtt")), id_of);
      if (!read) {
        Error bad = error(message_.path("rtt"), read.error().message);
        bad.kind = read.error().kind;
        return bad;
      }
      rtt_ = *std::move(read);
    }
    for (const Node& node : message_.children("region"))
      if (auto bad = region(node); !bad) return bad.error();
    for (const Node& node : message_.children("link"))
      if (auto bad = wide_link(node); !bad) return bad.error();
    Result<Fleet> made = Fleet::make(std::move(plan_));
    if (!made) return error(message_.path("fabric"), made.error().message);
    named_.fleet = std::make_shared<const Fleet>(*std::move(made));
    return std::move(named_);
  }

 private:
  struct Site {
    std::string location{};
    std::optional<analytic::Place> place{};
  };

  Error error(const std::string& path, const std::string& what) const {
    return provenance_.error(path, what);
  }

  Status region(const Node& node) {
    const std::string name = node.text("name");
    const RegionId id{static_cast<std::uint32_t>(plan_.regions.size())};
    if (!regions_.emplace(name, id).second)
      return error(node.path("name"), "found " + in_quotes(name) + " twice; expected another name");
    plan_.regions.push_back(name);
    Site site;
    if (node.has("latitude") != node.has("longitude"))
      return error(node.path(), "latitude and longitude come together");
    if (node.has("latitude") && node.has("location"))
      return error(node.path("location"), "expected a location or coordinates, not both");
    if (node.has("latitude"))
      site.place = analytic::Place{node.number("latitude"), node.number("longitude")};
    if (node.has("location")) {
      const auto found = zoo_.place(analytic::Value(node.text("location")));
      if (!found) return error(node.path("location"), found.error().message);
      site.place = found->at;
      site.location = found->id;
    }
    if (node.has("grid"))
      if (const auto grid = zoo_.grid(analytic::Value(node.text("grid"))); !grid)
        return error(node.path("grid"), grid.error().message);
    sites_.push_back(site);
    for (const Node& child : node.children("cluster"))
      if (auto bad = cluster(child, id); !bad) return bad;
    return Done{};
  }

  Status cluster(const Node& node, RegionId region) {
    const std::string name = node.text("name");
    const ClusterId id{static_cast<std::uint32_t>(plan_.clusters.size())};
    if (!named_.clusters.emplace(name, id).second)
      return error(node.path("name"), "found " + in_quotes(name) + " twice; expected another name");
    const auto hardware = zoo_.node(analytic::Value(node.text("node")));
    if (!hardware) return error(node.path("node"), hardware.error().message);
    ClusterPlan plan{.name = name, .region = region, .shape = {}};
    plan.nodes = whole(node, "count");
    plan.spares = whole(node, "spares");
    plan.devices = node.has("accelerators") ? whole(node, "accelerators")
                                            : static_cast<std::uint32_t>(hardware->accelerators);
    plan.ports =
        node.has("nics") ? whole(node, "nics") : static_cast<std::uint32_t>(hardware->nics);
    plan.device_rate = node.has("node_bandwidth") ? node.in("node_bandwidth", "B/s")
                                                  : hardware->intra_node_bandwidth;
    plan.node_latency = from_seconds(node.in("node_latency", "s"));
    if (const Status read = fabric(fabric_of(node), plan); !read) return read;
    plan.border_rate = node.has("border_bandwidth") ? node.in("border_bandwidth", "B/s")
                                                    : plan.port_rate * plan.ports * plan.nodes;
    plan_.clusters.push_back(std::move(plan));
    named_.hardware.push_back(*hardware);
    replace_figures(node.child("accelerator"), named_.hardware.back().accelerator);
    return Done{};
  }

  Node fabric_of(const Node& cluster) const {
    return cluster.has("fabric") ? cluster.child("fabric") : message_.child("fabric");
  }

  // What only some fabrics have a use for: said where it is given to another, for a topology may be
  // tried out without taking the rest of its message apart.
  void look_for_useless(const Node& node, const FabricShape& shape) {
    const auto say = [&](const char* field, std::string_view with, const char* by) {
      const std::string said =
          fmt::format("{} has no use with {}; it is for {}", node.path(field), with, by);
      std::vector<std::string>& all = named_.warnings;  // clusters may share a fabric
      if (std::find(all.begin(), all.end(), said) == all.end()) all.push_back(said);
    };
    const std::tuple<const char*, bool, const char*> uses[] = {
        {"side", torus_dimensions(shape.topology) > 1, "tori"},
        {"tiers", shape.topology == Topology::fat_tree, "FAT_TREE"},
        {"graph", shape.topology == Topology::graph, "GRAPH"}};
    for (const auto& [field, used, by] : uses)
      if (node.has(field) && !used) say(field, node.text("topology"), by);
    const RoutingPolicy routing = routing_of(shape);
    if (node.departs("adaptive_choices") && routing != RoutingPolicy::adaptive)
      for (const auto& [name, policy] : policies)
        if (policy == routing) say("adaptive_choices", name, "ADAPTIVE");
  }

  Status fabric(const Node& node, ClusterPlan& plan) {
    const auto kind = zoo_.fabric(analytic::Value(node.text("kind")));
    if (!kind) return error(node.path("kind"), kind.error().message);
    plan.trunk_rate = node.has("bandwidth") ? node.in("bandwidth", "B/s") : kind->bandwidth;
    plan.port_rate =
        node.has("port_bandwidth") ? node.in("port_bandwidth", "B/s") : plan.trunk_rate;
    plan.fabric_latency =
        from_seconds(node.has("latency") ? node.in("latency", "s") : kind->latency.value_or(0));
    plan.hop_latency = from_seconds(node.in("hop_latency", "s"));
    const std::optional<Topology> topology = topology_of(node.text("topology"));
    check(topology.has_value(), "each topology of the schema is known");
    plan.shape.topology = *topology;
    plan.shape.radix = whole(node, "radix");
    plan.shape.tiers = node.has("tiers") ? whole(node, "tiers") : 0;
    plan.shape.oversubscription = node.number("oversubscription");
    plan.shape.sides = node.counts("side");
    for (const auto& [name, policy] : policies)
      if (node.has("routing") && name == node.text("routing")) plan.shape.routing = policy;
    plan.shape.adaptive_choices = whole(node, "adaptive_choices");
    look_for_useless(node, plan.shape);
    plan.figures = figures(node, *kind, plan.shape.radix);
    return plan.shape.topology == Topology::graph ? graph(node, plan.shape) : Done{};
  }

  Status graph(const Node& node, FabricShape& shape) const {
    if (!node.has("graph"))
      return error(node.path("graph"), "a GRAPH without cables; expected the name of a CSV file");
    Result<GraphPlan> read = read_graph(provenance_.beside(node.text("graph")));
    if (!read) {
      Error bad = error(node.path("graph"), read.error().message);
      bad.kind = read.error().kind;
      return bad;
    }
    shape.graph = std::make_shared<const GraphPlan>(*std::move(read));
    return Done{};
  }

  // The catalogue knows switches of one size.
  static PartFigures figures(const Node& node, const analytic::Fabric& kind, std::uint32_t radix) {
    const auto given = [&](const char* field, const char* unit, std::optional<double> known) {
      return node.has(field) ? std::optional(node.in(field, unit)) : known;
    };
    const bool same_switch = kind.switch_ports == radix;
    const auto of_switch = [&](std::optional<double> figure) {
      return same_switch ? figure : std::nullopt;
    };
    return {.switch_price = given("switch_price", "$", of_switch(kind.switch_price)),
            .cable_price = given("cable_price", "$", kind.cable_price),
            .switch_power = given("switch_power", "W", of_switch(kind.switch_power)),
            .cable_power = given("cable_power", "W", kind.cable_power)};
  }

  Result<RegionId> known_region(const Node& node, const char* field) const {
    const auto found = regions_.find(node.text(field));
    if (found != regions_.end()) return found->second;
    return error(node.path(field), "found " + in_quotes(node.text(field)) +
                                       "; expected the name of a region" +
                                       did_you_mean(node.text(field), plan_.regions));
  }

  Status wide_link(const Node& node) {
    const auto a = known_region(node, "between"), b = known_region(node, "and");
    if (!a) return a.error();
    if (!b) return b.error();
    if (*a == *b) return error(node.path("and"), "a link leads from a region to itself");
    const Result<double> latency = one_way(node, *a, *b);
    if (!latency) return latency.error();
    WideLinkPlan plan{
        .a = *a, .b = *b, .rate = node.in("bandwidth", "B/s"), .latency = from_seconds(*latency)};
    if (node.has("price")) plan.price = node.in("price", "USD/B");
    if (node.has("jitter")) {
      const auto law = law_of(node.child("jitter"), "s", provenance_);
      if (!law) return law.error();
      plan.jitter = *law;
    }
    plan_.wide_links.push_back(std::move(plan));
    return Done{};
  }

  // Half of the shortest round trip of light over the cable, unless it is given.
  Result<double> one_way(const Node& node, RegionId a, RegionId b) const {
    if (node.has("latency")) return node.in("latency", "s");
    if (rtt_ && !node.has("stretch")) {
      const auto measured = rtt_->between(sites_[a.index].location, sites_[b.index].location);
      if (measured) return *measured / 2;
      return error(node.path(), message_.text("rtt") + " has no round trip between " +
                                    in_quotes(plan_.regions[a.index]) + " and " +
                                    in_quotes(plan_.regions[b.index]) +
                                    "; expected one, or a latency or stretch here");
    }
    for (const RegionId region : {a, b})
      if (!sites_[region.index].place)
        return error(node.path(), "region " + in_quotes(plan_.regions[region.index]) +
                                      " has no location; expected one, or a latency here");
    const double stretch = node.has("stretch") ? node.number("stretch") : default_stretch;
    const auto distance = analytic::great_circle(*sites_[a.index].place, *sites_[b.index].place);
    if (!distance) return error(node.path(), distance.error().message);
    const auto round_trip = analytic::light_round_trip(*distance, stretch);
    if (!round_trip) return error(node.path(), round_trip.error().message);
    return *round_trip / 2;
  }

  static std::uint32_t whole(const Node& node, const char* field) {
    return static_cast<std::uint32_t>(node.count(field));
  }

  const Node& message_;
  const Zoo& zoo_;
  const Provenance& provenance_;
  FleetPlan plan_;
  NamedFleet named_;
  std::map<std::string, RegionId> regions_;
  std::vector<Site> sites_;
  std::optional<RoundTrips> rtt_;  // measured
};

}  // namespace

Result<NamedFleet> fleet_of(const Node& message, const Zoo& zoo, const Provenance& provenance) {
  return Reading(message, zoo, provenance).fleet();
}

Result<ClusterId> cluster_named(const std::string& name, const std::string& path,
                                const NamedFleet& fleet, const Provenance& provenance,
                                const char* expected) {
  const auto found = fleet.clusters.find(name);
  if (found != fleet.clusters.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [known, ignored] : fleet.clusters) names.push_back(known);
  return provenance.error(
      path, "found " + in_quotes(name) + "; expected " + expected + did_you_mean(name, names));
}

}  // namespace fleetsim
