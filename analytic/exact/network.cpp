#include "analytic/exact/network.h"

#include <algorithm>
#include <cmath>

#include "analytic/book/arguments.h"

namespace fleetsim::analytic {

namespace {

constexpr double largest = 1e9;  // of a count, so that products stay exact

// Mean distance around a ring from a node to all d, itself among them.
double mean_around(std::int64_t d) {
  const auto n = static_cast<double>(d);
  return d % 2 == 0 ? n / 4 : (n * n - 1) / (4 * n);
}

}  // namespace

Result<NetworkShape> ring_shape(std::int64_t nodes) {
  Arguments in("a ring");
  const auto n = static_cast<double>(nodes);
  in.need(nodes >= 4 && nodes % 2 == 0 && n <= largest, "nodes", n, "even, 4 to 1e9");
  if (!in.fine()) return in.error();
  return NetworkShape{n, 2, n / 2, n * n / (4 * (n - 1))};
}

Result<NetworkShape> single_switch_shape(std::int64_t ends) {
  Arguments in("a single switch");
  const auto n = static_cast<double>(ends);
  in.need(ends >= 2 && ends % 2 == 0 && n <= largest, "ends", n, "even, 2 to 1e9");
  if (!in.fine()) return in.error();
  return NetworkShape{n, n / 2, 2, 2};
}

Result<NetworkShape> full_mesh_shape(std::int64_t ends) {
  Arguments in("a full mesh");
  const auto n = static_cast<double>(ends);
  in.need(ends >= 2 && ends % 2 == 0 && n <= 1e7, "ends", n, "even, 2 to 1e7");
  if (!in.fine()) return in.error();
  return NetworkShape{n, n * n / 4, 1, 1};
}

Result<NetworkShape> leaf_spine_shape(std::int64_t leaves, std::int64_t ends_per_leaf,
                                      double oversubscription) {
  Arguments in("leaf and spine");
  const auto all = static_cast<double>(leaves), m = static_cast<double>(ends_per_leaf);
  in.need(leaves >= 2 && leaves % 2 == 0 && all <= 1e6, "leaves", all, "even, 2 to a million")
      .need(ends_per_leaf >= 1 && m <= 1e6, "ends_per_leaf", m, "1 to a million")
      .need(oversubscription >= 1 && std::isfinite(oversubscription), "oversubscription",
            oversubscription, "at least 1");
  if (!in.fine()) return in.error();
  const double ends = all * m;
  return NetworkShape{ends, ends / 2 / oversubscription, 4,
                      (2 * (m - 1) + 4 * (ends - m)) / (ends - 1)};
}

Result<NetworkShape> torus_shape(std::array<std::int64_t, 3> sides) {
  Arguments in("a torus");
  for (const std::int64_t side : sides)
    in.need(side >= 1 && side != 2 && side <= 1'000'000, "side", static_cast<double>(side),
            "1, or 3 to a million (with 2 the links around coincide)");
  const std::int64_t longest = *std::max_element(sides.begin(), sides.end());
  in.need(longest % 2 == 0, "longest side", static_cast<double>(longest),
          "even, or there are no equal halves of slabs");
  if (!in.fine()) return in.error();
  NetworkShape shape{1, 0, 0, 0};
  for (const std::int64_t side : sides) {
    shape.ends *= static_cast<double>(side);
    shape.diameter += static_cast<double>(side / 2);
    shape.mean_hops += mean_around(side);
  }
  shape.mean_hops *= shape.ends / (shape.ends - 1);
  shape.bisection = 2 * shape.ends / static_cast<double>(longest);
  return shape;
}

Result<NetworkShape> fat_tree_shape(std::int64_t ports, double oversubscription) {
  Arguments in("a fat tree");
  const auto k = static_cast<double>(ports);
  in.need(ports >= 4 && ports % 2 == 0 && k <= 1e4, "ports", k, "even, 4 to 10000")
      .need(oversubscription >= 1 && std::isfinite(oversubscription), "oversubscription",
            oversubscription, "at least 1");
  if (!in.fine()) return in.error();
  const double hosts = k * k * k / 4;
  const double same_switch = k / 2 - 1;
  const double same_pod = k * k / 4 - k / 2;
  const double elsewhere = hosts - k * k / 4;
  return NetworkShape{hosts, hosts / 2 / oversubscription, 6,
                      (2 * same_switch + 4 * same_pod + 6 * elsewhere) / (hosts - 1)};
}

Result<NetworkShape> dragonfly_shape(std::int64_t routers_per_group, std::int64_t globals) {
  Arguments in("a dragonfly");
  const auto a = static_cast<double>(routers_per_group);
  const auto h = static_cast<double>(globals);
  in.need(routers_per_group >= 2 && a <= 1e4, "routers_per_group", a, "2 to 10000")
      .need(globals >= 1 && h <= 1e4, "globals", h, "1 to 10000")
      .need(std::fmod(a * h, 2) == 0, "globals", h,
            "such that routers_per_group x globals is even");
  if (!in.fine()) return in.error();
  const double groups = a * h + 1;
  const double routers = a * groups;
  // To another group: the global link, and at each end 1 - 1/a of a local one.
  const double far = (groups - 1) * a * (1 + 2 * (a - 1) / a);
  return NetworkShape{routers, (groups - 1) / 2 * ((groups + 1) / 2), 3,
                      (a - 1 + far) / (routers - 1)};
}

Result<NetworkShape> rail_shape(std::int64_t nodes, std::int64_t rails, double oversubscription) {
  Arguments in("a rail-optimised network");
  const auto n = static_cast<double>(nodes);
  const auto r = static_cast<double>(rails);
  in.need(nodes >= 2 && nodes % 2 == 0 && n <= largest, "nodes", n, "even, 2 to 1e9")
      .need(rails >= 1 && r <= 1e6, "rails", r, "1 to a million")
      .need(oversubscription >= 1 && std::isfinite(oversubscription), "oversubscription",
            oversubscription, "at least 1");
  if (!in.fine()) return in.error();
  // One hop inside the node; two on one rail; three where the rail must be changed first.
  const double ends = n * r;
  const double hops = (r - 1) + (n - 1) * 2 + (n - 1) * (r - 1) * 3;
  return NetworkShape{ends, r * n / 2 / oversubscription, rails > 1 ? 3.0 : 2.0, hops / (ends - 1)};
}

Result<double> bisection_alltoall_time(const NetworkShape& shape, double bytes_per_end,
                                       double link_rate) {
  Arguments in("all-to-all over a bisection");
  in.positive("ends", shape.ends)
      .positive("bisection", shape.bisection)
      .nonnegative("bytes_per_end", bytes_per_end)
      .positive("link_rate", link_rate);
  if (!in.fine()) return in.error();
  return shape.ends * bytes_per_end / 4 / (shape.bisection * link_rate);
}

Result<double> torus_saturation(std::int64_t dimensions, double demand, double link_rate) {
  Arguments in("saturation of a torus");
  in.need(dimensions >= 1 && dimensions <= 3, "dimensions", static_cast<double>(dimensions),
          "1, 2 or 3")
      .positive("demand", demand)
      .positive("link_rate", link_rate);
  if (!in.fine()) return in.error();
  const double side = 8 * link_rate / demand;
  double nodes = 1;
  for (std::int64_t i = 0; i < dimensions; ++i) nodes *= side;
  return nodes;
}

Result<double> fat_tree_saturation(double link_rate, double oversubscription) {
  Arguments in("saturation of a fat tree");
  in.positive("link_rate", link_rate)
      .need(oversubscription >= 1 && std::isfinite(oversubscription), "oversubscription",
            oversubscription, "at least 1");
  if (!in.fine()) return in.error();
  return 2 * link_rate / oversubscription;
}

}  // namespace fleetsim::analytic
