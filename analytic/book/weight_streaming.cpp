#include "analytic/book/weight_streaming.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analytic/book/constants.h"
#include "analytic/book/label.h"
#include "analytic/book/workload.h"
#include "analytic/name.h"
#include "analytic/rows.h"
#include "sim/printable.h"

namespace fleetsim::analytic {

namespace {

double injection_bandwidth(const Device& device) {
  const double link = device.host_link ? device.host_link->bandwidth : 0;
  return link > 0 ? link : calibration::fallback_interconnect_bandwidth;
}

std::int64_t whole(double count) {
  constexpr double largest = 0x1p53;
  return static_cast<std::int64_t>(std::clamp(std::floor(count), 0.0, largest));
}

Arguments admitted(const WeightStreamingIn& in) {
  Arguments arguments("WeightStreamingModel");
  arguments.at_least_one("seq_len", in.seq_len)
      .at_least_one("batch_size", in.batch_size)
      .efficiency(in.efficiency);
  admit_attention(arguments, in.model);
  admit_device(arguments, in.hardware, in.precision);
  return arguments;
}

}  // namespace

Result<WeightStreamingOut> weight_streaming(const WeightStreamingIn& in) {
  const Arguments arguments = admitted(in);
  if (!arguments.fine()) return arguments.error();
  const bool prefill = same_name(in.phase, "prefill");
  if (!prefill && !same_name(in.phase, "decode"))
    return Error{fmt::format("WeightStreamingModel: phase is {}, but must be decode or prefill",
                             in_quotes(in.phase))};
  const Result<double> parameters = parameters_of(in.model);
  if (!parameters) return parameters.error();

  constexpr double rounding = 1 + 1e-12;  // a tie fits
  const double bpp = bytes_of(in.precision);
  const auto layers = static_cast<double>(layers_of(in.model));
  const auto batch = static_cast<double>(in.batch_size);
  const auto tokens = static_cast<double>(in.seq_len);
  const auto head_dim = static_cast<double>(head_dim_of(in.model));
  const double capacity = in.hardware.memory_capacity;
  const double each =
      calibration::wafer_overhead * grouped_kv_bytes_per_token(in.model, bpp) * tokens;

  WeightStreamingOut out;
  out.feasible = each * batch <= capacity * rounding;
  out.wafer_memory_utilization = each * batch / capacity;
  if (out.feasible) out.wafer_memory_utilization = std::min(out.wafer_memory_utilization, 1.0);
  const double p = *parameters / layers;
  const double rate = in.hardware.flops_at(in.precision) * in.efficiency;
  const double steps = prefill ? tokens : 1;
  const double scores =
      prefill ? 2 * static_cast<double>(kv_heads_of(in.model)) * tokens * tokens * head_dim : 0;
  const double scores_exact =
      4 * static_cast<double>(heads_of(in.model)) * head_dim * tokens * steps;
  const double tax = in.hardware.dispatch_tax;
  out.layer_injection_time = p * bpp / injection_bandwidth(in.hardware);
  out.layer_compute_time = (2 * p * steps + scores) * batch / rate + tax;
  out.layer_compute_exact = (2 * p * steps + scores_exact) * batch / rate + tax;
  const bool compute = out.layer_compute_time >= out.layer_injection_time;
  out.bottleneck = compute ? "Compute-Bound" : "Interconnect-Bandwidth-Bound";
  out.latency = layers * std::max(out.layer_compute_time, out.layer_injection_time);
  if (out.feasible) out.throughput = batch * steps / out.latency;
  const double balance = rate / (2 * p);
  out.optimal_batch_size =
      std::max<std::int64_t>(1, whole(out.layer_injection_time * balance * rounding));
  out.max_batch_size = whole(capacity / each * rounding);
  const double spare = std::max(0.0, out.layer_injection_time - tax);
  out.optimal_batch_exact =
      std::min(std::max<std::int64_t>(1, whole(spare * rate / (2 * p * steps + scores_exact))),
               out.max_batch_size);
  return out;
}

namespace {

std::vector<std::string> remarks(const WeightStreamingIn&, const WeightStreamingOut& out) {
  if (!out.feasible)
    return {
        fmt::format("keys and values need {:.4g} times the memory of the wafer; it holds a "
                    "batch of {}",
                    out.wafer_memory_utilization, out.max_batch_size)};
  if (out.optimal_batch_size > out.max_batch_size)
    return {fmt::format("optimal_batch_size ignores the memory, which holds a batch of {}",
                        out.max_batch_size)};
  return {};
}

}  // namespace

std::vector<Solver> weight_streaming_rows() {
  using In = WeightStreamingIn;
  using Out = WeightStreamingOut;
  return {
      {.name = "WeightStreamingModel",
       .short_name = "weight_streaming",
       .kind = Solver::Kind::model,
       .title = "Throughput of a wafer that weights stream through, layer by layer",
       .walls = {6},
       .equations = {"T_layer = max(2 p B / (F eta) + dispatch_tax, p bpp / link), p = P/L",
                     "1.1 KV <= memory"},
       .assumptions =
           {"injection of a layer overlaps perfectly with the arithmetic of another",
            "decode counts no attention, prefill counts that of kv heads with a factor 2; "
            "layer_compute_exact counts it as ServingModel does",
            "optimal_batch_size ignores memory and dispatch; optimal_batch_exact does not",
            "latent attention is counted as if it kept all heads"},
       .inputs = {input<&In::model>("model", "", "a transformer", required),
                  input<&In::hardware>("hardware", "", "memory on the wafer, host link", required),
                  input<&In::seq_len>("seq_len", "1", "tokens a request", required),
                  input<&In::batch_size>("batch_size", "1", "requests at once"),
                  input<&In::precision>("precision", "", "of weights, keys and values"),
                  input<&In::efficiency>("efficiency", "1", "share of the peak rate reached"),
                  input<&In::phase>("phase", "", "decode or prefill")},
       .outputs =
           {output<&Out::feasible>("feasible", "", "whether keys and values fit"),
            output<&Out::throughput>("throughput_tokens_per_sec", "token/s", "0 if they do not"),
            label<&Out::bottleneck>("bottleneck", "Compute-Bound or Interconnect-Bandwidth-Bound"),
            output<&Out::layer_compute_time>("layer_compute_time", "ms", "t_cmp"),
            output<&Out::layer_injection_time>("layer_injection_time", "ms", "t_inj"),
            output<&Out::optimal_batch_size>("optimal_batch_size", "1", "where both are equal"),
            output<&Out::wafer_memory_utilization>("wafer_memory_utilization", "1",
                                                   "1.1 KV over the memory"),
            output<&Out::latency>("latency", "ms", "through all layers"),
            output<&Out::max_batch_size>("max_batch_size", "1",
                                         "beside the book's: what the memory holds"),
            output<&Out::optimal_batch_exact>("optimal_batch_exact", "1",
                                              "beside the book's: with memory, dispatch and "
                                              "attention"),
            output<&Out::layer_compute_exact>("layer_compute_exact", "ms",
                                              "beside the book's: with attention")},
       .run = run_with_remarks<In, Out, weight_streaming, remarks>}};
}

}  // namespace fleetsim::analytic
