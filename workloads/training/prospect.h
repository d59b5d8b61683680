#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analytic/exact/checkpoint_levels.h"
#include "workloads/training/config.h"
#include "workloads/training/verified.h"

namespace fleetsim::training {

// What c.exact (analytic/exact/checkpoint.h) says of a job, or c.async, c.multi or f.sdc: the mean
// time from its begin to its end by what it goes into, or of one interval where it has no end
// within the run. All in seconds.
struct Prospect {
  double rate = 0;  // failures a second, 1/M
  double useful = 0, lost = 0, writing = 0, restart = 0, detection = 0;
  double first_order = 0;                          // Young's goodput: 1 - delta/tau - (tau/2 + R)/M
  bool finishes = false;                           // within the run, as good as surely
  bool in_parts = true;                            // else all but useful time is under lost
  double variance = 0;                             // s^2, of the whole of a job that finishes
  double waiting = 0;                              // share of all time, in a queue for nodes
  double begin = 0;                                // of a run, that is not as the rest of it
  std::optional<analytic::TwoLevelPlan> levels{};  // where there are two
  std::optional<VerifiedCost> verified{};          // where silent corruption is looked for
  const char* formula = "c.exact";
  std::string broken{};  // the assumption that does not hold; empty: it is exact

  double wall() const { return useful + lost + writing + restart + detection; }
  // Of the time with all its nodes; and of all time.
  double ettr() const { return useful / wall(); }
  double goodput() const { return ettr() * (1 - waiting); }
};
Prospect prospect_of(const TrainingConfig& config, const JobConfig& job);

// How often a job is interrupted, in the long run: by each failure that hits it; where nodes have
// twins, by c.replica, and by all that its nodes share.
double interruption_rate(const TrainingConfig& config, const JobConfig& job);

// The share of its throughput that an elastic job keeps, failures themselves taking no time: that
// of the nodes' chain, c.elastic. REQUIRES: it is elastic.
struct Throughput {
  double share = 1;
  std::string broken{};
};
Throughput elastic_throughput(const TrainingConfig& config, const JobConfig& job);

inline constexpr double rarely = 1e-6;  // a share of time that no run can see

// The nodes of a cluster as f.spares sees them, for parts that take their node to repair.
// REQUIRES: the plan has a repair, and such parts.
struct Standby {
  double short_share = 0;  // of time in which places are empty
  double mean_active = 0, mean_failed = 0;
  double waiting = 0;              // for parts, where there is a stock (f.stock)
  double node_rate = 0;            // failures a second of one node
  std::vector<double> capacity{};  // [m]: share of time with m places filled
  std::string broken{};
};
Standby standby_of(const TrainingConfig& config, ClusterId cluster);

}  // namespace fleetsim::training
