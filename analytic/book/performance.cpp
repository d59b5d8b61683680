#include "analytic/book/performance.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analytic/book/arguments.h"
#include "analytic/book/constants.h"
#include "analytic/book/formula.h"
#include "analytic/book/label.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

}  // namespace

Result<TrainingTimeOut> calc_training_time(const TrainingTimeIn& in) {
  Arguments arguments("calc_training_time");
  arguments.nonnegative("total_ops", in.total_ops)
      .at_least_one("num_devices", in.num_devices)
      .positive("peak_flops", in.peak_flops)
      .need(in.efficiency > 0 && in.efficiency <= 1, "efficiency", in.efficiency,
            "above 0 and at most 1");
  if (!arguments.fine()) return arguments.error();
  return TrainingTimeOut{in.total_ops /
                         (static_cast<double>(in.num_devices) * in.peak_flops * in.efficiency)};
}

Result<SpeedupOut> calc_amdahls_speedup(const AmdahlIn& in) {
  Arguments arguments("calc_amdahls_speedup");
  arguments.fraction("p", in.p).positive("s", in.s);
  if (!arguments.fine()) return arguments.error();
  return SpeedupOut{1 / ((1 - in.p) + in.p / in.s)};
}

Result<SpeedupOut> calc_strong_scaling_speedup(const StrongScalingIn& in) {
  Arguments arguments("calc_strong_scaling_speedup");
  arguments.at_least_one("n", in.n).fraction("serial_fraction", in.serial_fraction);
  if (!arguments.fine()) return arguments.error();
  const auto n = static_cast<double>(in.n);
  return SpeedupOut{n / (1 + (n - 1) * in.serial_fraction)};
}

Result<SpeedupOut> universal_scalability_law(const ScalabilityIn& in) {
  Arguments arguments("universal_scalability_law");
  arguments.at_least_one("n", in.n).fraction("sigma", in.sigma).nonnegative("kappa", in.kappa);
  if (!arguments.fine()) return arguments.error();
  return SpeedupOut{in.n / (1 + in.sigma * (in.n - 1) + in.kappa * in.n * (in.n - 1))};
}

Result<ConcurrencyOut> usl_optimal_concurrency(const ConcurrencyIn& in) {
  Arguments arguments("usl_optimal_concurrency");
  arguments.fraction("sigma", in.sigma).nonnegative("kappa", in.kappa);
  if (!arguments.fine()) return arguments.error();
  if (in.sigma == 1 && in.kappa == 0) return ConcurrencyOut{1};
  return ConcurrencyOut{in.kappa > 0 ? std::sqrt((1 - in.sigma) / in.kappa) : infinite};
}

Result<BottleneckOut> calc_bottleneck(const BottleneckIn& in) {
  Arguments arguments("calc_bottleneck");
  arguments.nonnegative("ops", in.ops)
      .nonnegative("model_bytes", in.model_bytes)
      .positive("peak", in.peak)
      .positive("bw", in.bw);
  if (!arguments.fine()) return arguments.error();
  constexpr double none = 1e-18;  // s
  BottleneckOut out{.compute = in.ops / in.peak, .memory = in.model_bytes / in.bw};
  if (out.compute < none) {
    out.compute = 0;
    out.bottleneck = "Memory";
    out.ratio = infinite;
  } else if (out.memory < none) {
    out.memory = 0;
    out.ratio = infinite;
    out.intensity = infinite;
  } else {
    out.bottleneck = out.memory > out.compute ? "Memory" : "Compute";
    out.ratio = std::max(out.compute, out.memory) / std::min(out.compute, out.memory);
    out.intensity = in.ops / in.model_bytes;
  }
  return out;
}

Result<BubbleOut> calc_pipeline_bubble(const BubbleIn& in) {
  Arguments arguments("calc_pipeline_bubble");
  arguments.at_least_one("n_stages", in.n_stages)
      .at_least_one("n_microbatches", in.n_microbatches)
      .at_least_one("v_stages", in.v_stages);
  if (!arguments.fine()) return arguments.error();
  const auto idle = static_cast<double>(in.n_stages - 1);
  const double work = static_cast<double>(in.v_stages) * static_cast<double>(in.n_microbatches);
  return BubbleOut{.bubble = idle / (work + idle), .overhead = idle / work};
}

