#include "workloads/network/faults.h"

#include <algorithm>

namespace fleetsim::network {

Faults::Faults(Engine& engine, FluidNetwork& network, const std::vector<FaultConfig>& faults,
               const Chance& chance)
    : engine_(engine),
      network_(network) {
  for (const FaultConfig& fault : faults)
    for (const LinkGroup& links : fault.groups) {
      const auto number = static_cast<std::uint32_t>(groups_.size());
      groups_.push_back(
          {.fault = &fault, .links = &links, .stream = chance.stream("network.fault", number)});
    }
  for (std::uint32_t g = 0; g < groups_.size(); ++g) plan_failure(g);
}

void Faults::plan_failure(std::uint32_t index) {
  Group& group = groups_[index];
  const FaultConfig& fault = *group.fault;
  const Event failure = on<&Faults::flip>(*this, index);
  if (fault.time_to_failure)
    engine_.after(from_seconds(fault.time_to_failure->draw(group.stream)), failure);
  else if (group.next < fault.at.size())
    engine_.at(Instant{} + fault.at[group.next++], failure);
}

void Faults::flip(std::uint64_t index) {
  Group& group = groups_[index];
  group.failing = !group.failing;
  failing_.set(engine_.now(), failing_.level() + (group.failing ? 1 : -1));
  change(group);
  if (!group.failing) return plan_failure(static_cast<std::uint32_t>(index));
  ++begun_;
  const FaultConfig& fault = *group.fault;
  const Duration lasting =
      fault.time_to_repair ? from_seconds(fault.time_to_repair->draw(group.stream)) : fault.lasting;
  engine_.after(lasting, on<&Faults::flip>(*this, index));
}

void Faults::change(Group& group) {
  for (const LinkId link : *group.links) {
    std::vector<const FaultConfig*>& active = at_work_[link.index];
    if (group.failing)
      active.push_back(group.fault);
    else
      active.erase(std::find(active.begin(), active.end(), group.fault));
    double share = 1;
    Duration added{};
    for (const FaultConfig* fault : active) {
      share = std::min(share, fault->left);
      added = added + fault->added;
    }
    network_.degrade(link, share, added);
  }
}

double Faults::share_well() const {
  return 1 - failing_.mean(engine_.now()) / static_cast<double>(groups_.size());
}

}  // namespace fleetsim::network
