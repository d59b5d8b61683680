#pragma once
#include <span>
#include <vector>

#include "sim/interval.h"

namespace fleetsim {

// Three ways to learn more from the same number of replications.

// An estimate and how many times as many plain replications would have had the same variance; below
// 1 the method did harm.
struct Sharpened {
  Estimate estimate;
  double variance_factor = 1;  // infinity when no variance is left
};

// The mean of a - b, where replication i of both systems saw the same random numbers: a t interval
// over the differences (Law, Simulation Modeling and Analysis, section 10.2.1). The factor is
// against independent runs: (var a + var b) / var(a - b). REQUIRES: equal, positive lengths.
Sharpened paired_difference(std::span<const double> a, std::span<const double> b, double level);

// The mean over pairs of mirrored replications (Hammersley and Morton 1956): a t interval over the
// means of pairs, for only pairs are independent of one another. The factor is against as many
// independent replications: (var a + var b) / 4 / var((a + b) / 2).
// REQUIRES: equal, positive lengths.
Sharpened antithetic_mean(std::span<const double> a, std::span<const double> b, double level);

// Something observed in each replication whose true mean is known, such as the mean service time.
struct Control {
  std::vector<double> values;
  double mean = 0;
};

struct Controlled {
  Sharpened result;
  std::size_t controls_used = 0;  // the rest was constant or followed from those before it
};

// The mean of `values`, corrected for what the controls show of the replications' luck (Lavenberg
// and Welch, Manag. Sci. 27, 1981). The linear regression of the values on (control - known mean)
// has the corrected mean as its intercept; with R replications and q controls the t interval has
// R - 1 - q degrees of freedom. Controls beyond R - 2 are left out.
// REQUIRES: values are not empty, and each control has as many.
Controlled controlled_mean(std::span<const double> values, std::span<const Control> controls,
                           double level);

}  // namespace fleetsim