Result<EffectiveFlopsOut> calc_effective_flops(const EffectiveFlopsIn& in) {
  Arguments arguments("calc_effective_flops");
  arguments.positive("peak", in.peak)
      .fraction("mfu", in.mfu)
      .fraction("scaling_eff", in.scaling_eff)
      .fraction("goodput", in.goodput);
  if (!arguments.fine()) return arguments.error();
  return EffectiveFlopsOut{in.peak * in.mfu * in.scaling_eff * in.goodput};
}

Result<TransformerFlops> calc_transformer_training_flops(const TransformerTrainingIn& in) {
  Arguments arguments("calc_transformer_training_flops");
  arguments.positive("parameters", in.parameters).nonnegative("tokens", in.tokens);
  if (!arguments.fine()) return arguments.error();
  return TransformerFlops{literature::training_flops * in.parameters * in.tokens};
}

Result<TransformerFlops> calc_transformer_decode_flops(const TransformerDecodeIn& in) {
  Arguments arguments("calc_transformer_decode_flops");
  arguments.positive("parameters", in.parameters).nonnegative("tokens", in.tokens);
  if (!arguments.fine()) return arguments.error();
  return TransformerFlops{literature::decode_flops * in.parameters * in.tokens};
}

Result<PrefillFlops> calc_transformer_prefill_flops(const TransformerPrefillIn& in) {
  Arguments arguments("calc_transformer_prefill_flops");
  arguments.positive("parameters", in.parameters)
      .at_least_one("seq_len", in.seq_len)
      .at_least_one("batch_size", in.batch_size)
      .nonnegative("n_layers", static_cast<double>(in.n_layers))
      .nonnegative("n_heads", static_cast<double>(in.n_heads))
      .nonnegative("head_dim", static_cast<double>(in.head_dim));
  if (!arguments.fine()) return arguments.error();
  const auto tokens = static_cast<double>(in.seq_len);
  const auto batch = static_cast<double>(in.batch_size);
  const double pair = 4 * static_cast<double>(in.n_layers) * static_cast<double>(in.n_heads) *
                      static_cast<double>(in.head_dim);
  const double linear = literature::decode_flops * in.parameters * tokens * batch;
  return PrefillFlops{.flops = linear + pair * tokens * tokens * batch,
                      .flops_causal = linear + pair * tokens * (tokens + 1) / 2 * batch};
}

namespace {

std::vector<InputSpec> training_time_inputs() {
  using In = TrainingTimeIn;
  return {input<&In::total_ops>("total_ops", "flop", "of the training", required),
          input<&In::num_devices>("num_devices", "1", "N", required),
          input<&In::peak_flops>("peak_flops", "flop/s", "F, of a device", required)
              .also("peak_flops_per_device"),
          input<&In::efficiency>("efficiency", "1", "eta, share of the peak reached")
              .also("efficiency_eta")};
}

Solver training_time_row(std::string_view name, std::string_view unit) {
  return formula<calc_training_time>(name, "time to train by the Iron Law", "T = ops / (N F eta)",
                                     training_time_inputs(),
                                     {output<&TrainingTimeOut::time>("time", unit, "T")});
}

Solver bottleneck_row() {
  using In = BottleneckIn;
  using Out = BottleneckOut;
  return formula<calc_bottleneck>(
      "calc_bottleneck", "which side of the roofline binds", "t_c = ops / F; t_m = bytes / BW",
      {input<&In::ops>("ops", "flop", "arithmetic", required),
       input<&In::model_bytes>("model_bytes", "B", "traffic", required),
       input<&In::peak>("peak", "flop/s", "F", required).also("device_flops"),
       input<&In::bw>("bw", "B/s", "BW", required).also("device_bw")},
      {output<&Out::compute>("compute_ms", "ms", "t_c"),
       output<&Out::memory>("memory_ms", "ms", "t_m"),
       label<&Out::bottleneck>("bottleneck", "Compute or Memory"),
       output<&Out::ratio>("ratio", "1", "the longer over the shorter"),
       output<&Out::intensity>("intensity", "flop/byte", "ops / bytes")});
}

Solver bubble_row() {
  using In = BubbleIn;
  return formula<calc_pipeline_bubble>(
      "calc_pipeline_bubble", "share of a step that pipeline stages idle",
      "bubble = (p-1) / (v m + p-1)",
      {input<&In::n_stages>("n_stages", "1", "p", required),
       input<&In::n_microbatches>("n_microbatches", "1", "m", required),
       input<&In::v_stages>("v_stages", "1", "v, chunks a stage")},
      {output<&BubbleOut::bubble>("bubble", "1", "of the whole step"),
       output<&BubbleOut::overhead>("overhead", "1", "of the work: bubble / (1 - bubble)")});
}

Solver effective_row() {
  using In = EffectiveFlopsIn;
  return formula<calc_effective_flops>(
      "calc_effective_flops", "what losses leave of the peak", "F mfu scaling goodput",
      {input<&In::peak>("peak", "flop/s", "F", required).also("peak_flops"),
       input<&In::mfu>("mfu", "1", "share of the peak", required),
       input<&In::scaling_eff>("scaling_eff", "1", "share left by communication", required),
       input<&In::goodput>("goodput", "1", "share left by failures", required)
           .also("goodput_ratio")},
      {output<&EffectiveFlopsOut::effective>("effective", "flop/s", "left")});
}

Solver prefill_row() {
  using In = TransformerPrefillIn;
  return formula<calc_transformer_prefill_flops>(
      "calc_transformer_prefill_flops", "arithmetic of a prompt", "2 P S B + 4 L h d S^2 B",
      {input<&In::parameters>("parameters", "1", "P", required),
       input<&In::seq_len>("seq_len", "1", "S", required),
       input<&In::batch_size>("batch_size", "1", "B"),
       input<&In::n_layers>("n_layers", "1", "L; 0: no attention"),
       input<&In::n_heads>("n_heads", "1", "h, of queries"),
       input<&In::head_dim>("head_dim", "1", "d")},
      {output<&PrefillFlops::flops>("flops", "flop", "each token attends to all"),
       output<&PrefillFlops::flops_causal>("flops_causal", "flop",
                                           "beside the book's: to itself and those before")});
}

std::vector<OutputSpec> speedup_output() {
  return {output<&SpeedupOut::speedup>("speedup", "1", "over one")};
}

}  // namespace

