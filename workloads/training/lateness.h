#pragma once
#include <string>
#include <vector>

#include "workloads/model.h"
#include "workloads/training/config.h"

namespace fleetsim::training {

// What one step looks like, where its mean is not enough: replicas are late by shares of their time
// that are drawn anew in each step, F the law of one. The last of d is late by at most x with the
// probability F(x)^d, so one uniform u tells how late it is, whatever d is, without any error:
//
//   T = data + replica (1 + F^-1(u^(1/d)))      the quantile of T at p, with p for u
//
// The exchange between regions, which only some steps end with, is left out.
//
// Over n steps of a job these add sd(T)/(E[T] sqrt(n)) to the relative spread of its time, which
// is negligible against what failures add: so only means reach the job.
double step_quantile(const StepTerms& terms, const LateReplicas& late, double p);

// So many steps drawn one by one over all windows, for each job that has late replicas:
// "training.step_time" of each window.
inline constexpr std::uint32_t steps_drawn = 4000;
std::vector<std::vector<Distribution>> drawn_steps(const TrainingConfig& config,
                                                   const Chance& chance, std::uint32_t windows,
                                                   std::uint32_t steps = steps_drawn);

// The quantiles of one window as metrics; NaN of no steps.
std::vector<Measured> step_quantiles(const std::vector<Distribution>& drawn);

// What step_quantile says of them, or why it says nothing.
void tell_step_quantiles(const ModelledStep& model, const std::string& prefix,
                         const std::string& broken, Twin& twin);

}  // namespace fleetsim::training
