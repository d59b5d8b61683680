#pragma once
#include "workloads/model.h"
#include "workloads/training/config.h"

namespace fleetsim::training {

// What theory says of the nodes of a fleet, whoever trains on them: f.repair, f.spares, f.kofn,
// f.stock and f.slow of one cluster that fails, f.correlated of its shocks.
void tell_of_nodes(const TrainingConfig& config, Twin& twin);

}  // namespace fleetsim::training
