#include "workloads/network/twin.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <optional>

#include "analytic/exact/collectives.h"
#include "analytic/exact/network.h"
#include "topology/network.h"
#include "workloads/network/network_model.h"
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
    case Topology::single_switch:
    case Topology::leaf_spine:
    case Topology::dragonfly:
    case Topology::full_mesh:
    case Topology::graph:
      break;
  }
  return std::nullopt;
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

// What one step of a phase meets on the network: the same for all ranks, or why not.
struct Way {
  Duration latency{};
  double rate = 0;
  std::string broken;
};

Way way_of(const Phase& phase, std::uint32_t step, const NetworkConfig& config,
           const std::vector<DeviceId>& ranks) {
  const Fleet& fleet = *config.fleet;
  FairShare shares(fleet.rates());
  std::vector<FlowId> flows;
  Way way;
  bool first = true;
  Route route;
  for (std::uint32_t r = 0; r < ranks.size(); ++r) {
    const Exchange exchange = phase.exchange(r, step);
    if (!exchange.to) continue;
    const Transfer transfer{ranks[r], ranks[*exchange.to], exchange.bytes, 0};
    check(fleet.route(transfer.from, transfer.to, route_hash(transfer), route), "there is a way");
    double rate = std::numeric_limits<double>::infinity();
    for (const LinkId link : route.links) rate = std::min(rate, fleet.rates()[link.index]);
    if (first) way.latency = route.total(), way.rate = rate;
    first = false;
    if (route.total() != way.latency || rate != way.rate) way.broken = "ranks are not equally far";
    flows.push_back(shares.add(route.links));
  }
  if (!config.shared || !way.broken.empty()) return way;
  shares.settle();
  for (const FlowId flow : flows)
    if (shares.rate(flow) < way.rate * (1 - 1e-9)) way.broken = "flows of a step share links";
  return way;
}

std::vector<DeviceId> ranks_of(const CollectiveConfig& collective, const Fleet& fleet) {
  std::vector<DeviceId> ranks;
  for (const ClusterId c : collective.clusters) {
    const ClusterPlan& cluster = fleet.plan().clusters[c.index];
    for (std::uint32_t i = 0; i < cluster.nodes * cluster.devices; ++i)
      ranks.push_back({fleet.device(c, 0, 0).index + i});
  }
  return ranks;
}

struct Form {
  Result<double> value;
  const char* id;
};

// The textbook's time of a collective of one level; levels of a hierarchical one add up.
Form form_of(const CollectiveConfig& collective,
             const std::vector<analytic::AlphaBetaLevel>& levels, const analytic::AlphaBeta& flat) {
  const bool reduce = collective.kind == CollectiveKind::all_reduce;
  switch (collective.algorithm) {
    case Algorithm::ring:
      return {reduce ? analytic::ring_allreduce(flat) : analytic::ring_allgather(flat), "n.ring"};
    case Algorithm::halving_doubling:
      return {
          reduce ? analytic::halving_doubling_allreduce(flat) : analytic::doubling_allgather(flat),
          "n.tree"};
    case Algorithm::tree:
      if (reduce) return {analytic::tree_allreduce(flat), "n.tree"};
      break;
    case Algorithm::pairwise:
      return {analytic::pairwise_alltoall(flat), "n.tree"};
    case Algorithm::hierarchical:
      if (reduce) return {analytic::hierarchical_allreduce(flat.bytes, levels), "n.hier"};
      break;
  }
  return {Error{"no closed form for this algorithm"}, ""};
}

void predict(const CollectiveConfig& collective, const NetworkConfig& config, Twin& twin) {
  const std::vector<DeviceId> ranks = ranks_of(collective, *config.fleet);
  const Result<std::vector<Phase>> phases = schedule_of(collective, *config.fleet);
  check(bool(phases), "a scenario's collectives can be scheduled");
  std::vector<analytic::AlphaBetaLevel> levels;
  analytic::AlphaBeta flat{.ranks = static_cast<std::int64_t>(ranks.size()),
                           .bytes = static_cast<double>(collective.bytes)};
  std::string broken;
  if (config.shared && config.collectives.size() + config.patterns.size() > 1)
    broken = "other traffic is under way";
  else if (collective.algorithm == Algorithm::tree && !std::has_single_bit(ranks.size()))
    broken = "branches that are not full end early";
  for (const Phase& phase : *phases) {
    const bool alike = phase.kind == Phase::Kind::ring;  // all its steps are
    for (std::uint32_t step = 0; step < (alike ? 1 : phase.steps()); ++step) {
      const Way way = way_of(phase, step, config, ranks);
      if (broken.empty()) broken = way.broken;
      flat.latency = seconds(way.latency);
      flat.bandwidth = way.rate;
    }
    if (levels.size() < (phases->size() + 1) / 2)
      levels.push_back({phase.size, flat.latency, flat.bandwidth});
  }
  const Form form = form_of(collective, levels, flat);
  Prediction out{.metric = metric_of(config, collective), .value = {}, .formula = {}, .note = {}};
  if (!form.value) {
    out.note = form.value.error().message;
  } else if (broken.empty()) {
    out.value = *form.value;
    out.formula = form.id;
  } else {
    out.note = "no closed form: " + broken;
    twin.rivals.push_back({out.metric, *form.value, form.id, "it does not hold, for " + broken});
  }
  twin.predictions.push_back(std::move(out));
}

}  // namespace

double least_bisection(const Fleet& fleet) {
  double least = std::numeric_limits<double>::infinity();
  for (std::uint32_t c = 0; c < fleet.plan().clusters.size(); ++c)
    least =
        std::min(least, fleet.fabric({c}).parts().bisection * fleet.plan().clusters[c].trunk_rate);
  return least;
}

std::vector<LinkId> trunks_of(const Fleet& fleet) {
  std::vector<LinkId> out;
  for (std::uint32_t c = 0; c < fleet.plan().clusters.size(); ++c) {
    const Fabric& fabric = fleet.fabric({c});
    for (std::uint32_t l = 2 * fabric.ends(); l < fabric.links(); ++l)
      out.push_back({fleet.first_link({c}).index + l});
  }
  for (std::uint32_t w = 0; w < fleet.plan().wide_links.size(); ++w)
    for (const bool from_a : {true, false}) out.push_back(fleet.wide_link({w}, from_a));
  return out;
}

Twin twin_of(const NetworkConfig& config) {
  Twin twin;
  twin.predictions.push_back(bisection(*config.fleet));
  for (const CollectiveConfig& collective : config.collectives) predict(collective, config, twin);
  return twin;
}

}  // namespace fleetsim::network
