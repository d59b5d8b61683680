#pragma once
#include "workloads/model.h"
#include "workloads/serving/config.h"

namespace fleetsim::serving {

// What queueing theory says of the fleet where it holds: with a batch of one and services that are
// exponential, one replica is M/M/1 and a central line before c of them M/M/c; with a patience that
// is exponential too, M/M/c+M; with users in a closed loop, the machine repairman. Users who ask
// for the same lengths and never think go in step. And what drafted tokens come to, whatever else
// is there. And what a request takes where none meets another (twin_alone.h).
Twin twin_of(const ServingConfig& config);

}  // namespace fleetsim::serving
