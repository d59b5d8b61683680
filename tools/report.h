#pragma once
#include <string>

#include "sim/result.h"

namespace fleetsim {

// Everything that the program says beside its results goes to standard error, through here.
void warn(const std::string& message);

// The message, and the exit status that goes with its kind.
int fail(const Error& error);

// To standard output; `status`, unless the text could not be written in full.
int write_out(const std::string& text, int status);

}  // namespace fleetsim
