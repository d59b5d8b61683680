#include "workloads/serving/placement.h"

namespace fleetsim::serving {

Placer::Placer(const FleetPlan& plan, const std::vector<std::uint32_t>& others)
    : plan_(plan),
      taken_(plan.clusters.size(), 0) {
  for (std::size_t c = 0; c < others.size(); ++c)
    taken_[c] = std::uint64_t{others[c]} * plan.clusters[c].devices;
}

Stand Placer::take(ClusterId cluster, std::uint32_t devices) {
  const std::uint32_t of_node = plan_.clusters[cluster.index].devices;
  std::uint64_t& taken = taken_[cluster.index];
  if (taken % of_node + devices > of_node) taken = (taken + of_node - 1) / of_node * of_node;
  const Stand out{.cluster = cluster,
                  .node = static_cast<std::uint32_t>(taken / of_node),
                  .slot = static_cast<std::uint32_t>(taken % of_node),
                  .nodes = (devices + of_node - 1) / of_node};
  taken += devices;
  return out;
}

std::vector<Stand> stands_of(const std::vector<GroupConfig>& groups, Placer placer) {
  std::vector<Stand> out;
  for (const GroupConfig& group : groups)
    for (std::uint32_t i = 0; i < group.replicas; ++i)
      out.push_back(placer.take(group.cluster, group.devices));
  return out;
}

}  // namespace fleetsim::serving