std::vector<Solver> performance_rows() {
  return {
      training_time_row("calc_training_time", "s"),
      training_time_row("calc_training_time_days", "d"),
      formula<calc_amdahls_speedup>(
          "calc_amdahls_speedup", "speed-up of a part of the work", "1 / ((1-p) + p/s)",
          {input<&AmdahlIn::p>("p", "1", "the part that is made faster", required),
           input<&AmdahlIn::s>("s", "1", "how much faster", required)},
          speedup_output()),
      formula<calc_strong_scaling_speedup>(
          "calc_strong_scaling_speedup", "speed-up of devices on a fixed problem",
          "N / (1 + (N-1) f)",
          {input<&StrongScalingIn::n>("n", "1", "N, devices", required).also("num_devices"),
           input<&StrongScalingIn::serial_fraction>("serial_fraction", "1", "f", required)
               .also("communication_fraction")},
          speedup_output()),
      formula<universal_scalability_law>(
          "universal_scalability_law", "speed-up with contention and coherence",
          "p / (1 + sigma (p-1) + kappa p (p-1))",
          {input<&ScalabilityIn::n>("n", "1", "p, workers", required),
           input<&ScalabilityIn::sigma>("sigma", "1", "contention: the serial part", required),
           input<&ScalabilityIn::kappa>("kappa", "1", "cost of coherent pairs", required)},
          speedup_output()),
      formula<usl_optimal_concurrency>(
          "usl_optimal_concurrency", "workers at which that is largest", "sqrt((1-sigma) / kappa)",
          {input<&ConcurrencyIn::sigma>("sigma", "1", "contention: the serial part", required),
           input<&ConcurrencyIn::kappa>("kappa", "1", "cost of coherent pairs", required)},
          {output<&ConcurrencyOut::optimum>("optimum", "1", "p*; infinite for kappa = 0")}),
      bottleneck_row(),
      bubble_row(),
      effective_row(),
      formula<calc_transformer_training_flops>(
          "calc_transformer_training_flops", "arithmetic to train a transformer", "6 P D",
          {input<&TransformerTrainingIn::parameters>("parameters", "1", "P", required)
               .also("n_params"),
           input<&TransformerTrainingIn::tokens>("tokens", "1", "D", required).also("n_tokens")},
          {output<&TransformerFlops::flops>("training_flops", "flop", "in all")}),
      formula<calc_transformer_decode_flops>(
          "calc_transformer_decode_flops", "arithmetic to generate tokens", "2 P tokens",
          {input<&TransformerDecodeIn::parameters>("parameters", "1", "P", required)
               .also("n_params"),
           input<&TransformerDecodeIn::tokens>("tokens", "1", "generated").also("n_tokens")},
          {output<&TransformerFlops::flops>("decode_flops", "flop",
                                            "without attention to the cache")}),
      prefill_row(),
  };
}

}  // namespace fleetsim::analytic
