#include "workloads/serving/role_tally.h"

#include <algorithm>

namespace fleetsim::serving {

void RoleTally::add(const GroupConfig& group, const Tallies& before, const Tallies& after) {
  Done& done = done_[static_cast<std::size_t>(group.scheduler.role)];
  done.devices += group.devices;
  done.busy += seconds_of(after.busy - before.busy) * group.devices;
  const std::int64_t tokens = after.decoded - before.decoded + after.read - before.read;
  done.flops += group.token_flops * static_cast<double>(tokens);
  done.peak += group.peak;
}

double RoleTally::Done::mfu(double elapsed) const {
  return flops / (peak * elapsed);
}

void RoleTally::report(double elapsed, std::vector<Measured>& out) const {
  const bool known = std::all_of(config_.groups.begin(), config_.groups.end(),
                                 [](const GroupConfig& group) { return group.peak > 0; });
  Done all;
  for (const Done& done : done_) {
    all.flops += done.flops;
    all.peak += done.peak;
  }
  if (known) out.push_back({{"serving.mfu", "1"}, all.mfu(elapsed)});
  if (!config_.disaggregated()) return;
  for (const auto& [role, name] :
       {std::pair{Role::prefill, "serving.prefill."}, std::pair{Role::decode, "serving.decode."}}) {
    const Done& done = done_[static_cast<std::size_t>(role)];
    out.push_back({{std::string(name) + "utilization", "1"}, done.busy / (done.devices * elapsed)});
    if (known) out.push_back({{std::string(name) + "mfu", "1"}, done.mfu(elapsed)});
  }
}

}  // namespace fleetsim::serving
