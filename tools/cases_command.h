#pragma once
#include <string>

#include "tools/commands.h"
#include "traces/zoo.h"

namespace fleetsim {

// solve --cases FILE: holds the solvers against published answers. Exit 1 when one of them that is
// neither of an older generation nor a measurement fails.
int cases_command(const std::string& path, const Zoo& zoo, Format format);

}  // namespace fleetsim
