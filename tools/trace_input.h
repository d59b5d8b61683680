#pragma once
#include <string>

#include "tools/trace_command.h"
#include "traces/requests/open_requests.h"

namespace fleetsim {

// How the words of the command line say that files are to be read.
Result<requests::ImportOptions> import_options(const TraceOptions& options);

// Tells what an import has noticed, once its rows have ended: notes, what was left out, and the
// first bad rows with their lines.
void tell(const std::string& path, const requests::ImportReport& report);

}  // namespace fleetsim
