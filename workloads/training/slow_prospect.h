#pragma once
#include <string>

#include "workloads/training/config.h"

namespace fleetsim::training {

// What slow nodes do to a cluster and to a job on it, by f.slow (analytic/exact/slow_nodes.h).
struct SlowProspect {
  double mean_slow = 0;     // nodes of the cluster
  double slowed = 0;        // share of time, of the job
  double pace = 1;          // its mean pace
  std::string broken{};     // the assumption that does not hold; empty: all above is exact
  bool takes_time = false;  // so that goodput is more than the pace
};

// REQUIRES: some parts make nodes slow.
SlowProspect slow_prospect_of(const TrainingConfig& config, ClusterId cluster,
                              const JobConfig* job);

}  // namespace fleetsim::training
