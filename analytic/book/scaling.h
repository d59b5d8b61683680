#pragma once
#include <cstdint>
#include <optional>

#include "analytic/book/serving.h"
#include "analytic/catalogue.h"
#include "analytic/precision.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// How much to compute: walls 11 and 12 (book sections 5.14 and 5.15).

// ScalingModel, wall 11. C = 6 P D (Kaplan et al. 2020) at 20 tokens a parameter (Hoffmann et al.
// 2022), or for a model of a given size:
//
//   P = sqrt(C/120), D = 20 P      or      P = target, D = C/(6 P)
//
// A budget may be a time of GPUs: C = t 989 TFLOP/s 0.40. The book takes the number before a unit
// as it stands ("1e12 TFLOP" for 1e12 flop); here units count.
struct ScalingIn {
  double compute_budget = 0;  // flop
  std::optional<double> target_model_size{};
};
struct ScalingOut {
  double optimal_parameters = 0, optimal_tokens = 0;
  double compute_budget_flops = 0, tokens_per_parameter = 0;
};
Result<ScalingOut> scaling(const ScalingIn& in);
double flops_of_gpu_time(double seconds);

// InferenceScalingModel, wall 12. K steps of thought, 50 tokens each, after ServingModel's ttft at
// its itl of the context, batch 1:
//
//   t_step = 50 itl      total = ttft + K t_step      energy = tdp total
//
// Beside the book's, with k the bytes that attention keeps of one token and n = 50 K, F the peak:
//
//   total_reasoning_time_exact   total + k n (n-1)/(2 BW): each token is read by all later ones
//   energy_at_load               tdp (0.3 + 0.7 mfu) total, mfu = 2 P_a (context + n)/(F total):
//                                the law of power of SingleNodeModel
struct InferenceScalingIn {
  Model model{};
  Device hardware{};
  std::int64_t reasoning_steps = 8, context_length = 2048;
  Precision precision = Precision::fp16;
  double efficiency = 0.5;
};
struct InferenceScalingOut {
  double total_reasoning_time = 0, ttft = 0, itl = 0;  // s
  double tokens_generated = 0;
  std::int64_t reasoning_steps = 0;
  double time_per_step = 0, energy_per_query = 0;
  bool feasible = true;
  ServingOut serving_detail{};
  double total_reasoning_time_exact = 0, energy_at_load = 0;
};
Result<InferenceScalingOut> inference_scaling(const InferenceScalingIn& in);

}  // namespace fleetsim::analytic
