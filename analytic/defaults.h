#pragma once
#include <vector>

#include "analytic/solver.h"

namespace fleetsim::analytic {

// What each input of a solver is when nobody says otherwise, in the order of its rows; of required
// ones, whatever an untouched aggregate holds.
std::vector<Shown> defaults_of(const Solver& solver);

}  // namespace fleetsim::analytic
