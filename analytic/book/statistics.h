#pragma once
#include <cstdint>
#include <vector>

#include "sim/result.h"

namespace fleetsim::analytic {

// Drift, experiments and late discoveries (book section 4.8).

// sum (a - e) ln(a/e) over bins, both floored at epsilon: how far a distribution has moved (the
// symmetric divergence of Jeffreys 1946).
struct BinnedShares {
  std::vector<double> expected{}, actual{};
  double epsilon = 1e-12;
};
struct StabilityIndex {
  double psi = 0;
};
Result<StabilityIndex> calc_population_stability_index(const BinnedShares& in);

// n = 2 (z_a + z_b)^2 p (1-p) / delta^2 of each arm, to tell p from p + delta: the normal
// approximation with one variance for both arms (Fleiss 1981). Beside it the count with the
// variance of each arm, which large differences need:
//
//   n' = (z_a + z_b)^2 [ p (1-p) + q (1-q) ] / delta^2,   q = p + delta < 1.
struct TwoProportions {
  double baseline_rate = 0;    // p
  double detectable_lift = 0;  // delta
  double z_alpha = 1.96, z_beta = 0.84;
};
struct SampleSize {
  double sample_size = 0;
  double sample_size_exact = 0;
};
Result<SampleSize> calc_two_proportion_sample_size(const TwoProportions& in);

// floor(base^(to - from)): what a constraint costs that is found late (Boehm 1981).
struct StagePropagation {
  std::int64_t stage_from = 0, stage_to = 0;
  double base = 2;
};
struct CostFactor {
  double factor = 1;
};
Result<CostFactor> calc_constraint_propagation_factor(const StagePropagation& in);

}  // namespace fleetsim::analytic
