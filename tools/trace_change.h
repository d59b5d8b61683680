#pragma once
#include <string>

#include "sim/result.h"
#include "tools/trace_command.h"
#include "traces/requests/change_requests.h"

namespace fleetsim {

// `trace convert`, `slice` and `scale`: traces in, one trace out, and a line that tells of it.
Result<std::string> trace_change(const TraceOptions& options);

// Writes them to --output; the answer is the line to print.
Result<std::string> write_trace(const TraceOptions& options, requests::RowSource& rows);

}  // namespace fleetsim
