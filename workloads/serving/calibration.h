#pragma once
#include <span>
#include <string>

#include "workloads/serving/config.h"

namespace fleetsim::serving {

// How a real engine departs from its data sheet: factors of the parts of a pass, and seconds beside
// them.
struct Calibration {
  double token = 1, pair = 1, weights = 1, key = 1;  // factors
  double launch = 0, sequence = 0, each_token = 0;   // s a pass, a sequence, a token
};
void apply(const Calibration& calibration, PassCost& cost);

// What was measured of a request, and whether a fit may look at it.
struct MeasuredRequest {
  std::uint32_t prompt = 1, output = 1;
  double arrival = 0, ttft = 0, e2e = 0;  // s
  bool told = true;
};

// Errors of what a simulation says against what was measured, as shares of that: of means and p99.
struct Errors {
  double ttft_mean = 0, ttft_p99 = 0, tpot_mean = 0, tpot_p99 = 0, e2e_mean = 0, e2e_p99 = 0;
};

// The service of `config` on these requests; errors of those that are told, or of the others.
// REQUIRES: one group of one replica; one such request at least.
Errors errors_of(const ServingConfig& config, const Calibration& calibration,
                 std::span<const MeasuredRequest> measured, bool told);

// The calibration with the least squared errors of single requests' TTFT and of time a token, by
// the simplex search of Nelder and Mead (1965), from the data sheet and from a slower engine on. A
// simplex may collapse before it is there, so each search begins again where it ended, with edges
// of other lengths, until none of them gains.
Calibration calibrate(const ServingConfig& config, std::span<const MeasuredRequest> measured);

}  // namespace fleetsim::serving
