#pragma once
#include "workloads/model.h"
#include "workloads/training/config.h"

namespace fleetsim::training {

// What theory says of energy, carbon, water and cost, and what people would say in its place: the
// mean of a grid that changes by the hour, the book's solvers, which have all devices at work all
// the time, and what the best interval for energy would give (e.cw).
void tell_of_energy(const TrainingConfig& config, Twin& twin);

}  // namespace fleetsim::training
