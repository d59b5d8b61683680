#pragma once
#include "sim/results.h"
#include "workloads/queueing/simulate.h"

namespace fleetsim::queueing {

// The customers that a replication kept, as the columns of /requests: arrival, sojourn and wait in
// seconds, and the number of the source.
Table visit_table(const Replication& replication);

}  // namespace fleetsim::queueing
