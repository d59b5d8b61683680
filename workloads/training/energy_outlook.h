#pragma once
#include <string>
#include <vector>

#include "workloads/training/energy.h"

namespace fleetsim::training {

// What theory says of the energy of jobs in the time that is watched: of each job the times that
// its prospect has for its phases, times what its nodes draw in them; and f.spares for nodes that
// stand by. On a site whose figures never change, all else is proportional to it (e.carbon, e.tco);
// by the work done it is e.cw.
struct EnergyOutlook {
  double time = 0;                             // s
  std::array<double, phases> phase{};          // J of IT of the jobs
  double overhead = 0, conversion = 0;         // J of that
  double standby = 0, network = 0;             // J of IT
  std::vector<double> it{};                    // J by region, of all
  std::vector<double> at_work{};               // J by region, were all nodes of the jobs at work
  double useful = 0, tokens = 0, weights = 0;  // as in EnergyWindow
  double overrun = 0;     // share of the time by which it may be longer: up to a write
  double unseen = 0;      // J of writes that failures break, where hardly a job sees one
  std::string formula{};  // of the times
  std::string broken{};   // the assumption that does not hold; empty: it is exact
};

// REQUIRES: config.energy and jobs.
EnergyOutlook energy_outlook(const TrainingConfig& config);

}  // namespace fleetsim::training
