#pragma once
#include "workloads/model.h"
#include "workloads/training/config.h"

namespace fleetsim::training {

// What theory says of several jobs together, from what it has said of each. With d devices, the
// time E that a job is watched on average, and its own prediction x,
//
//   shares of time, intervals   sum d E x / sum d E       mtbf   sum d E / sum (d E / x)
//   time to train               sum d E g x / sum d E g   counts, rates, GPU-hours   sum x
//   ettr                        sum d E a x / sum d E a
//
// g being its goodput and a the share of time in which it is not queued: the ratios of means that
// the pooled metrics tend to. Where jobs go on, E is known up to the write that ends what is
// watched.
void tell_of_all(const TrainingConfig& config, Twin& twin);

}  // namespace fleetsim::training
