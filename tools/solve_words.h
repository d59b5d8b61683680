#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analytic/search.h"
#include "sim/result.h"

namespace fleetsim {

// The words behind `solve compare`, `solve search` and `solve evaluate`: some options are the
// verb's own, the others are arguments of the solver.

// Takes "--name VALUE" and "--name=VALUE" out of the words, however often; a name without a value
// is an error.
Result<std::vector<std::string>> take_option(std::vector<std::string>& words,
                                             std::string_view name);

// Takes the words in front that are no options.
std::vector<std::string> take_names(std::vector<std::string>& words);

// "batch_size=1,8,32", "nodes=8:64" (doubling from 8 to 64), "batch_size=1:9:2" (in steps of 2).
Result<analytic::Axis> parse_axis(const std::string& text);

// The document that a name in front stands for, if it ends in .json.
bool names_file(const std::string& word);

}  // namespace fleetsim
