#pragma once
#include "workloads/model.h"
#include "workloads/queueing/config.h"

namespace fleetsim::queueing {

// What theory says about a system: for each metric of its run, in their order, the closed form that
// predicts it, or a note that says which assumption is broken; and the formulas that people would
// use though they don't hold exactly.
Twin twin_of(const QueueingConfig& config);

}  // namespace fleetsim::queueing
