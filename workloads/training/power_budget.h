#pragma once
#include <vector>

#include "workloads/training/config.h"

namespace fleetsim::training {

// A site whose jobs would draw more than its power budget. All devices of its clusters with jobs
// are then capped alike, at what just keeps it with every job at its busiest:
//
//   sum over jobs of nodes * draw(cap) + nodes of others at full use + idle nodes
//       + switches and cables = budget,
//
// a node's draw with what stands beside its devices and what its supplies lose. A cap must leave
// something above what devices draw idle, so there is a least budget too.
struct OverBudget {
  RegionId region;
  double budget = 0, wanted = 0, least = 0;  // W of IT; no cap keeps a budget up to the least
  double cap = 0;                            // W of a device; where least < budget
};

// Sites that keep their budget, or have none, are not among them.
std::vector<OverBudget> over_budget(const TrainingConfig& config, const Sites& sites);

}  // namespace fleetsim::training
