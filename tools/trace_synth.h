#pragma once
#include <string>

#include "sim/result.h"
#include "tools/trace_command.h"

namespace fleetsim {

// `trace synth`: the requests of a recipe, or of one of the twins that the program knows.
Result<std::string> trace_synth(const TraceOptions& options);

// `trace fit`: a recipe for traces like a given one, and how like they are.
Result<std::string> trace_fit(const TraceOptions& options);

}  // namespace fleetsim
