#pragma once
#include <string>
#include <vector>

#include "workloads/training/metrics.h"
#include "workloads/training/prospect.h"

namespace fleetsim::training {

// The Iron Law of a training fleet, each term as one window showed it:
//
//   T = F / (N peak mfu scaling goodput)
//
// F is what has been saved, mfu what a device reaches without the others, scaling what of it is
// left among them, goodput the share of time that is useful. `residual`, T over the product less 1,
// is no more than rounding: nothing that costs time is outside of the terms. F and T are those of
// as many such windows. REQUIRES: the job has a step.
std::vector<Measured> iron_law(const JobConfig& job, const JobWindow& window, std::uint32_t windows,
                               const std::string& prefix);

// The terms as formulas have them, and the time that they give (g.isolaw).
void tell_iron_law(const Prospect& prospect, const JobConfig& job, const std::string& prefix,
                   Twin& twin);

// "ironlaw."; of one job among several "ironlaw.NAME.".
std::string iron_prefix_of(const TrainingConfig& config, std::size_t job);

}  // namespace fleetsim::training
