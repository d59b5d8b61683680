#include "analytic/book/compression.h"
#include "analytic/book/label.h"
#include "analytic/book/nested.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {
namespace {

std::vector<InputSpec> solve_inputs() {
  using In = CompressionIn;
  return {input<&In::model>("model", "", "what is compressed", required),
          input<&In::hardware>("hardware", "", "where it runs", required),
          input<&In::method>("method", "", "quantization, pruning or distillation"),
          input<&In::target_bitwidth>("target_bitwidth", "1", "bits of a weight"),
          input<&In::sparsity>("sparsity", "1", "share of weights that go"),
          input<&In::sparsity_type>("sparsity_type", "", "unstructured, structured or n_m"),
          input<&In::baseline_precision>("baseline_precision", "", "before")};
}

Solver solve_row() {
  using In = CompressionIn;
  using Out = CompressionOut;
  return {
      .name = "CompressionModel",
      .short_name = "compression",
      .kind = Solver::Kind::model,
      .title = "What fewer bits or fewer weights save, and what they cost in accuracy",
      .walls = {13},
      .equations = {"r = b_base / b", "r = 1 / (1 - s)"},
      .assumptions = {"a memory-bound model gains the whole ratio, without overheads",
                      "8 bits lose what FP8 loses; estimated_accuracy_delta_exact has int8's own "
                      "figure, and none for sparsity 0",
                      "accuracy steps at the bounds of the table, and at 50% sparsity",
                      "2:4 is supported where int8, fp8 or tf32 are listed"},
      .inputs = solve_inputs(),
      .outputs = {output<&Out::baseline_precision>("baseline_precision", "", "before"),
                  output<&Out::original_size_gb>("original_size_gb", "GB", "before"),
                  output<&Out::compressed_size_gb>("compressed_size_gb", "GB", "after"),
                  output<&Out::compression_ratio>("compression_ratio", "1", "r"),
                  output<&Out::estimated_accuracy_delta>("estimated_accuracy_delta", "1",
                                                         "a fraction, below 0"),
                  output<&Out::memory_savings_pct>("memory_savings_pct", "%", "1 - 1/r"),
                  output<&Out::inference_speedup>("inference_speedup", "1", "of one input"),
                  label<&Out::bottleneck>("bottleneck", "of the baseline"),
                  output<&Out::hardware_support>("hardware_support", "", "the format is listed"),
                  output<&Out::estimated_accuracy_delta_exact>(
                      "estimated_accuracy_delta_exact", "1", "int8's own; none for sparsity 0")},
      .run = run_as<In, Out, compression>};
}

std::vector<InputSpec> candidate_inputs() {
  using In = CompressionCandidateIn;
  using C = CompressionIn;
  using L = CompressionLimits;
  constexpr auto config = &In::config;
  constexpr auto limits = &In::limits;
  return {
      input_of<config, &C::model>("model", "", "what is compressed", required),
      input_of<config, &C::hardware>("hardware", "", "where it runs", required),
      input_of<config, &C::method>("method", "", "quantization, pruning or distillation"),
      input_of<config, &C::target_bitwidth>("target_bitwidth", "1", "bits of a weight"),
      input_of<config, &C::sparsity>("sparsity", "1", "share of weights that go"),
      input_of<config, &C::sparsity_type>("sparsity_type", "", "unstructured, structured or n_m"),
      input_of<config, &C::baseline_precision>("baseline_precision", "", "before"),
      input<&In::label>("label", "", "its name"),
      input_of<limits, &L::size_limit>("size_limit", "GB", "at most"),
      input_of<limits, &L::max_accuracy_drop>("max_accuracy_drop", "1", "at most, a fraction"),
      input_of<limits, &L::min_speedup>("min_speedup", "1", "at least"),
      input_of<limits, &L::require_hardware_support>("require_hardware_support", "",
                                                     "the format must be listed")};
}

Solver candidate_row() {
  using In = CompressionCandidateIn;
  using Out = CompressionCandidate;
  using R = CompressionOut;
  constexpr auto result = &Out::result;
  return {.name = "CompressionModel.candidate",
          .short_name = "compression_candidate",
          .kind = Solver::Kind::model,
          .title = "One way of compressing a model against limits",
          .walls = {13},
          .equations = {"feasible: size <= limit, |delta| <= drop, speedup >= least"},
          .assumptions = {"as CompressionModel"},
          .inputs = candidate_inputs(),
          .outputs =
              {output<&Out::label>("label", "", "its name"),
               output<&Out::method>("method", "", "as asked"),
               output<&Out::target_bitwidth>("target_bitwidth", "1", "of quantization"),
               output_of<result, &R::compressed_size_gb>("compressed_size_gb", "GB", "after"),
               output_of<result, &R::compression_ratio>("compression_ratio", "1", "r"),
               output_of<result, &R::estimated_accuracy_delta>("estimated_accuracy_delta", "1",
                                                               "a fraction, below 0"),
               output_of<result, &R::inference_speedup>("inference_speedup", "1", "of one input"),
               output_of<result, &R::hardware_support>("hardware_support", "", "format is listed"),
               output<&Out::feasible>("feasible", "", "no limit is violated"),
               output<&Out::violations>("violations", "", "limits that are, in order"),
               output<&Out::binding_constraint>("binding_constraint", "", "the first, or none"),
               output<&Out::pareto_status>("pareto_status", "", "unranked: it is alone")},
          .run = run_as<In, Out, compression_candidate>};
}

}  // namespace

std::vector<Solver> compression_rows() {
  return {solve_row(), candidate_row()};
}

}  // namespace fleetsim::analytic
