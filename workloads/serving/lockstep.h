#pragma once
#include <optional>

#include "workloads/serving/config.h"

namespace fleetsim::serving {

// B users of one replica who ask for the same lengths and never think: they are answered together,
// ask again together, and B prompts are read in one pass. A cycle takes that pass and one for each
// further token, so the replica makes B tokens an iteration (theory s.batch).
struct Lockstep {
  double first = 0, cycle = 0;  // s, until the first tokens and the last
};
std::optional<Lockstep> lockstep(const ServingConfig& config);  // none: they don't go in step

}  // namespace fleetsim::serving
