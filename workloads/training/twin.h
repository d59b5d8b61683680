#pragma once
#include "workloads/model.h"
#include "workloads/training/config.h"

namespace fleetsim::training {

// What theory says of jobs on nodes that fail (theory groups B and C).
Twin twin_of(const TrainingConfig& config);

}  // namespace fleetsim::training
