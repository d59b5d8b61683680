#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analytic/exact/slow_nodes.h"
#include "sim/ids.h"
#include "sim/law.h"
#include "sim/stream.h"
#include "sim/units.h"
#include "topology/spot.h"

namespace fleetsim {

using NodeId = Id<struct NodeTable>;  // a node of one cluster, spares included

// What a part that does not break its node does to it: all goes so many times slower, until a check
// finds the node and takes it out, or it is lost for another reason.
struct Slowness {
  double factor = 2;                 // > 1
  std::optional<Law> found_after{};  // s; none: never
};

// Parts of one class, all alike. Those on nodes break the node they are on; shared ones, such as
// switches or software, hit everybody on the cluster.
struct ComponentPlan {
  std::string name;
  std::uint32_t per_node = 0;
  std::uint32_t shared = 0;
  Law life;                        // of one part, in seconds of use
  bool replaced = true;            // by a new one; else mended where it is, as old as before
  Duration age{};                  // of each at first
  std::optional<Slowness> slow{};  // in place of broken: of parts on nodes that are replaced
  // It goes on, as old as before, and what is computed with it is wrong: nobody knows.
  bool corrupts = false;
  std::optional<double> severity{};     // of its failures, from 0 to 1; none: it is drawn
  std::optional<Duration> detection{};  // in place of that of the plan
};

// What strikes whole domains of nodes, such as racks or power feeds: each domain of `nodes` nodes
// in the order of their numbers, once in `mean` on average and without memory; and then each node
// of it with the probability `hits` (Marshall and Olkin 1967). Nodes that are not in use are
// spared.
struct Shock {
  std::string name;
  std::uint32_t nodes = 0;  // of a domain; 0: the whole cluster is one
  Duration mean{};
  double hits = 1;
  bool replaced = true;              // the nodes go to repair, where there is one
  std::optional<double> severity{};  // as that of a part
};

// Nodes that fail `factor` times as often as others; which ones is drawn.
struct Lemons {
  std::uint32_t count = 0, of = 1;  // nodes of the cluster
  double factor = 1;
  double mean_weight() const { return 1 + (factor - 1) * count / of; }
};

// A fault that is known beforehand. Faults of a node that overlap keep it until the last is over.
struct Fault {
  Duration at{};
  NodeId node{};                     // or of all nodes, where it names nothing
  std::optional<Duration> outage{};  // none: as if a part had to be replaced
};

// A cluster that is switched off each `every` for `takes`: nothing breaks or ages meanwhile, but
// repairs and checks go on.
struct Maintenance {
  std::string name;
  Duration first{}, every{}, takes{};  // takes < every
  bool announced = true;               // beforehand
};

// What breaks in a cluster, and what follows.
struct FailurePlan {
  std::vector<ComponentPlan> components{};
  Duration detection{};         // from a failure until somebody knows
  std::optional<Law> repair{};  // of a node that lost a part, in seconds; none: mended on the spot
  std::uint32_t crews = 0;      // that repair a node each; 0: as many as are needed
  Duration swap{};              // for a node to take the place of another
  std::vector<Shock> shocks{};
  std::vector<Fault> script{};  // in the order of time
  Lemons lemons{};
  double spare_wear = 0;  // how often spares fail, against nodes in use: 0 cold, 1 hot
  std::optional<std::uint32_t> stock{};  // parts on the shelf for repairs; none: endless
  std::optional<Law> lead_time{};        // s, from order to arrival, where there is a stock
  Duration burn_in{};                    // of a mended node, before it is back
  std::vector<Maintenance> maintenance{};
  std::optional<Spot> spot{};  // none: the nodes are there to stay
};

// Causes of failures, by number: components, shocks, then a script. Whether nodes go to repair; who
// is hit is interrupted, or else corrupted; when somebody knows; how severe it is, unless drawn.
std::vector<std::string> causes(const FailurePlan& plan);
bool replaces(const FailurePlan& plan, std::uint32_t cause);
bool interrupts(const FailurePlan& plan, std::uint32_t cause);
bool any_interrupts(const FailurePlan& plan);
Duration detection_of(const FailurePlan& plan, std::uint32_t cause);
std::optional<double> severity_of(const FailurePlan& plan, std::uint32_t cause);

// Parts whose hazard does not change with their age.
bool memoryless(const ComponentPlan& component);
bool memoryless(const FailurePlan& plan);

bool slows(const FailurePlan& plan);  // some parts make their node slow

// What slow parts of one class make of a node in the long run; each of its lives begins whole, and
// ends when it is found slow or lost for another reason. REQUIRES: one of these happens some day.
analytic::SlowNode slow_share(const FailurePlan& plan, const ComponentPlan& component,
                              double weight = 1);
double found_rate(const FailurePlan& plan, const ComponentPlan& component, std::uint32_t nodes);
bool leaves_slow(const FailurePlan& plan, const ComponentPlan& component);  // that is so

// Which of so many nodes are lemons; empty if none.
std::vector<bool> lemons_among(const FailurePlan& plan, std::uint32_t nodes, const Chance& chance,
                               std::uint32_t cluster);

// Parts of a class that hit somebody who uses so many nodes of the cluster.
std::uint64_t exposure(const ComponentPlan& component, std::uint32_t nodes);

// Times a second that a shock hits somebody on the first so many nodes.
double shock_rate(const Shock& shock, std::uint32_t nodes);

// Failures a second that hit somebody on so many nodes, in the long run: by a cause, count / mean;
// of all that interrupt, and of all that corrupt. What is scripted does not count.
double rate_of(const FailurePlan& plan, std::uint32_t cause, std::uint32_t nodes);
double failure_rate(const FailurePlan& plan, std::uint32_t nodes);
double corruption_rate(const FailurePlan& plan, std::uint32_t nodes);

// Whom a failure hits: the number of a user of the cluster, or everybody.
using Holder = std::uint32_t;
inline constexpr Holder everybody = UINT32_MAX;

struct Failure {
  Instant when{};
  std::uint32_t cause = 0;
  Holder holder = everybody;
  NodeId node{};          // the first; names nothing for shared parts, and where no node differs
  std::uint32_t hit = 1;  // nodes of the holder
  bool found = false;     // by a check, so that it is known at once
};

inline constexpr Instant end_of_time{INT64_MAX};

// `t` and so many seconds more, but at most `end_of_time`. REQUIRES: both are not negative.
Instant later_by(Instant t, double s);

}  // namespace fleetsim
