#include "workloads/network/pattern.h"

#include <algorithm>
#include <numeric>

namespace fleetsim::network {
namespace {

std::vector<std::uint32_t> permutation(std::uint32_t n, Stream& stream) {
  std::vector<std::uint32_t> to(n);
  std::iota(to.begin(), to.end(), 0u);
  for (std::uint32_t i = n; i > 1; --i) {
    const double u = stream.uniform();
    std::swap(to[i - 1], to[static_cast<std::uint32_t>(u * i)]);
  }
  return to;
}

std::uint32_t devices_of(const Fleet& fleet, ClusterId cluster) {
  const ClusterPlan& plan = fleet.plan().clusters[cluster.index];
  return plan.nodes * plan.devices;
}

// How many each device sends to, itself counted where it may be one of them.
double targets_of(const Spread& spread, std::uint32_t devices) {
  switch (spread.kind) {
    case Spread::Kind::permutation:
      return 1;
    case Spread::Kind::random:
      return spread.fanout;
    case Spread::Kind::all_to_all:
      break;
  }
  return devices - 1.0;
}

}  // namespace

void each_pair(const Spread& spread, const Fleet& fleet, const Chance& chance,
               const std::function<void(DeviceId, DeviceId)>& tell) {
  const std::uint32_t n = devices_of(fleet, spread.cluster);
  const std::uint32_t first = fleet.device(spread.cluster, 0, 0).index;
  Stream stream = chance.stream("network.pattern", spread.cluster.index);
  const auto add = [&](std::uint32_t from, std::uint32_t to) {
    if (from != to) tell({first + from}, {first + to});
  };
  switch (spread.kind) {
    case Spread::Kind::permutation: {
      const std::vector<std::uint32_t> to = permutation(n, stream);
      for (std::uint32_t from = 0; from < n; ++from) add(from, to[from]);
      break;
    }
    case Spread::Kind::random:
      for (std::uint32_t from = 0; from < n; ++from)
        for (std::uint32_t i = 0; i < spread.fanout; ++i)
          add(from, static_cast<std::uint32_t>(stream.uniform() * n));
      break;
    case Spread::Kind::all_to_all:
      for (std::uint32_t from = 0; from < n; ++from)
        for (std::uint32_t to = 0; to < n; ++to) add(from, to);
      break;
  }
}

std::vector<Transfer> transfers_of(const PatternConfig& pattern, const Fleet& fleet,
                                   const Chance& chance) {
  std::vector<Transfer> out;
  // The label makes another draw of ways in every replication.
  each_pair(pattern.spread, fleet, chance, [&](DeviceId from, DeviceId to) {
    out.push_back({.from = from, .to = to, .bytes = pattern.bytes, .label = chance.replication});
  });
  return out;
}

LinkLoads link_loads(const LoadConfig& load, const Fleet& fleet, const Chance& chance) {
  const ClusterId cluster = load.spread.cluster;
  const ClusterPlan& plan = fleet.plan().clusters[cluster.index];
  const Fabric& fabric = fleet.fabric(cluster);
  const std::uint32_t trunks = fleet.first_link(cluster).index + 2 * fabric.ends();
  const std::uint32_t end = fleet.first_link(cluster).index + fabric.links();
  const std::uint32_t middle = fleet.device(cluster, 0, 0).index + devices_of(fleet, cluster) / 2;
  std::vector<std::uint32_t> routes(fleet.links(), 0);  // over each link
  std::uint64_t crossing = 0, hops = 0, ways = 0;
  LinkLoads out;
  Route route;
  each_pair(load.spread, fleet, chance, [&](DeviceId from, DeviceId to) {
    const Transfer transfer{.from = from, .to = to, .label = chance.replication};
    check(fleet.route(from, to, route_hash(transfer), route), "a transfer has a way");
    std::uint64_t inside = 0;
    for (const LinkId link : route.links) {
      ++routes[link.index];
      if (link.index >= trunks && link.index < end) ++inside;
    }
    hops += inside;
    ++ways;
    out.most_hops = std::max(out.most_hops, static_cast<double>(inside));
    if ((from.index < middle) != (to.index < middle)) ++crossing;
  });
  const double each = load.rate / targets_of(load.spread, devices_of(fleet, cluster));
  for (std::uint32_t l = trunks; l < end; ++l) {
    const double share = routes[l] * each / plan.trunk_rate;
    out.mean += share / (end - trunks);
    if (share <= out.max) continue;
    out.max = share;
    out.hottest = {l};
  }
  const double cut = fabric.parts().bisection * plan.trunk_rate;
  out.across = static_cast<double>(crossing) / 2 * each / cut;
  out.mean_hops = static_cast<double>(hops) / static_cast<double>(ways);
  return out;
}

}  // namespace fleetsim::network
