#include "analytic/book/analysis.h"

#include <cmath>

#include "analytic/book/constants.h"
#include "analytic/book/label.h"
#include "analytic/book/single_node.h"
#include "analytic/book/workload.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {

Result<SensitivityOut> sensitivity(const SensitivityIn& in) {
  Arguments arguments("SensitivitySolver");
  arguments.need(in.perturbation > -1 && std::isfinite(in.perturbation), "perturbation_pct",
                 100 * in.perturbation, "above -100");
  if (!arguments.fine()) return arguments.error();
  const SingleNodeIn at{.model = in.model,
                        .hardware = in.hardware,
                        .precision = in.precision,
                        .efficiency = in.efficiency};
  const Result<SingleNodeOut> base = single_node(at);
  if (!base) return base.error();
  const double f = 1 + in.perturbation;
  const HardwareScale scales[] = {
      {.flops = f}, {.memory_bandwidth = f}, {.memory_capacity = f}, {.other_bandwidth = f}};
  double change[4] = {};
  for (std::size_t i = 0; i < 4; ++i) {
    const Result<SingleNodeOut> moved = single_node_scaled(at, scales[i]);
    if (!moved) return moved.error();
    change[i] = (moved->latency - base->latency) / base->latency;
  }
  constexpr std::string_view names[] = {"peak_flops", "memory_bandwidth", "memory_capacity",
                                        "other_bandwidth"};
  SensitivityOut out{.feasible = base->feasible,
                     .peak_flops = change[0],
                     .memory_bandwidth = change[1],
                     .memory_capacity = change[2],
                     .baseline_latency = base->latency,
                     .perturbation = in.perturbation,
                     .other_bandwidth = change[3]};
  double largest = 0, largest_exact = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const double size = std::abs(change[i]);
    if (i < 3 && size > largest) largest = size, out.binding_constraint = names[i];
    if (size > largest_exact) largest_exact = size, out.binding_constraint_exact = names[i];
  }
  if (!out.feasible) out.binding_constraint = "memory_capacity";
  return out;
}

Result<SynthesisOut> synthesis(const SynthesisIn& in) {
  Arguments arguments("SynthesisSolver");
  arguments.positive("target_latency", in.target_latency).efficiency(in.efficiency);
  admit_model(arguments, in.model);
  if (!arguments.fine()) return arguments.error();
  const Result<double> weights = weight_bytes(in.model, bytes_of(in.precision));
  if (!weights) return weights.error();
  const Result<double> ops = total_ops(in.model);
  if (!ops) return ops.error();
  SynthesisOut out{.required_bw = *weights / in.target_latency,
                   .required_flops = *ops / (in.target_latency * in.efficiency),
                   .required_memory = *weights,
                   .target_latency = in.target_latency,
                   .model_size = *weights,
                   .total_ops = *ops};
  out.compute_memory_ratio = out.required_flops / out.required_bw;
  const double launches = 1 + static_cast<double>(layers_of(in.model));
  const double left = in.target_latency - launches * calibration::layer_tax;
  if (left > 0) {
    out.required_bw_exact = (1 + calibration::activation_share) * *weights / left;
    out.required_flops_exact = *ops / (left * in.efficiency);
  }
  return out;
}

