#include <optional>

#include "analytic/exact/collectives.h"
#include "analytic/exact/distance.h"
#include "analytic/exact/network.h"
#include "analytic/exact/row.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {
namespace {

// One message and one set of ranks through all forms; those not defined for it stay empty.
struct CollectiveTimes {
  double ring = 0, gather = 0, tree = 0, alltoall = 0;
  std::optional<double> halving{}, doubling{}, two_tree{}, bruck{}, crossover{};
};

std::optional<double> where_defined(const Result<double>& time) {
  return time ? std::optional(*time) : std::nullopt;
}

Result<CollectiveTimes> collective_times(const AlphaBeta& in) {
  const auto ring = ring_allreduce(in);
  if (!ring) return ring.error();
  return CollectiveTimes{*ring,
                         *ring_allgather(in),
                         *tree_allreduce(in),
                         *pairwise_alltoall(in),
                         where_defined(halving_doubling_allreduce(in)),
                         where_defined(doubling_allreduce(in)),
                         where_defined(two_tree_allreduce(in)),
                         where_defined(bruck_alltoall(in)),
                         where_defined(ring_tree_crossover(in.ranks, in.latency, in.bandwidth))};
}

Solver collective_row() {
  using T = CollectiveTimes;
  return exact<collective_times>(
      "exact_collective", "collectives by alpha and beta", "steps alpha + moved m beta",
      "one port a rank; reduction is free; forms for powers of two tell nothing otherwise",
      {input<&AlphaBeta::ranks>("ranks", "1", "p", required),
       input<&AlphaBeta::bytes>("bytes", "B", "m, the whole vector", required),
       input<&AlphaBeta::latency>("latency", "us", "alpha", required),
       input<&AlphaBeta::bandwidth>("bandwidth", "GB/s", "1/beta", required)},
      {output<&T::ring>("ring_allreduce", "ms", "2 (p-1) alpha + 2 m (p-1)/p beta"),
       output<&T::halving>("halving_doubling_allreduce", "ms", "2 lg p alpha + 2 m (p-1)/p beta"),
       output<&T::doubling>("doubling_allreduce", "ms", "lg p (alpha + m beta)"),
       output<&T::tree>("tree_allreduce", "ms", "2 ceil(lg p) (alpha + m beta)"),
       output<&T::two_tree>("two_tree_allreduce", "ms", "pipelined; where pieces pay"),
       output<&T::gather>("ring_allgather", "ms", "or reduce-scatter"),
       output<&T::alltoall>("pairwise_alltoall", "ms", "(p-1) (alpha + m/p beta)"),
       output<&T::bruck>("bruck_alltoall", "ms", "lg p (alpha + m/2 beta)"),
       output<&T::crossover>("ring_tree_crossover", "B", "below it the tree wins")});
}

std::vector<OutputSpec> shape_outputs() {
  using N = NetworkShape;
  return {output<&N::ends>("ends", "1", "of the network"),
          output<&N::bisection>("bisection", "1", "links between equal halves"),
          output<&N::diameter>("diameter", "1", "hops at most"),
          output<&N::mean_hops>("mean_hops", "1", "over pairs of distinct ends")};
}

struct Sides {
  std::int64_t x = 1, y = 1, z = 1;
};
Result<NetworkShape> torus_answer(const Sides& in) {
  return torus_shape({in.x, in.y, in.z});
}
struct FatTree {
  std::int64_t ports = 64;
  double oversubscription = 1;
};
Result<NetworkShape> fat_tree_answer(const FatTree& in) {
  return fat_tree_shape(in.ports, in.oversubscription);
}
struct Dragonfly {
  std::int64_t routers_per_group = 4, globals = 2;
};
Result<NetworkShape> dragonfly_answer(const Dragonfly& in) {
  return dragonfly_shape(in.routers_per_group, in.globals);
}

std::vector<Solver> shape_rows() {
  std::vector<Solver> rows;
  rows.push_back(exact<torus_answer>(
      "exact_torus", "a torus, counted", "bisection = 2 N/longest; diameter = sum side/2",
      "sides of 1, or 3 and more; the longest even",
      {input<&Sides::x>("x", "1", "side", required), input<&Sides::y>("y", "1", "side"),
       input<&Sides::z>("z", "1", "side")},
      shape_outputs()));
  rows.push_back(exact<fat_tree_answer>(
      "exact_fat_tree", "a three-tier fat tree, counted",
      "hosts = k^3/4; bisection = k^3/8 over the oversubscription",
      "switches of k ports, k even; oversubscription in one tier",
      {input<&FatTree::ports>("ports", "1", "k", required),
       input<&FatTree::oversubscription>("oversubscription", "1", "at least 1")},
      shape_outputs()));
  rows.push_back(exact<dragonfly_answer>(
      "exact_dragonfly", "a full dragonfly, counted",
      "groups = a h + 1; bisection = (g-1)/2 (g+1)/2",
      "one link between each pair of groups; minimal routes; a h even",
      {input<&Dragonfly::routers_per_group>("routers_per_group", "1", "a", required),
       input<&Dragonfly::globals>("globals", "1", "h, global links a router", required)},
      shape_outputs()));
  return rows;
}

struct Ring {
  std::int64_t nodes = 4;
};
Result<NetworkShape> ring_answer(const Ring& in) {
  return ring_shape(in.nodes);
}
struct Rails {
  std::int64_t nodes = 2, rails = 8;
  double oversubscription = 1;
};
Result<NetworkShape> rail_answer(const Rails& in) {
  return rail_shape(in.nodes, in.rails, in.oversubscription);
}

struct Ends {
  std::int64_t ends = 2;
};
Result<NetworkShape> single_switch_answer(const Ends& in) {
  return single_switch_shape(in.ends);
}
Result<NetworkShape> full_mesh_answer(const Ends& in) {
  return full_mesh_shape(in.ends);
}
struct LeafSpine {
  std::int64_t leaves = 2, ends_per_leaf = 32;
  double oversubscription = 1;
};
Result<NetworkShape> leaf_spine_answer(const LeafSpine& in) {
  return leaf_spine_shape(in.leaves, in.ends_per_leaf, in.oversubscription);
}

Solver single_switch_row() {
  return exact<single_switch_answer>(
      "exact_single_switch", "a single switch, counted", "bisection = n/2; every way is two links",
      "an even number of ends", {input<&Ends::ends>("ends", "1", "n", required)}, shape_outputs());
}

Solver full_mesh_row() {
  return exact<full_mesh_answer>(
      "exact_full_mesh", "a full mesh, counted", "bisection = n^2/4; every way is one link",
      "an even number of ends", {input<&Ends::ends>("ends", "1", "n", required)}, shape_outputs());
}

Solver leaf_spine_row() {
  return exact<leaf_spine_answer>(
      "exact_leaf_spine", "leaf and spine, counted",
      "bisection = L m/(2 r); mean = (2 (m-1) + 4 (n-m))/(n-1)",
      "full leaves, an even number of them; every leaf reaches every spine",
      {input<&LeafSpine::leaves>("leaves", "1", "L, even", required),
       input<&LeafSpine::ends_per_leaf>("ends_per_leaf", "1", "m", required),
       input<&LeafSpine::oversubscription>("oversubscription", "1", "r, at least 1")},
      shape_outputs());
}

Solver ring_row() {
  return exact<ring_answer>("exact_ring", "a ring, counted",
                            "bisection = 2; diameter = n/2; mean = n^2/(4 (n-1))",
                            "an even number of nodes, 4 or more",
                            {input<&Ring::nodes>("nodes", "1", "n", required)}, shape_outputs());
}

Solver rail_row() {
  return exact<rail_answer>(
      "exact_rail", "a rail-optimised network, counted", "bisection = rails n/2 / r",
      "each rail on a full switch plane of its own; rails meet only inside nodes",
      {input<&Rails::nodes>("nodes", "1", "n, even", required),
       input<&Rails::rails>("rails", "1", "of a node", required),
       input<&Rails::oversubscription>("oversubscription", "1", "r, at least 1")},
      shape_outputs());
}

struct Saturation {
  double demand = 0, link_rate = 0, oversubscription = 1;
};
struct SaturationNodes {
  double torus_2d = 0, torus_3d = 0, fat_tree_demand = 0;
};
Result<SaturationNodes> saturation_answer(const Saturation& in) {
  const auto flat = torus_saturation(2, in.demand, in.link_rate);
  if (!flat) return flat.error();
  const auto limit = fat_tree_saturation(in.link_rate, in.oversubscription);
  if (!limit) return limit.error();
  return SaturationNodes{*flat, *torus_saturation(3, in.demand, in.link_rate), *limit};
}

Solver saturation_row() {
  return exact<saturation_answer>(
      "exact_saturation", "where uniform all-to-all traffic fills the bisection",
      "N* = (8 b/g)^d in a torus; g* = 2 b/r in a fat tree",
      "uniform traffic, perfectly spread over the links of the cut",
      {input<&Saturation::demand>("demand", "GB/s", "g, sent by a node", required),
       input<&Saturation::link_rate>("link_rate", "GB/s", "b, one way", required),
       input<&Saturation::oversubscription>("oversubscription", "1", "r, of the fat tree")},
      {output<&SaturationNodes::torus_2d>("torus_2d", "1", "nodes"),
       output<&SaturationNodes::torus_3d>("torus_3d", "1", "nodes"),
       output<&SaturationNodes::fat_tree_demand>("fat_tree_demand", "GB/s",
                                                 "a node, at any number of them")});
}

struct Route {
  double from_latitude = 0, from_longitude = 0, to_latitude = 0, to_longitude = 0, stretch = 1;
};
struct RouteLight {
  double distance = 0, round_trip = 0;
};
Result<RouteLight> route_answer(const Route& in) {
  const auto distance =
      great_circle({in.from_latitude, in.from_longitude}, {in.to_latitude, in.to_longitude});
  if (!distance) return distance.error();
  const auto time = light_round_trip(*distance, in.stretch);
  if (!time) return time.error();
  return RouteLight{*distance, *time};
}

Solver light_row() {
  return exact<route_answer>(
      "exact_light", "what light in glass takes there and back",
      "haversine; RTT = 2 d stretch 1.468/c", "a spherical Earth; no equipment on the way",
      {input<&Route::from_latitude>("from_latitude", "1", "degrees north", required),
       input<&Route::from_longitude>("from_longitude", "1", "degrees east", required),
       input<&Route::to_latitude>("to_latitude", "1", "degrees north", required),
       input<&Route::to_longitude>("to_longitude", "1", "degrees east", required),
       input<&Route::stretch>("stretch", "1", "cable over great circle")},
      {output<&RouteLight::distance>("distance", "km", "great circle"),
       output<&RouteLight::round_trip>("round_trip", "ms", "at least")});
}

struct Regions {
  std::int64_t regions = 3, inner_steps = 1;
  double bytes = 0, bandwidth = 0, one_way = 0, step = 0, overlap = 0;
};
struct RegionsOut {
  double exchange = 0, efficiency = 1;
};
Result<RegionsOut> regions_answer(const Regions& in) {
  const auto exchange = wide_area_exchange({in.regions, in.bytes, in.bandwidth, in.one_way});
  if (!exchange) return exchange.error();
  const auto share = local_update_efficiency({in.inner_steps, in.step, *exchange, in.overlap});
  if (!share) return share.error();
  return RegionsOut{*exchange, *share};
}

Solver regions_row() {
  return exact<regions_answer>(
      "exact_local_updates", "training over regions with rare exchanges",
      "X = 2 (r-1)/r G/BW + 2 (r-1) t; H T/(H T + X - hidden)",
      "a ring of regions; convergence is not part of it",
      {input<&Regions::regions>("regions", "1", "r", required),
       input<&Regions::bytes>("bytes", "GB", "G, exchanged", required),
       input<&Regions::bandwidth>("bandwidth", "Tb/s", "BW, of a region", required),
       input<&Regions::one_way>("one_way", "ms", "t", required),
       input<&Regions::step>("step", "s", "T", required),
       input<&Regions::inner_steps>("inner_steps", "1", "H"),
       input<&Regions::overlap>("overlap", "1", "share of X behind the next steps")},
      {output<&RegionsOut::exchange>("exchange", "s", "X"),
       output<&RegionsOut::efficiency>("efficiency", "1", "share of time in steps")});
}

}  // namespace

std::vector<Solver> exact_network_rows() {
  std::vector<Solver> rows = shape_rows();
  for (const auto row : {single_switch_row, full_mesh_row, leaf_spine_row, ring_row, rail_row,
                         collective_row, saturation_row, light_row, regions_row})
    rows.push_back(row());
  return rows;
}

}  // namespace fleetsim::analytic
