#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/ids.h"
#include "sim/law.h"
#include "sim/units.h"

namespace fleetsim {

using NodeId = Id<struct NodeTable>;  // a node of one cluster, spares included

// Parts of one class, all alike. Those on nodes break the node they are on; shared ones, such as
// switches or software, hit everybody on the cluster.
struct ComponentPlan {
  std::string name;
  std::uint32_t per_node = 0;
  std::uint32_t shared = 0;
  Law life;              // of one part, in seconds of use
  bool replaced = true;  // by a new one; else mended where it is, as old as before
};

// What breaks in a cluster, and what follows.
struct FailurePlan {
  std::vector<ComponentPlan> components{};
  Duration detection{};         // from a failure until somebody knows
  std::optional<Law> repair{};  // of a node that lost a part, in seconds; none: mended on the spot
  std::uint32_t crews = 0;      // that repair a node each; 0: as many as are needed
  Duration swap{};              // for a node to take the place of another
};

// Parts whose hazard does not change with their age.
bool memoryless(const ComponentPlan& component);
bool memoryless(const FailurePlan& plan);

// Parts of a class that hit somebody who uses so many nodes of the cluster.
std::uint64_t exposure(const ComponentPlan& component, std::uint32_t nodes);

// Failures a second that hit somebody on so many nodes, in the long run: the sum of count / mean.
double failure_rate(const FailurePlan& plan, std::uint32_t nodes);

// Whom a failure hits: the number of a user of the cluster, or everybody.
using Holder = std::uint32_t;
inline constexpr Holder everybody = UINT32_MAX;

struct Failure {
  Instant when{};
  std::uint32_t component = 0;
  Holder holder = everybody;
  NodeId node{};  // names nothing for shared parts, and where no node differs from another
};

inline constexpr Instant end_of_time{INT64_MAX};

// `t` and so many seconds more, but at most `end_of_time`. REQUIRES: both are not negative.
Instant later_by(Instant t, double s);

}  // namespace fleetsim
