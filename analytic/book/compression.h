#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analytic/catalogue.h"
#include "analytic/precision.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// CompressionModel, wall 13 (book section 5.16): fewer bits, or fewer weights. With b0 the bits of
// the baseline, b those asked for, s the sparsity:
//
//   quantization   r = b0/b      delta: b >= 16: 0; 8: -0.002; 4..15: -0.025; below: -0.05
//     speedup      r where reading the weights takes longer than one input's arithmetic at peak;
//                  else min(F_b/F, r) where the device lists intB (fpB above 8 bits), else 1
//   pruning        r = 1/(1-s), 100 for s = 1      delta: s <= 0.5: -0.001, else -0.01 e^{2 s}
//     speedup      structured: r; n_m: 2 where |s - 0.5| < 0.05, else 1; unstructured: 1
//   distillation   r = 1, delta = 0, speedup = 1: a different model says it itself
//
// Beside the book's: estimated_accuracy_delta_exact has -0.005 for int8 (the book takes FP8's
// figure) and no loss for sparsity 0.
struct CompressionIn {
  Model model{};
  Device hardware{};
  std::string method = "quantization";
  std::int64_t target_bitwidth = 8;
  double sparsity = 0;
  std::string sparsity_type = "unstructured";  // structured, n_m ("2:4")
  Precision baseline_precision = Precision::fp32;
};
struct CompressionOut {
  Precision baseline_precision = Precision::fp32;
  double original_size_gb = 0, compressed_size_gb = 0, compression_ratio = 1;
  double estimated_accuracy_delta = 0, memory_savings_pct = 0, inference_speedup = 1;
  double estimated_accuracy_delta_exact = 0;
  std::string_view bottleneck = "Memory";  // of the baseline: which rule gave the speedup
  bool hardware_support = true;
};
Result<CompressionOut> compression(const CompressionIn& in);

// One configuration against limits. The first violation binds: model_size, quality, speedup,
// hardware_support, in that order. Supported are: 16 bits or more, and fewer where the device lists
// the format; structured sparsity; n_m where it lists int8, fp8 or tf32; unstructured nowhere.
struct CompressionLimits {
  std::optional<double> size_limit{};  // byte
  std::optional<double> max_accuracy_drop{}, min_speedup{};
  bool require_hardware_support = false;
};
struct CompressionCandidateIn {
  CompressionIn config{};
  std::string label{};
  CompressionLimits limits{};
};
struct CompressionCandidate {
  std::string label{}, method{};
  std::optional<std::int64_t> target_bitwidth{};  // of quantization only
  CompressionOut result{};
  bool feasible = true;
  std::vector<std::string> violations{};
  std::string binding_constraint = "none";
  std::string pareto_status = "unranked";
};
Result<CompressionCandidate> compression_candidate(const CompressionCandidateIn& in);

// Several, with the Pareto front of size, speedup and accuracy over all of them. The best is the
// feasible one on the front with the least (|delta|, size/speedup), in that order.
struct CompressionSweep {
  std::vector<CompressionCandidate> candidates{};
  std::vector<std::string> frontier_labels{}, dominated_labels{};
  std::optional<std::string> best_candidate_label{};
};
Result<CompressionSweep> compression_sweep(const std::vector<CompressionCandidateIn>& configs);

}  // namespace fleetsim::analytic
