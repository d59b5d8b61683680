#pragma once
#include "sim/result.h"
#include "traces/node.h"
#include "traces/provenance.h"
#include "workloads/queueing/config.h"

namespace fleetsim {

// The message Queueing as the simulator takes it. REQUIRES: its fields have been checked one by
// one. What they say together is checked here: names, wiring, probabilities, that something always
// takes time, and which features of a station go together:
//
//   room      at least as many places as servers (under PS: one) and as a full batch
//   bulk      with FCFS only
//   patience  where nobody is interrupted: FCFS, LCFS and PRIORITY; not with bulk
//   retrial   with room only
Result<queueing::QueueingConfig> queueing_of(const Node& message, const Provenance& provenance);

}  // namespace fleetsim
