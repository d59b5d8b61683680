#pragma once
#include <memory>
#include <vector>

#include "traces/requests/request_row.h"
#include "workloads/serving/request_trace.h"

namespace fleetsim::requests {

// Traces made of traces, row by row.

using Rows = std::unique_ptr<RowSource>;

// Only arrivals in [from, to), which then count from `from`.
Rows slice(Rows rows, Duration from, Duration to);

// Time passes `factor` times as fast: the rate rises by it, and burstiness per request stays.
Rows speed_up(Rows rows, double factor);

// Each request stays with that probability, by chance; what is bursty becomes less so.
Rows thin(Rows rows, double share, std::uint64_t seed);

// All at once. Sessions and hashes of different sources stay different: the same number in two
// of them means nothing. Those that have hashes must agree on the tokens of a block.
Result<Rows> superpose(std::vector<Rows> sources);

// The rows of a trace in memory, in the order of arrivals from `start` on and then from its
// beginning: one of several copies that shall not move in step. It goes round after the last
// arrival and a mean gap. REQUIRES: the trace is not empty, start is at most its last arrival.
Rows rotated(std::shared_ptr<const serving::RequestTrace> trace, Duration start);

}  // namespace fleetsim::requests
