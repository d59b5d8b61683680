#pragma once
#include <span>

#include "sim/interval.h"
#include "sim/quantile_sketch.h"

namespace fleetsim {

// The p-quantile of the law behind R independent sections (replications, or groups of them), whose
// observations within a section may depend on one another.
//
// The mean of R sections' own quantiles would keep the bias that each has, however many there are;
// the quantile q of all observations together loses it. How far q may be off is seen in the shares
// F_i of observations <= q: their spread over the sections gives an interval p +- h for the share
// (a ratio estimate, sections weighing by their size: Cochran 1977, chapter 6), and the quantiles
// at p - h and p + h are the interval of q (Woodruff 1952; Asmussen and Glynn 2007, section III.4).
// Where p + h reaches 1 the sections have not seen enough of the tail: the end is infinite.
//
// REQUIRES: 0 < p < 1. Sections without observations count for nothing; NaN if none has any.
Estimate pooled_quantile(std::span<const QuantileSketch> sections, double p, double level);

}  // namespace fleetsim
