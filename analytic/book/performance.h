#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/result.h"

namespace fleetsim::analytic {

// Formulas of performance (book section 4.1) and of a transformer's arithmetic (4.6).

// The Iron Law: T = ops / (N F eta).
struct TrainingTimeIn {
  double total_ops = 0;  // flop
  std::int64_t num_devices = 1;
  double peak_flops = 0;  // flop/s
  double efficiency = 0.5;
};
struct TrainingTimeOut {
  double time = 0;  // s
};
Result<TrainingTimeOut> calc_training_time(const TrainingTimeIn& in);

// Speed-up of a part p of the work by s: 1 / ((1-p) + p/s) (Amdahl 1967).
struct AmdahlIn {
  double p = 0, s = 1;
};
struct SpeedupOut {
  double speedup = 1;
};
Result<SpeedupOut> calc_amdahls_speedup(const AmdahlIn& in);

// The same of N devices where a part f is serial: N / (1 + (N-1) f).
struct StrongScalingIn {
  std::int64_t n = 1;
  double serial_fraction = 0;
};
Result<SpeedupOut> calc_strong_scaling_speedup(const StrongScalingIn& in);

// Gunther's law (1993): C(p) = p / (1 + sigma (p-1) + kappa p (p-1)), with its peak at
// p* = sqrt((1-sigma) / kappa), beyond all bounds for kappa = 0.
struct ScalabilityIn {
  double n = 1, sigma = 0, kappa = 0;
};
Result<SpeedupOut> universal_scalability_law(const ScalabilityIn& in);
struct ConcurrencyIn {
  double sigma = 0, kappa = 0;
};
struct ConcurrencyOut {
  double optimum = 1;
};
Result<ConcurrencyOut> usl_optimal_concurrency(const ConcurrencyIn& in);

// Which of ops / F and bytes / BW is longer; a tie is "Compute". Below 10^-18 s a time counts as
// none, and the ratio is infinite.
struct BottleneckIn {
  double ops = 0, model_bytes = 0, peak = 0, bw = 0;
};
struct BottleneckOut {
  double compute = 0, memory = 0;  // s
  std::string_view bottleneck = "Compute";
  double ratio = 1, intensity = 0;
};
Result<BottleneckOut> calc_bottleneck(const BottleneckIn& in);

// Share of a step that p stages idle with m microbatches and v chunks a stage:
// (p-1) / (v m + p-1) (Narayanan et al. 2021). Of the whole step: on top of the work it costs
// bubble / (1 - bubble) = (p-1) / (v m).
struct BubbleIn {
  std::int64_t n_stages = 1, n_microbatches = 1, v_stages = 1;
};
struct BubbleOut {
  double bubble = 0, overhead = 0;
};
Result<BubbleOut> calc_pipeline_bubble(const BubbleIn& in);

// What is left of the peak: F mfu scaling goodput.
struct EffectiveFlopsIn {
  double peak = 0, mfu = 0, scaling_eff = 0, goodput = 0;
};
struct EffectiveFlopsOut {
  double effective = 0;
};
Result<EffectiveFlopsOut> calc_effective_flops(const EffectiveFlopsIn& in);

// Flop to train P parameters on D tokens: 6 P D (Kaplan et al. 2020).
struct TransformerTrainingIn {
  double parameters = 0, tokens = 0;
};
struct TransformerFlops {
  double flops = 0;
};
Result<TransformerFlops> calc_transformer_training_flops(const TransformerTrainingIn& in);

// Flop to generate tokens, without attention to the cache: 2 P tokens.
struct TransformerDecodeIn {
  double parameters = 0, tokens = 1;
};
Result<TransformerFlops> calc_transformer_decode_flops(const TransformerDecodeIn& in);

// Flop of a prompt: 2 P S B + 4 L h d S^2 B, as ServingModel counts; causal: half the pairs.
struct TransformerPrefillIn {
  double parameters = 0;
  std::int64_t seq_len = 1, batch_size = 1, n_layers = 0, n_heads = 0, head_dim = 0;
};
struct PrefillFlops {
  double flops = 0, flops_causal = 0;
};
Result<PrefillFlops> calc_transformer_prefill_flops(const TransformerPrefillIn& in);

}  // namespace fleetsim::analytic
