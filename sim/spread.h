#pragma once
#include <span>
#include <string>
#include <vector>

namespace fleetsim {

// How far independent values scatter: s, the square root of sum (x - mean x)^2 / (n - 1), and how
// well n of them tell it. Returned for each value is
//
//   s + (n/(n-1) (x - mean x)^2 - s^2) / 2s,
//
// the linear part of what it adds to s: these have s as their mean, and the spread that makes a
// t interval right to first order, whatever the law of x (as the terms of pooled_mean.h). NaN for a
// single value. REQUIRES: values are not empty.
std::vector<double> spread_terms(std::span<const double> values);

// What a metric's estimate over replications is the mean of: the terms of their spread if its name
// ends in ".std", else of their pooled mean; no weights are equal ones.
std::vector<double> metric_terms(const std::string& metric, std::span<const double> values,
                                 std::span<const double> weights);

}  // namespace fleetsim
