#include "workloads/network/groundwork.h"

namespace fleetsim::network {
namespace {

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

}  // namespace

Groundwork::Groundwork(const NetworkConfig& config) : trunks(trunks_of(*config.fleet)) {
  const Fleet& fleet = *config.fleet;
  for (const CollectiveConfig& collective : config.collectives)
    schedules.push_back({phases_of(collective, fleet), ranks_of(collective, fleet)});
  if (config.pings > 0) pinged = region_pairs(fleet);
}

}  // namespace fleetsim::network
