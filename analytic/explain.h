#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analytic/solver.h"

namespace fleetsim::analytic {

// What bound before, what binds after, and why (analytic.md, section 10.4): two answers of one
// solver that tells a time and the parts it is made of.

struct TimePart {
  std::string name;  // "memory", "compute", "launching", "communication" ...
  double time = 0;   // s
};

struct Explanation {
  double before = 0, after = 0;                     // s
  double speedup = 0;                               // before / after
  std::vector<TimePart> parts_before, parts_after;  // the longest first
  std::vector<std::string> reasons;                 // one line each
};

// An error when the solver tells no time, or one that is not above zero.
Result<Explanation> explain_change(const Solver& solver, const Answer& before, const Answer& after);

}  // namespace fleetsim::analytic
