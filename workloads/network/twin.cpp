#include "workloads/network/twin.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "analytic/exact/distance.h"
#include "analytic/exact/failures.h"
#include "analytic/exact/network.h"
#include "topology/dragonfly.h"
#include "workloads/network/collective_twin.h"
#include "workloads/network/gauges.h"
#include "workloads/network/schedule.h"

namespace fleetsim::network {
namespace {

using analytic::NetworkShape;

// The closed form of a cluster's shape, where it has one: counted, not built.
std::optional<NetworkShape> shape_of(const Fabric& fabric, const ClusterPlan& cluster) {
  const FabricShape& shape = cluster.shape;
  const auto found = [](const Result<NetworkShape>& s) {
    return s ? std::optional<NetworkShape>(*s) : std::nullopt;
  };
  const std::int64_t ends = fabric.ends();
  std::array<std::int64_t, 3> sides = {1, 1, 1};
  for (std::size_t i = 0; i < std::min<std::size_t>(3, shape.sides.size()); ++i)
    sides[i] = shape.sides[i];
  switch (shape.topology) {
    case Topology::ring:
      return found(analytic::ring_shape(ends));
    case Topology::torus_2d:
    case Topology::torus_3d:
      return shape.sides.empty() ? std::nullopt : found(analytic::torus_shape(sides));
    case Topology::fat_tree: {
      const auto full = found(analytic::fat_tree_shape(shape.radix, shape.oversubscription));
      return full && full->ends == static_cast<double>(ends) ? full : std::nullopt;
    }
    case Topology::rail_optimised:
      return found(analytic::rail_shape(cluster.nodes, cluster.ports, shape.oversubscription));
    case Topology::leaf_spine: {
      const std::int64_t below = shape.radix / 2;
      if (ends % below != 0) break;
      return found(analytic::leaf_spine_shape(ends / below, below, shape.oversubscription));
    }
    case Topology::full_mesh:
      return found(analytic::full_mesh_shape(ends));
    case Topology::single_switch:
      return found(analytic::single_switch_shape(ends));
    case Topology::dragonfly: {
      const std::int64_t h = Dragonfly::globals_of(shape.radix), routers = ends / h;
      const auto full = found(analytic::dragonfly_shape(2 * h, h));
      return full && full->ends == static_cast<double>(routers) && ends % h == 0 ? full
                                                                                 : std::nullopt;
    }
    case Topology::graph:
      break;
  }
  return std::nullopt;
}

// Cables inside the fabric on a way: the mean over distinct ends, and the most.
struct Hops {
  double mean = 0, most = 0;
};
Hops hops_of(const NetworkShape& shape, const FabricShape& fabric) {
  if (node_is_one_end(fabric.topology)) return {shape.mean_hops, shape.diameter};
  if (fabric.topology != Topology::dragonfly) return {shape.mean_hops - 2, shape.diameter - 2};
  // Between ends of a router there is no cable inside.
  const double n = fabric.ends, together = Dragonfly::globals_of(fabric.radix);
  return {shape.mean_hops * (n - together) / (n - 1), shape.diameter};
}

Prediction bisection(const Fleet& fleet) {
  Prediction out{.metric = "network.bisection_bandwidth", .value = {}, .formula = {}, .note = {}};
  double least = std::numeric_limits<double>::infinity();
  for (std::uint32_t c = 0; c < fleet.plan().clusters.size(); ++c) {
    const ClusterPlan& cluster = fleet.plan().clusters[c];
    const std::optional<NetworkShape> shape = shape_of(fleet.fabric({c}), cluster);
    if (!shape) {
      out.note = "no closed form: a fabric of this shape is counted";
      return out;
    }
    least = std::min(least, shape->bisection * cluster.trunk_rate);
  }
  out.value = least;
  out.formula = "n.bisect";
  return out;
}

// Steady traffic spread evenly over all ends (Dally and Towles 2004, section 3.2).
void predict_load(const NetworkConfig& config, Twin& twin) {
  const LoadConfig& load = *config.load;
  const Fleet& fleet = *config.fleet;
  const ClusterId c = load.spread.cluster;
  const ClusterPlan& cluster = fleet.plan().clusters[c.index];
  const Fabric& fabric = fleet.fabric(c);
  const std::optional<NetworkShape> shape = shape_of(fabric, cluster);
  const bool one_port = cluster.devices == 1 && fabric.ends() == cluster.nodes;
  if (!shape || !one_port) {
    for (const char* metric : {"bisection_use", "load.mean", "hops.mean"})
      twin.predictions.push_back({std::string("network.") + metric,
                                  {},
                                  "",
                                  "no closed form: a fabric of this shape is counted"});
    return;
  }
  const double n = cluster.nodes, trunks = fabric.links() - 2.0 * fabric.ends();
  const Hops hops = hops_of(*shape, cluster.shape);
  // What goes to oneself, where that may be drawn, goes nowhere.
  const double leaving = load.spread.kind == Spread::Kind::all_to_all ? 1 : (n - 1) / n;
  const double across = n / 4 * (leaving * n / (n - 1)) * load.rate;
  const std::pair<const char*, std::pair<double, const char*>> values[] = {
      {"network.bisection_use", {across / (shape->bisection * cluster.trunk_rate), "n.saturate"}},
      {"network.load.mean",
       {n * leaving * load.rate * hops.mean / (trunks * cluster.trunk_rate), "n.diameter"}},
      {"network.hops.mean", {hops.mean, "n.diameter"}}};
  for (const auto& [metric, value] : values)
    twin.predictions.push_back({metric, value.first, value.second, ""});
  if (load.spread.kind == Spread::Kind::all_to_all)
    twin.predictions.push_back({"network.hops.max", hops.most, "n.diameter", ""});
  twin.rivals.push_back({"network.injection_limit", load.rate / values[0].second.first,
                         "n.saturate", "it assumes that every cable of the cut carries as much"});
}

// Training by local updates over links that are all alike.
void predict_outer(const OuterStepsConfig& outer, const NetworkConfig& config, Twin& twin) {
  const Fleet& fleet = *config.fleet;
  const auto regions = static_cast<std::uint32_t>(outer.clusters.size());
  std::string broken = other_traffic(config, config.outer_steps.size() > 1);
  Way way;
  const std::vector<DeviceId> ranks = first_devices(outer.clusters, fleet);
  for (const Phase& phase : ring_allreduce_phases(regions, outer.bytes)) {
    way = way_of(phase, 0, config, ranks, true);
    if (broken.empty()) broken = way.broken;
  }
  if (outer.step.variance() > 0) broken = "regions wait for the slowest, for steps vary";
  const Result<double> exchange =
      analytic::wide_area_exchange({.regions = regions,
                                    .bytes = static_cast<double>(outer.bytes),
                                    .bandwidth = way.rate,
                                    .one_way = seconds(way.latency)});
  check(bool(exchange), "an exchange takes time");
  const Result<double> efficiency =
      analytic::local_update_efficiency({.inner_steps = outer.inner_steps,
                                         .step = outer.step.mean(),
                                         .exchange = *exchange,
                                         .overlap = outer.overlap ? 1.0 : 0.0});
  check(bool(efficiency), "training by local updates has an efficiency");
  add(metric_of(config, outer, "efficiency"), *efficiency, "n.diloco", broken, twin);
  add(metric_of(config, outer, "exchange_time"), *exchange, "n.diloco", broken, twin);
}

// Light to and fro, and what jitter adds on average.
void predict_pings(const NetworkConfig& config, Twin& twin) {
  const Fleet& fleet = *config.fleet;
  const std::vector<RegionPair> pairs = region_pairs(fleet);
  if (pairs.empty()) return;
  const std::string broken = config.faults.empty() ? "" : "links fail";
  add("network.wan_rtt", mean_round_trip(fleet, pairs[farthest(fleet, pairs)]), "n.light", broken,
      twin);
  for (const RegionPair& pair : pairs)
    if (pairs.size() > 1)
      add(metric_of(config, pair), mean_round_trip(fleet, pair), "n.light", broken, twin);
}

// Each group of links by itself: well, failing, well again, from well on.
void predict_faults(const NetworkConfig& config, Twin& twin) {
  const FaultConfig& fault = config.faults[0];
  const auto memoryless = [](const std::optional<Law>& law) {
    return law && std::holds_alternative<ExponentialLaw>(law->kind());
  };
  std::string broken;
  if (config.faults.size() > 1)
    broken = "several kinds of faults";
  else if (!memoryless(fault.time_to_failure) || !memoryless(fault.time_to_repair))
    broken = "times to failure and repair are not both exponential";
  for (const char* metric : {"network.link_availability", "network.faults"})
    if (!broken.empty()) twin.predictions.push_back({metric, {}, "", "no closed form: " + broken});
  if (!broken.empty()) return;
  const double mttf = fault.time_to_failure->mean(), mttr = fault.time_to_repair->mean();
  const double horizon = seconds(config.horizon);
  const auto share = analytic::alternating_renewal(mttf, mttr, horizon);
  check(bool(share), "times to failure and repair are positive");
  const double groups = static_cast<double>(fault.groups.size());
  twin.predictions.push_back({"network.link_availability", share->over_time, "f.repair", ""});
  twin.predictions.push_back(
      {"network.faults", groups * share->over_time * horizon / mttf, "f.repair", ""});
}

}  // namespace

Twin twin_of(const NetworkConfig& config) {
  Twin twin;
  twin.predictions.push_back(bisection(*config.fleet));
  if (config.load) predict_load(config, twin);
  predict_collectives(config, twin);
  for (const OuterStepsConfig& outer : config.outer_steps) predict_outer(outer, config, twin);
  if (config.pings > 0) predict_pings(config, twin);
  if (!config.faults.empty()) predict_faults(config, twin);
  return twin;
}

}  // namespace fleetsim::network
