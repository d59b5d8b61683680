#pragma once
#include <string>

#include "sim/law.h"
#include "sim/result.h"
#include "traces/node.h"
#include "traces/provenance.h"

namespace fleetsim {

// The law that a message Distribution describes, of values in `unit`. REQUIRES: its fields have
// been checked one by one; what only their combination breaks is an error here.
Result<Law> law_of(const Node& distribution, const std::string& unit, const Provenance& provenance);

}  // namespace fleetsim
