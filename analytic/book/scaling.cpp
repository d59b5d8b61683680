#include "analytic/book/scaling.h"

#include <algorithm>
#include <cmath>

#include "analytic/book/arguments.h"
#include "analytic/book/constants.h"
#include "analytic/book/label.h"
#include "analytic/book/workload.h"
#include "analytic/rows.h"
#include "sim/unit_text.h"

namespace fleetsim::analytic {

double flops_of_gpu_time(double seconds) {
  return seconds * calibration::reference_flops * calibration::reference_mfu;
}

Result<ScalingOut> scaling(const ScalingIn& in) {
  constexpr double per_token = literature::training_flops;
  constexpr double ratio = literature::tokens_per_parameter;
  const double budget = in.compute_budget;
  Arguments arguments("ScalingModel");
  arguments.positive("compute_budget", budget)
      .positive("target_model_size", in.target_model_size.value_or(1));
  if (!arguments.fine()) return arguments.error();
  ScalingOut out{.compute_budget_flops = budget};
  out.optimal_parameters =
      in.target_model_size ? *in.target_model_size : std::sqrt(budget / (per_token * ratio));
  out.optimal_tokens = in.target_model_size ? budget / (per_token * out.optimal_parameters)
                                            : ratio * out.optimal_parameters;
  out.tokens_per_parameter = out.optimal_tokens / out.optimal_parameters;
  return out;
}

Result<InferenceScalingOut> inference_scaling(const InferenceScalingIn& in) {
  Arguments arguments("InferenceScalingModel");
  arguments.at_least_one("reasoning_steps", in.reasoning_steps)
      .at_least_one("context_length", in.context_length);
  if (!arguments.fine()) return arguments.error();
  const Result<ServingOut> served = serving({.model = in.model,
                                             .hardware = in.hardware,
                                             .seq_len = in.context_length,
                                             .precision = in.precision,
                                             .efficiency = in.efficiency});
  if (!served) return served.error();
  const Result<double> ops = total_ops(in.model);
  if (!ops) return ops.error();

  const auto steps = static_cast<double>(in.reasoning_steps);
  const double tdp = in.hardware.tdp.value_or(0);
  InferenceScalingOut out;
  out.ttft = served->ttft, out.itl = served->itl;
  out.reasoning_steps = in.reasoning_steps;
  out.tokens_generated = steps * calibration::tokens_per_reasoning_step;
  out.time_per_step = calibration::tokens_per_reasoning_step * out.itl;
  out.total_reasoning_time = out.ttft + steps * out.time_per_step;
  out.energy_per_query = tdp * out.total_reasoning_time;
  out.feasible = served->feasible;
  out.serving_detail = *served;

  const double n = out.tokens_generated, total = out.total_reasoning_time;
  const double kept = kv_bytes_per_token(in.model, bytes_of(in.precision));
  out.total_reasoning_time_exact = total + kept * n * (n - 1) / 2 / in.hardware.memory_bandwidth;
  const double tokens = n + static_cast<double>(in.context_length);
  const double mfu = std::min(1.0, *ops * tokens / (total * in.hardware.flops_at(in.precision)));
  out.energy_at_load = tdp * (calibration::idle_power + calibration::dynamic_power * mfu) * total;
  return out;
}

namespace {

// A budget of flop, or a time of GPUs.
InputSpec budget() {
  InputSpec spec = input<&ScalingIn::compute_budget>(
      "compute_budget", "flop", R"(flop, or a time of reference GPUs such as "30 days")", required);
  spec.read = [](void* in, const InputSpec& self, const Value& value, const Lookup& lookup) {
    double& flops = static_cast<ScalingIn*>(in)->compute_budget;
    if (const std::string* text = value.as_text()) {
      if (const Result<double> seconds = parse_in(*text, "s")) {
        flops = flops_of_gpu_time(*seconds);
        return Status(Done{});
      }
    }
    return Member<double>::read(flops, self.name, self.unit, value, lookup);
  };
  return spec;
}

Solver scaling_row() {
  using In = ScalingIn;
  using Out = ScalingOut;
  return {.name = "ScalingModel",
          .short_name = "scaling",
          .kind = Solver::Kind::model,
          .title = "The size of model and data that a budget trains best",
          .walls = {11},
          .equations = {"C = 6 P D", "P = sqrt(C/120), D = 20 P"},
          .assumptions = {"20 tokens a parameter are best, whatever the size and the data",
                          "a GPU delivers 40% of 989 TFLOP/s"},
          .inputs = {budget(), input<&In::target_model_size>("target_model_size", "1",
                                                             "parameters, if they are fixed")},
          .outputs = {output<&Out::optimal_parameters>("optimal_parameters", "1", "P"),
                      output<&Out::optimal_tokens>("optimal_tokens", "1", "D"),
                      output<&Out::compute_budget_flops>("compute_budget_flops", "flop", "C"),
                      output<&Out::tokens_per_parameter>("tokens_per_parameter", "1", "D/P")},
          .run = run_as<In, Out, scaling>};
}

Fields serving_detail(const InferenceScalingOut& out) {
  const ServingOut& served = out.serving_detail;
  return {{"kv_cache_size_gb", served.kv_cache_size / 1e9},
          {"model_weights_size_gb", served.model_weights_size / 1e9},
          {"total_memory_required_gb", served.total_memory_required / 1e9},
          {"memory_utilization", served.memory_utilization},
          {"feasible", served.feasible}};
}

Solver inference_scaling_row() {
  using In = InferenceScalingIn;
  using Out = InferenceScalingOut;
  return {
      .name = "InferenceScalingModel",
      .short_name = "inference_scaling",
      .kind = Solver::Kind::model,
      .title = "Time and energy of an answer that is thought over in steps",
      .walls = {12},
      .equations = {"T = ttft + K 50 itl", "energy = tdp T"},
      .assumptions = {"every step is 50 tokens",
                      "the context does not grow with the tokens made; in "
                      "total_reasoning_time_exact it does",
                      "the device draws its TDP throughout; energy_at_load follows the MFU"},
      .inputs = {input<&In::model>("model", "", "a transformer", required),
                 input<&In::hardware>("hardware", "", "the device", required),
                 input<&In::reasoning_steps>("reasoning_steps", "1", "K"),
                 input<&In::context_length>("context_length", "1", "tokens of the prompt"),
                 input<&In::precision>("precision", "", "how numbers are stored"),
                 input<&In::efficiency>("efficiency", "1", "of the peak, in prefill")},
      .outputs = {output<&Out::total_reasoning_time>("total_reasoning_time", "ms", "of an answer"),
                  output<&Out::ttft>("ttft", "ms", "time to first token"),
                  output<&Out::itl>("itl", "ms", "time between tokens"),
                  output<&Out::tokens_generated>("tokens_generated", "1", "50 K"),
                  output<&Out::reasoning_steps>("reasoning_steps", "1", "K"),
                  output<&Out::time_per_step>("time_per_step", "ms", "50 itl"),
                  output<&Out::energy_per_query>("energy_per_query", "J", "0 without a TDP"),
                  output<&Out::feasible>("feasible", "", "weights and cache fit"),
                  object<Out, serving_detail>("serving_detail", "", "ServingModel's, in GB"),
                  output<&Out::total_reasoning_time_exact>("total_reasoning_time_exact", "ms",
                                                           "with a context that grows"),
                  output<&Out::energy_at_load>("energy_at_load", "J", "tdp (0.3 + 0.7 mfu) T")},
      .run = run_as<In, Out, inference_scaling>};
}

}  // namespace

std::vector<Solver> scaling_rows() {
  return {scaling_row(), inference_scaling_row()};
}

}  // namespace fleetsim::analytic
