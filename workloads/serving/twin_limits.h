#pragma once
#include <optional>

#include "workloads/serving/config.h"

namespace fleetsim::serving {

// s.kv: how many requests a replica has in its batch at a time where far more come than it can
// answer, and memory is what keeps them out: with B bytes for keys and values, pages of s tokens of
// b bytes, and prompts and outputs of p and o tokens each time,
//
//   floor( floor(B / (s b)) / ceil((p + o) / s) )
//
// This is exact where an answer ends in the last page of its prompt, so that nobody who has been
// let in needs another page, and where a pass has room for the prompts of all of them. None where
// the system is no such one.
std::optional<double> held_by_memory(const ServingConfig& config);

}  // namespace fleetsim::serving
