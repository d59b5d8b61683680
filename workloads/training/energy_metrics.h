#pragma once
#include <vector>

#include "workloads/model.h"
#include "workloads/training/energy.h"

namespace fleetsim::training {

// Energy, power, carbon, water and cost as metrics, over all jobs and nodes of the clusters that
// jobs run on. Sums are those of as many windows; ratios pool. Embodied carbon and what is bought
// are written off over the same time as energy is counted in.
//
//   energy.it                of the jobs' nodes: accelerators, overhead, conversion; of nodes that
//                            stand by; of the network. It is the sum of these five
//   energy.wasted_share      of nodes' energy, what went into no work that was saved
//   power.ramp               largest change of a site's IT power at one instant
//   carbon.per_weight        operational carbon of all of a training, by the parameters trained
//   cost.per_useful_hour     of a device; and per_million_tokens, of saved work
//   cost.spot, spot.held     of rented nodes: price times the time in which they are held, and its
//                            share of all time
//   cost.storage             of checkpoints: room for all that are kept, all the time
//
// None without sites or jobs; per_weight where it is known how much each job trains which model.
std::vector<Measured> energy_metrics(const TrainingConfig& config, const EnergyWindow& window,
                                     std::uint32_t windows);

bool counts_energy(const TrainingConfig& config);
bool pays_rent(const TrainingConfig& config);     // some job is on rented nodes
bool pays_storage(const TrainingConfig& config);  // some job does, for what it saves

}  // namespace fleetsim::training
