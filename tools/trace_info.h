#pragma once
#include <string>

#include "sim/result.h"
#include "tools/trace_command.h"
#include "traces/requests/request_statistics.h"

namespace fleetsim {

// The text of `trace info`: one table a file, or JSON with every digit.
Result<std::string> trace_info(const TraceOptions& options);

}  // namespace fleetsim