namespace {

Fields by_figure(const SensitivityOut& out) {
  return {{"peak_flops", out.peak_flops},
          {"memory_bandwidth", out.memory_bandwidth},
          {"memory_capacity", out.memory_capacity}};
}

std::vector<std::string> sensitivity_remarks(const SensitivityIn&, const SensitivityOut& out) {
  if (out.feasible) return {};
  return {
      "the model does not fit the memory, so its capacity binds; the latency is that of the "
      "host link"};
}

std::vector<std::string> synthesis_remarks(const SynthesisIn&, const SynthesisOut& out) {
  if (out.required_bw_exact) return {};
  return {"launching alone takes the target latency: no device meets it"};
}

Solver sensitivity_row() {
  using In = SensitivityIn;
  using Out = SensitivityOut;
  return {.name = "SensitivitySolver",
          .short_name = "sensitivity",
          .kind = Solver::Kind::solver,
          .title = "Which figure of a device binds the latency",
          .walls = {21},
          .equations = {"s_i = (T(x_i (1 + p)) - T) / T, T of SingleNodeModel at batch 1"},
          .assumptions = {"a step, not an elasticity: -0.0909 is all that +10% can give",
                          "host link, SRAM and flash are not among the book's three; "
                          "sensitivity_other_bandwidth and binding_constraint_exact count them"},
          .inputs = {input<&In::model>("model", "", "the workload", required),
                     input<&In::hardware>("hardware", "", "the device", required),
                     input<&In::precision>("precision", "", "how numbers are stored"),
                     input<&In::perturbation>("perturbation_pct", "%", "the step, in percent"),
                     input<&In::efficiency>("efficiency", "1", "share of the peak rate reached")},
          .outputs =
              {output<&Out::feasible>("feasible", "", "whether the model fits"),
               object<Out, by_figure>("sensitivities", "1", "relative change of the latency"),
               output<&Out::peak_flops>("sensitivity_peak_flops", "1", "of all peak rates"),
               output<&Out::memory_bandwidth>("sensitivity_memory_bandwidth", "1", "of the memory"),
               output<&Out::memory_capacity>("sensitivity_memory_capacity", "1", "of the memory"),
               label<&Out::binding_constraint>("binding_constraint", "the largest of the three"),
               output<&Out::baseline_latency>("baseline_latency", "ms", "T"),
               output<&Out::perturbation>("perturbation_pct", "%", "the step"),
               output<&Out::other_bandwidth>("sensitivity_other_bandwidth", "1",
                                             "beside the book's: host link, SRAM and flash"),
               label<&Out::binding_constraint_exact>("binding_constraint_exact",
                                                     "beside the book's: the largest of the four, "
                                                     "or overhead")},
          .run = run_with_remarks<In, Out, sensitivity, sensitivity_remarks>};
}

Solver synthesis_row() {
  using In = SynthesisIn;
  using Out = SynthesisOut;
  return {
      .name = "SynthesisSolver",
      .short_name = "synthesis",
      .kind = Solver::Kind::solver,
      .title = "The device that a latency asks for",
      .walls = {22},
      .equations = {"bw = W / T; flops = ops / (T eta); memory = W"},
      .assumptions = {"activations and launching are left out; required_bw_exact and "
                      "required_flops_exact invert SingleNodeModel on a device that dispatches "
                      "in 10 us"},
      .inputs = {input<&In::model>("model", "", "the workload", required),
                 input<&In::target_latency>("target_latency", "s", "T, of one sample", required),
                 input<&In::precision>("precision", "", "how numbers are stored"),
                 input<&In::efficiency>("efficiency", "1", "share of the peak rate reached")},
      .outputs = {output<&Out::required_bw>("required_bw", "GB/s", "memory bandwidth"),
                  output<&Out::required_flops>("required_flops", "TFLOP/s", "peak rate"),
                  output<&Out::required_memory>("required_memory", "GB", "memory"),
                  output<&Out::compute_memory_ratio>("compute_memory_ratio", "flop/byte",
                                                     "ridge point"),
                  output<&Out::target_latency>("target_latency", "ms", "T"),
                  output<&Out::model_size>("model_size", "GB", "W"),
                  output<&Out::total_ops>("total_ops", "flop", "of one sample"),
                  output<&Out::required_bw_exact>(
                      "required_bw_exact", "GB/s",
                      "beside the book's: with activations and launching"),
                  output<&Out::required_flops_exact>("required_flops_exact", "TFLOP/s",
                                                     "beside the book's: with launching")},
      .run = run_with_remarks<In, Out, synthesis, synthesis_remarks>};
}

}  // namespace

std::vector<Solver> analysis_rows() {
  return {sensitivity_row(), synthesis_row()};
}

}  // namespace fleetsim::analytic
