#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "topology/failures.h"
#include "topology/fleet.h"

namespace fleetsim::serving {

// New software: some replicas at a time take no more requests, end those they have or hand them
// back after a grace, stand still and start again; then the next.
struct Upgrade {
  Duration at{}, takes{}, grace{};
  std::uint32_t at_once = 1;
};

// What keeps replicas from serving, and what brings them back.
struct UpkeepConfig {
  std::shared_ptr<const Fleet> fleet{};
  std::vector<FailurePlan> failures{};  // by cluster; empty: nothing breaks
  Duration startup{};                   // of a replica: its weights are loaded
  bool warm_spares = false;             // nodes that take another's place have them loaded
  bool resend = false;  // the gateway sends what a failure has struck to another replica, which
                        // reads prompt and answer so far; else clients must ask again
  std::optional<Upgrade> upgrade{};
};

// How many replicas of a group are on: each `every` as many as give each at most `target` requests,
// counting those at the gateway; fewer only if that has been so for `calm`. To none, where `least`
// is 0, when there has been nothing to do for `idle`; the next request starts one.
struct AutoscaleConfig {
  std::uint32_t least = 1;
  double target = 1;
  Duration every{}, calm{}, idle{};
};

}  // namespace fleetsim::serving
