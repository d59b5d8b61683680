#pragma once
#include <CLI/CLI.hpp>

#include "tools/trace_command.h"

namespace fleetsim {

// The words of `fleetsim trace ACTION ...` on the command line.
void add_trace(CLI::App& app, TraceOptions& options);

}  // namespace fleetsim
