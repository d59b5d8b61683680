#pragma once
#include "traces/node.h"
#include "traces/provenance.h"
#include "workloads/queueing/config.h"

namespace fleetsim {

// A message Mmpp; an error where nobody ever comes.
Result<queueing::Mmpp> mmpp_of(const Node& message, const Provenance& provenance);

}  // namespace fleetsim
