#include <type_traits>

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

// What the configurations of a sweep have in common, and a list of objects with each one's own. The
// rows of a candidate's inputs read the first member.
struct SweepIn {
  CompressionCandidateIn common{};
  Value configs{};
};
static_assert(std::is_standard_layout_v<SweepIn>, "a pointer to it points to its first member");

Result<Answer> run_sweep(const Solver& self, const Fields& arguments, const Lookup& lookup) {
  SweepIn in;
  if (const Status status = read_arguments(self, arguments, lookup, &in); !status)
    return status.error();
  const Values* configs = in.configs.as_list();
  if (configs == nullptr || configs->empty())
    return Error{"configs: expected a list of objects, one a configuration"};
  Solver candidate = candidate_row();
  for (InputSpec& spec : candidate.inputs) spec.required = false;
  std::vector<CompressionCandidateIn> inputs;
  for (const Value& config : *configs) {
    const Fields* own = config.as_fields();
    if (own == nullptr) return Error{"configs: expected a list of objects, one a configuration"};
    inputs.push_back(in.common);
    const Status status = read_arguments(candidate, *own, lookup, &inputs.back());
    if (!status) return status.error();
  }
  const Result<CompressionSweep> sweep = compression_sweep(inputs);
  if (!sweep) return sweep.error();
  Answer answer = show_answer(self, &in, &*sweep);
  answer.feasible = sweep->best_candidate_label.has_value();
  return answer;
}

Value swept(const void* out, const OutputSpec&) {
  Values list;
  for (const CompressionCandidate& c : static_cast<const CompressionSweep*>(out)->candidates)
    list.push_back(Fields{{"label", c.label},
                          {"compressed_size_gb", c.result.compressed_size_gb / 1e9},
                          {"compression_ratio", c.result.compression_ratio},
                          {"estimated_accuracy_delta", c.result.estimated_accuracy_delta},
                          {"inference_speedup", c.result.inference_speedup},
                          {"feasible", c.feasible},
                          {"binding_constraint", c.binding_constraint},
                          {"pareto_status", c.pareto_status}});
  return list;
}

Solver sweep_row() {
  using Out = CompressionSweep;
  Solver row = candidate_row();
  row.name = "CompressionModel.sweep";
  row.short_name = "compression_sweep";
  row.title = "Several ways of compressing a model, and the Pareto front of them";
  row.equations = {"A dominates B: no larger, slower or less accurate, and better in one",
                   "best: feasible, on the front, least (|delta|, size/speedup)"};
  row.assumptions = {"as CompressionModel.candidate; infeasible ones take part in the front"};
  InputSpec configs = input<&SweepIn::configs>(
      "configs", "", "a list of objects: these arguments, where one has its own", required);
  configs.is_list = true;
  row.inputs.push_back(configs);
  row.outputs = {{"candidates", "", "each, with its size in GB", swept},
                 output<&Out::frontier_labels>("frontier_labels", "", "not dominated"),
                 output<&Out::dominated_labels>("dominated_labels", "", "the others"),
                 output<&Out::best_candidate_label>("best_candidate_label", "", "if there is any")};
  row.run = run_sweep;
  return row;
}

}  // namespace

std::vector<Solver> compression_rows() {
  return {solve_row(), candidate_row(), sweep_row()};
}

}  // namespace fleetsim::analytic
