#include "topology/fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "topology/detour.h"
#include "topology/torus.h"

namespace fleetsim {
namespace {

Status positive(const ClusterPlan& c) {
  const std::pair<const char*, double> rates[] = {{"device_rate", c.device_rate},
                                                  {"port_rate", c.port_rate},
                                                  {"trunk_rate", c.trunk_rate},
                                                  {"border_rate", c.border_rate}};
  for (const auto& [name, rate] : rates)
    if (!(rate > 0) || !std::isfinite(rate))
      return Error{fmt::format("cluster {}: {} must be above 0 B/s (got {})", c.name, name, rate)};
  if (c.nodes == 0 || c.devices == 0 || c.ports == 0)
    return Error{fmt::format("cluster {}: nodes, devices and ports are at least 1", c.name)};
  if (std::uint64_t{c.nodes} * std::max(c.devices, c.ports) > 100'000'000)
    return Error{fmt::format("cluster {}: more than 100 million devices", c.name)};
  return Done{};
}

bool all_up(const Path& links, const std::vector<bool>& down) {
  return down.empty() ||
         std::none_of(links.begin(), links.end(), [&](LinkId link) { return down[link.index]; });
}

}  // namespace

Result<Fleet> Fleet::make(FleetPlan plan) {
  Fleet fleet;
  for (ClusterPlan& cluster : plan.clusters) {
    if (cluster.region.index >= plan.regions.size())
      return Error{fmt::format("cluster {}: it lies in no region", cluster.name)};
    if (const Status added = fleet.add_cluster(cluster); !added) return added.error();
  }
  for (const WideLinkPlan& wide : plan.wide_links) {
    const std::size_t n = plan.regions.size();
    if (wide.a.index >= n || wide.b.index >= n || wide.a == wide.b)
      return Error{"a wide link joins two different regions"};
    if (!(wide.rate > 0) || !std::isfinite(wide.rate))
      return Error{fmt::format("link {} to {}: its bandwidth must be above 0 B/s (got {})",
                               plan.regions[wide.a.index], plan.regions[wide.b.index], wide.rate)};
    fleet.rates_.insert(fleet.rates_.end(), 2, wide.rate);
  }
  fleet.plan_ = std::move(plan);
  return fleet;
}

Status Fleet::add_cluster(ClusterPlan& cluster) {
  if (const Status fine = positive(cluster); !fine) return fine;
  const bool one_end = node_is_one_end(cluster.shape.topology);
  cluster.shape.ends = cluster.nodes * (one_end ? 1 : cluster.ports);
  cluster.shape.rails = cluster.ports;
  cluster.shape.sides = sides_of(cluster.shape);
  Result<std::unique_ptr<Fabric>> fabric = make_fabric(cluster.shape);
  if (!fabric) return Error{fmt::format("cluster {}: {}", cluster.name, fabric.error().message)};
  const std::uint32_t devices = cluster.nodes * cluster.devices, ends = (*fabric)->ends();
  const double all = static_cast<double>(rates_.size()) + (*fabric)->links() + 2.0 * devices + 2;
  if (all > std::numeric_limits<std::uint32_t>::max() / 2.0)
    return Error{fmt::format("cluster {}: more than 2 billion links", cluster.name)};
  rates_.insert(rates_.end(), 2 * std::size_t{ends},
                cluster.port_rate * (one_end ? cluster.ports : 1));
  rates_.insert(rates_.end(), (*fabric)->links() - 2 * std::size_t{ends}, cluster.trunk_rate);
  rates_.insert(rates_.end(), 2 * std::size_t{devices}, cluster.device_rate);
  rates_.insert(rates_.end(), 2, cluster.border_rate);
  fabrics_.push_back(*std::move(fabric));
  first_device_.push_back(first_device_.back() + devices);
  first_link_.push_back(static_cast<std::uint32_t>(rates_.size()));
  return Done{};
}

DeviceId Fleet::device(ClusterId cluster, std::uint32_t node, std::uint32_t slot) const {
  return {first_device_[cluster.index] + node * plan_.clusters[cluster.index].devices + slot};
}

Fleet::Place Fleet::place(DeviceId device) const {
  check(device.index < devices(), "a device is one of the fleet's");
  const auto after = std::upper_bound(first_device_.begin(), first_device_.end(), device.index);
  const auto cluster = static_cast<std::uint32_t>(after - first_device_.begin() - 1);
  const std::uint32_t within = device.index - first_device_[cluster];
  const std::uint32_t per_node = plan_.clusters[cluster].devices;
  return {{cluster}, within / per_node, within % per_node};
}

LinkId Fleet::wide_link(WideLinkId link, bool from_a) const {
  return {first_link_.back() + 2 * link.index + (from_a ? 0 : 1)};
}

std::uint32_t Fleet::end_of(const ClusterPlan& cluster, const Place& place) const {
  if (node_is_one_end(cluster.shape.topology)) return place.node;
  return place.node * cluster.ports + place.slot * cluster.ports / cluster.devices;
}

LinkId Fleet::out_of_device(DeviceId device) const {
  const std::uint32_t cluster = place(device).cluster.index;
  return {first_link_[cluster] + fabrics_[cluster]->links() + device.index -
          first_device_[cluster]};
}

std::string Fleet::link_name(LinkId link) const {
  if (link.index >= first_link_.back()) {
    const std::uint32_t number = link.index - first_link_.back();
    const WideLinkPlan& wide = plan_.wide_links[number / 2];
    const std::string &a = plan_.regions[wide.a.index], &b = plan_.regions[wide.b.index];
    return number % 2 == 0 ? a + " > " + b : b + " > " + a;
  }
  const auto after = std::upper_bound(first_link_.begin(), first_link_.end(), link.index);
  const auto c = static_cast<std::uint32_t>(after - first_link_.begin() - 1);
  const ClusterPlan& cluster = plan_.clusters[c];
  const Fabric& fabric = *fabrics_[c];
  std::uint32_t within = link.index - first_link_[c];
  if (within < fabric.links()) {
    const Fabric::Ends ends = fabric.ends_of({within});
    return fmt::format("{}: {} > {}", cluster.name, fabric.vertex_name(ends.from),
                       fabric.vertex_name(ends.to));
  }
  within -= fabric.links();
  const std::uint32_t devices = cluster.nodes * cluster.devices;
  if (within >= 2 * devices) return cluster.name + (within == 2 * devices ? ": out" : ": in");
  const std::uint32_t device = within % devices;
  return fmt::format("{}: node/{}/{} {}", cluster.name, device / cluster.devices,
                     device % cluster.devices, within < devices ? "out" : "in");
}

std::optional<WideLinkId> Fleet::wide_of(LinkId link) const {
  if (link.index < first_link_.back()) return std::nullopt;
  return WideLinkId{(link.index - first_link_.back()) / 2};
}

bool Fleet::route(DeviceId from, DeviceId to, std::uint64_t choice, Route& out,
                  const std::vector<bool>& down) const {
  out.links.clear();
  out.latency = {};
  if (from == to) return true;
  const Place a = place(from), b = place(to);
  if (a.cluster == b.cluster) {
    route_inside(a, b, choice, down, out);
    return all_up(out.links, down);
  }
  const ClusterPlan &source = plan_.clusters[a.cluster.index],
                    &target = plan_.clusters[b.cluster.index];
  out.links.push_back({first_link_[a.cluster.index] + end_of(source, a)});
  if (!cross_borders(a.cluster, b.cluster, down, out)) return false;
  const std::uint32_t target_end = fabrics_[b.cluster.index]->out_to(end_of(target, b)).index;
  out.links.push_back({first_link_[b.cluster.index] + target_end});
  return all_up(out.links, down);
}

bool Fleet::route_striped(ClusterId from, ClusterId to, Route& out,
                          const std::vector<bool>& down) const {
  out.links.clear();
  out.latency = {};
  if (from == to) return true;
  return cross_borders(from, to, down, out) && all_up(out.links, down);
}

bool Fleet::cross_borders(ClusterId from, ClusterId to, const Down& down, Route& out) const {
  const ClusterPlan &source = plan_.clusters[from.index], &target = plan_.clusters[to.index];
  out.links.push_back({first_link_[from.index + 1] - 2});
  // Where every way is cut, the usual one: who waits for it waits for a link that is down.
  const bool led = route_wide(source.region, target.region, down, out) ||
                   route_wide(source.region, target.region, {}, out);
  if (!led) return false;
  out.links.push_back({first_link_[to.index + 1] - 1});
  out.latency[1] = source.fabric_latency + target.fabric_latency;
  return true;
}

void Fleet::route_inside(const Place& from, const Place& to, std::uint64_t choice, const Down& down,
                         Route& out) const {
  const ClusterPlan& cluster = plan_.clusters[from.cluster.index];
  const auto over_node = [&](const Place& a, const Place& b) {
    const std::uint32_t devices = cluster.nodes * cluster.devices;
    out.links.push_back(out_of_device(device(a.cluster, a.node, a.slot)));
    out.links.push_back({out_of_device(device(b.cluster, b.node, b.slot)).index + devices});
    out.latency[0] = out.latency[0] + cluster.node_latency;
  };
  if (from.node == to.node) return over_node(from, to);
  const std::uint32_t a = end_of(cluster, from), b = end_of(cluster, to);
  if (cluster.shape.topology != Topology::rail_optimised || a % cluster.ports == b % cluster.ports)
    return cross_fabric(from, to, choice, down, out);
  // The device in the target's slot lies on the target's rail.
  const Place changed{from.cluster, from.node, to.slot};
  over_node(from, changed);
  cross_fabric(changed, to, choice, down, out);
}

void Fleet::cross_fabric(const Place& from, const Place& to, std::uint64_t choice, const Down& down,
                         Route& out) const {
  constexpr std::uint64_t tries = 16;
  const ClusterPlan& cluster = plan_.clusters[from.cluster.index];
  const Fabric& fabric = *fabrics_[from.cluster.index];
  const std::uint32_t a = end_of(cluster, from), b = end_of(cluster, to);
  const std::uint32_t first = first_link_[from.cluster.index];
  const auto is_down = [&](LinkId link) { return !down.empty() && down[first + link.index]; };
  if (routing_of(cluster.shape) == RoutingPolicy::shortest) choice = 0;
  const std::size_t begin = out.links.size();
  bool up = false;
  for (std::uint64_t i = 0; i < tries && !up; ++i) {
    out.links.resize(begin);
    fabric.route(a, b, choice + i, out.links);
    up = std::none_of(out.links.begin() + static_cast<std::ptrdiff_t>(begin), out.links.end(),
                      is_down);
  }
  if (!up) {
    out.links.resize(begin);
    if (!detour(fabric, a, b, is_down, out.links)) fabric.route(a, b, choice, out.links);
  }
  for (std::size_t i = begin; i < out.links.size(); ++i) out.links[i].index += first;
  const auto trunks = static_cast<std::int64_t>(out.links.size() - begin) - 2;
  out.latency[1] = cluster.fabric_latency + trunks * cluster.hop_latency;
}

// Dijkstra over the regions, of which there are few.
bool Fleet::route_wide(RegionId from, RegionId to, const Down& down, Route& out) const {
  struct Reached {
    Duration latency = longest_duration;
    std::uint32_t by = UINT32_MAX;  // wide link
    bool done = false;
  };
  std::vector<Reached> regions(plan_.regions.size());
  regions[from.index].latency = {};
  for (;;) {
    std::uint32_t next = UINT32_MAX;
    for (std::uint32_t r = 0; r < regions.size(); ++r)
      if (!regions[r].done && regions[r].latency < longest_duration &&
          (next == UINT32_MAX || regions[r].latency < regions[next].latency))
        next = r;
    if (next == UINT32_MAX) return false;
    if (next == to.index) break;
    regions[next].done = true;
    for (std::uint32_t w = 0; w < plan_.wide_links.size(); ++w) {
      const WideLinkPlan& wide = plan_.wide_links[w];
      if (wide.a.index != next && wide.b.index != next) continue;
      if (!down.empty() && down[wide_link({w}, wide.a.index == next).index]) continue;
      Reached& other = regions[wide.a.index == next ? wide.b.index : wide.a.index];
      const Duration there = regions[next].latency + wide.latency;
      if (there < other.latency) other = {there, w, other.done};
    }
  }
  Path back;
  for (std::uint32_t at = to.index; at != from.index;) {
    const WideLinkPlan& wide = plan_.wide_links[regions[at].by];
    const bool from_a = wide.b.index == at;
    back.push_back(wide_link({regions[at].by}, from_a));
    at = from_a ? wide.a.index : wide.b.index;
  }
  out.links.insert(out.links.end(), back.rbegin(), back.rend());
  out.latency[2] = regions[to.index].latency;
  return true;
}

}  // namespace fleetsim
