#pragma once
#include <cstddef>

#include "sim/interval.h"

namespace fleetsim {

// When enough replications have been run: once their interval is narrow enough.
//
// Stopping at the first moment at which an interval looks narrow favours moments at which the
// spread is underestimated, so the interval covers the truth less often than it says. The remedy
// is to look seldom: not before `min` values, and then each time after as many as the present
// spread predicts, n (half width / target)^2, but at least 1.3 n and at most 2 n (compare Law,
// Simulation Modeling and Analysis, section 9.4.1, which adds one at a time).
struct StoppingRule {
  double half_width = 0.01;             // the target
  bool relative = true;                 // the target is a share of |mean|; never met by a mean of 0
  std::size_t min = 20, max = 100'000;  // values, whatever the target says

  // `now` is the estimate from n values. Narrow enough, and at least `min` values:
  bool met(const Estimate& now, std::size_t n) const;
  // How many more values to get before asking again; 0: stop, whether met or out of budget.
  std::size_t more(const Estimate& now, std::size_t n) const;
};

}  // namespace fleetsim
