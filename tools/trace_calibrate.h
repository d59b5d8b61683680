#pragma once
#include <string>

#include "sim/result.h"
#include "tools/trace_command.h"

namespace fleetsim {

// Fits the calibration of a scenario's service to what an engine was measured to do with half of
// the requests, and tells how well it predicts the other half.
Result<std::string> trace_calibrate(const TraceOptions& options);

}  // namespace fleetsim
