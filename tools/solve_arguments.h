#pragma once
#include <string>
#include <vector>

#include "analytic/value.h"
#include "sim/result.h"

namespace fleetsim {

// The free arguments of `solve`: --seq_len 2048, --seq-len=2048, --is_training (true), one named
// several times (a list), "a,b" (a list), and JSON where a value begins with { or [.
Result<analytic::Fields> parse_arguments(const std::vector<std::string>& words);

// One value of those.
Result<analytic::Value> parse_value(const std::string& text);

}  // namespace fleetsim
