#pragma once
#include <span>
#include <vector>

#include "sim/result.h"

namespace fleetsim {

// A number that was estimated, and the interval that holds the true one with probability `level`.
struct Estimate {
  double mean = 0;  // the point estimate, also where that isn't a mean
  double low = 0, high = 0;
  double level = 0.95;

  double half_width() const { return (high - low) / 2; }
};

// The t such that Student's variable with so many degrees of freedom lies in [-t, t] with
// probability `level`. REQUIRES: degrees > 0, 0 < level < 1.
double student_t(double degrees, double level);

// mean +- t(n-1) s / sqrt(n) of independent values, such as one a replication (Student 1908). Exact
// for normal values; for others the level is approached as n grows. One value knows nothing of its
// spread: its interval is the whole line. REQUIRES: values are not empty.
Estimate t_interval(std::span<const double> values, double level);

// The p-quantile of independent values, between two order statistics. The number of values below
// the true quantile is binomial(n, p), whatever their law; so [x_(l), x_(u)] holds it with
// probability P(l <= B < u), at least `level` with at most (1 - level)/2 missed on each side
// (David and Nagaraja, Order Statistics, 2003, section 7.1). Too few values is an error that says
// how many are needed. REQUIRES: 0 < p < 1, 0 < level < 1.
Result<Estimate> quantile_interval(std::vector<double> values, double p, double level);

}  // namespace fleetsim
