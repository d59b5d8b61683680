#pragma once
#include <vector>

#include "workloads/model.h"
#include "workloads/serving/config.h"

namespace fleetsim::serving {

// How near a fleet is to the edge: p99 of the time to the first token if it had 5 % less, or 5 %
// more, capacity, which is to say that all passes took 1/0.95 or 1/1.05 of their time. The requests
// are the same and come at the same times, so the differences are of the capacity alone. Costs
// three replications. Nothing where no request was answered.
std::vector<Finding> sensitivity(const ServingConfig& config, const Chance& chance,
                                 const Plan& plan);

}  // namespace fleetsim::serving
