#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "analytic/catalogue.h"
#include "analytic/precision.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// SensitivitySolver, wall 21 (book section 5.4): which figure of the device binds.
struct SensitivityIn {
  Model model{};
  Device hardware{};
  Precision precision = Precision::fp16;
  double perturbation = 0.10;
  double efficiency = 0.5;
};
struct SensitivityOut {
  bool feasible = true;
  double peak_flops = 0, memory_bandwidth = 0, memory_capacity = 0;  // (T' - T) / T
  std::string_view binding_constraint = "peak_flops";
  double baseline_latency = 0;  // s
  double perturbation = 0;
  double other_bandwidth = 0;  // beside the book's
  std::string_view binding_constraint_exact = "overhead";
};

// T is SingleNodeModel's latency at batch 1, T' the same with one figure times 1 + perturbation:
// the peak rates, the memory's bandwidth, its capacity. The largest |T' - T| / T binds, the first
// on ties; where the model does not fit, the capacity does.
//
// Beside them other_bandwidth scales host link, SRAM and flash, which carry the traffic of what
// does not fit and of small devices; binding_constraint_exact counts it, and is "overhead" where no
// figure moves the latency.
Result<SensitivityOut> sensitivity(const SensitivityIn& in);

// SynthesisSolver, wall 22 (book section 5.5): the device that a latency T asks for.
struct SynthesisIn {
  Model model{};
  double target_latency = 0;  // s
  Precision precision = Precision::fp16;
  double efficiency = 0.5;
};
struct SynthesisOut {
  double required_bw = 0;      // byte/s
  double required_flops = 0;   // flop/s
  double required_memory = 0;  // byte
  double compute_memory_ratio = 0;
  double target_latency = 0, model_size = 0, total_ops = 0;
  std::optional<double> required_bw_exact{}, required_flops_exact{};
};

//   required_bw = W / T     required_flops = ops / (T eta)     required_memory = W
//
// The book leaves out the traffic of activations and the cost of launching. The exact inverse of
// SingleNodeModel stands beside: with T' = T - 10 us (1 + layers), none if that is not above zero,
//
//   required_bw_exact = 1.1 W / T'     required_flops_exact = ops / (T' eta)
Result<SynthesisOut> synthesis(const SynthesisIn& in);

}  // namespace fleetsim::analytic
