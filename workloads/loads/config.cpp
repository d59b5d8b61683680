#include "workloads/loads/config.h"

#include <algorithm>

namespace fleetsim::loads {
namespace {

bool constant(const Law& law) {
  return std::holds_alternative<ConstantLaw>(law.kind());
}

}  // namespace

Draw Place::draw(double share) const {
  NodePower capped = node;
  if (share < 1) capped.cap = std::min(share * node.peak, node.cap.value_or(node.peak));
  return {.watts = nodes * capped.node(Activity::compute, use).total(),
          .slowdown = capped.time_factor(Activity::compute, use) /
                      node.time_factor(Activity::compute, use)};
}

std::optional<double> Place::share_within(double watts) const {
  const double device = (watts / nodes * node.efficiency - node.overhead) / node.devices;
  if (device <= node.device(Activity::idle, 0)) return std::nullopt;
  return std::min(1.0, device / node.peak);
}

bool LoadConfig::certain() const {
  return constant(needs) && (!gap || constant(*gap));
}

}  // namespace fleetsim::loads
