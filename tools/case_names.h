#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analytic/solver.h"

namespace fleetsim {

// Names as publications abbreviate them.

// The parts of a text between a separator.
std::vector<std::string> parts_of(std::string_view text, std::string_view separator);

// How far an abbreviation is from a name: the words that it leaves out, where each of its words
// begins one of the name's, in order; far more where the first word is one of those left out.
// "wait" is "avg_wait_time_days" without three. A word of one letter must be the word itself. None
// where it is another name.
std::optional<std::size_t> words_left_out(std::string_view shorter, std::string_view longer);

// The input that a name for it means: itself; also without the unit, or abbreviated.
const analytic::InputSpec* meant_input(const analytic::Solver& solver, std::string_view name);

// A bare number under a name that says another unit than the input's own: 50 of target_latency_ms
// is "50 ms". Anything else as it is.
analytic::Value in_unit_of_name(const analytic::Value& value, std::string_view name,
                                const analytic::InputSpec& spec);

}  // namespace fleetsim
