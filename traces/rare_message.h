#pragma once
#include "traces/node.h"
#include "traces/provenance.h"
#include "workloads/rare/rare_model.h"

namespace fleetsim {

// The message Rare of the failures of a fleet, which must be such that splitting applies: one
// cluster, whose nodes fail at random times and are repaired.
Result<rare::ExhaustionConfig> rare_of(const Node& failures, const training::TrainingConfig& fleet,
                                       const Provenance& provenance);

}  // namespace fleetsim
