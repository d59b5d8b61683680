#include "analytic/book/single_node.h"

#include <fmt/format.h>

#include <algorithm>

#include "analytic/book/constants.h"
#include "analytic/book/label.h"
#include "analytic/book/workload.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {

namespace {

// Bytes that training holds. Of models that are no transformers the book knows no activations:
// P (2 bpp + 12), and with adapters 1.1 W.
Result<double> training_footprint(const SingleNodeIn& in, double weights) {
  if (!is_transformer(in.model)) {
    const Result<double> parameters = parameters_of(in.model);
    if (!parameters) return parameters.error();
    if (in.is_lora) return 1.1 * weights;
    return *parameters * (2 * bytes_of(in.precision) + calibration::optimizer_bytes_adam);
  }
  const Result<TrainingBytes> bytes = training_memory(
      in.model, {.batch = static_cast<double>(in.batch_size),
                 .seq_len = static_cast<double>(in.seq_len),
                 .precision = in.precision,
                 .optimizer_bytes = calibration::optimizer_bytes_adam,
                 .strategy = in.activation_recomputation ? Recompute::selective : Recompute::none,
                 .zero_stage = in.zero_stage,
                 .dp_size = static_cast<double>(in.dp_size),
                 .is_lora = in.is_lora});
  if (!bytes) return bytes.error();
  return bytes->total();
}

double host_bandwidth(const Device& device) {
  const double link = device.host_link ? device.host_link->bandwidth : 0;
  return link > 0 ? link : calibration::fallback_host_bandwidth;
}

// The bandwidth that carries the traffic, for a footprint that fits.
double resident_bandwidth(const Device& device, double weights, const HardwareScale& scale) {
  const bool sram = device.sram_capacity.value_or(0) > 0 && device.sram_bandwidth.value_or(0) > 0;
  if (sram && weights <= *device.sram_capacity)
    return *device.sram_bandwidth * scale.other_bandwidth;
  if (device.flash_bandwidth.value_or(0) > 0)
    return *device.flash_bandwidth * scale.other_bandwidth;
  return device.memory_bandwidth * scale.memory_bandwidth;
}

Error out_of_memory(double required, double available) {
  return {fmt::format(
      "out of memory: {:.4g} GB are required and {:.4g} GB available; use a smaller batch or "
      "precision, or hardware with more memory",
      required / 1e9, available / 1e9)};
}

// What the book leaves out of a single inference: keys and values in memory and in the traffic.
void add_kv(const SingleNodeIn& in, double weights, double capacity, double bandwidth,
            SingleNodeOut& out) {
  const double kv = kv_cache_bytes(in.model, static_cast<double>(in.seq_len),
                                   static_cast<double>(in.batch_size), bytes_of(in.precision));
  out.memory_footprint_with_kv = weights + kv;
  out.feasible_with_kv = weights + kv <= capacity;
  out.latency_with_kv =
      std::max(out.latency_compute, (weights + kv) / bandwidth) + out.latency_overhead;
}

}  // namespace

Result<SingleNodeOut> single_node_scaled(const SingleNodeIn& in, const HardwareScale& scale) {
  Arguments arguments("SingleNodeModel");
  arguments.efficiency(in.efficiency)
      .at_least_one("batch_size", in.batch_size)
      .at_least_one("seq_len", in.seq_len)
      .at_least_one("dp_size", in.dp_size)
      .need(in.zero_stage >= 0 && in.zero_stage <= 3, "zero_stage",
            static_cast<double>(in.zero_stage), "0, 1, 2 or 3");
  admit_model(arguments, in.model);
  admit_device(arguments, in.hardware, in.precision);
  if (!arguments.fine()) return arguments.error();

  const Device& device = in.hardware;
  const Result<double> weights = weight_bytes(in.model, bytes_of(in.precision));
  if (!weights) return weights.error();
  const Result<double> sample_ops = total_ops(in.model);
  if (!sample_ops) return sample_ops.error();
  const Result<double> footprint =
      in.is_training ? training_footprint(in, *weights) : Result<double>(*weights);
  if (!footprint) return footprint.error();

  SingleNodeOut out;
  const double capacity = device.memory_capacity * scale.memory_capacity;
  const double memory = device.memory_bandwidth * scale.memory_bandwidth;
  const double resident = resident_bandwidth(device, *weights, scale);
  const auto batch = static_cast<double>(in.batch_size);
  out.memory_footprint = *footprint;
  out.feasible = *footprint <= capacity;
  if (!out.feasible && in.raise_errors) return out_of_memory(*footprint, capacity);
  double bandwidth = resident;
  if (!out.feasible) {
    bandwidth = std::min(memory, host_bandwidth(device) * scale.other_bandwidth);
    out.offload_spill_bytes = *footprint - capacity;
    out.offload_effective_bw = bandwidth;
  }

  const double peak = device.flops_at(in.precision) * scale.flops;
  const double passes = !in.is_training ? 1 : in.activation_recomputation ? 4 : 3;
  const double ops = passes * *sample_ops * batch;
  const double traffic = *weights + calibration::activation_share * *weights * batch;
  const double layer_launches = in.is_training ? 3 : 1;
  out.peak_flops_actual = peak * in.efficiency;
  out.peak_bw_actual = bandwidth;
  out.latency_compute = ops / out.peak_flops_actual;
  out.latency_memory = traffic / bandwidth;
  out.latency_overhead = device.dispatch_tax + static_cast<double>(layers_of(in.model)) *
                                                   calibration::layer_tax * layer_launches;
  const double roofline = std::max(out.latency_compute, out.latency_memory);
  out.latency = roofline + out.latency_overhead;
  out.overhead_dominated = out.latency_overhead > roofline;
  out.bottleneck = out.latency_memory > out.latency_compute ? "Memory" : "Compute";
  out.arithmetic_intensity = ops / traffic;
  out.throughput = batch / out.latency;

  const double model_ops = (in.is_training ? 3 : 1) * *sample_ops * batch;
  out.mfu = std::clamp(model_ops / out.latency / peak, 0.0, 1.0);
  out.hfu = std::min(passes == 4 ? out.mfu * 4 / 3 : out.mfu, 1.0);
  out.attained_flops = out.mfu * peak;
  out.energy = device.tdp.value_or(0) *
               (calibration::idle_power + calibration::dynamic_power * out.mfu) * out.latency;
  if (!out.feasible) {
    const double spilled = std::min(*out.offload_spill_bytes / *footprint, 1.0);
    const double mixed = traffic * (spilled / bandwidth + (1 - spilled) / memory);
    out.latency_partial_offload = std::max(out.latency_compute, mixed) + out.latency_overhead;
  }
  if (!in.is_training && is_transformer(in.model)) add_kv(in, *weights, capacity, bandwidth, out);
  return out;
}

Result<SingleNodeOut> single_node(const SingleNodeIn& in) {
  return single_node_scaled(in, {});
}

namespace {

std::vector<std::string> remarks(const SingleNodeIn& in, const SingleNodeOut& out) {
  std::vector<std::string> notes;
  const Device& device = in.hardware;
  if (!out.feasible)
    notes.push_back(fmt::format(
        "does not fit: {:.4g} GB are required and {:.4g} GB available, so all traffic is priced "
        "at the host link's {:.4g} GB/s",
        out.memory_footprint / 1e9, device.memory_capacity / 1e9, out.peak_bw_actual / 1e9));
  else if (out.feasible_with_kv && !*out.feasible_with_kv)
    notes.push_back(
        fmt::format("the weights fit, but not with keys and values of {} tokens a "
                    "sample: {:.4g} GB are required",
                    in.seq_len, *out.memory_footprint_with_kv / 1e9));
  const bool half = in.precision == Precision::fp16 || in.precision == Precision::bf16;
  if (!half && !device.precision_flops[static_cast<std::size_t>(in.precision)])
    notes.push_back(fmt::format("{} has no rate for {}; its peak of {:.4g} TFLOP/s is used",
                                device.name, name_of(in.precision), device.peak_flops / 1e12));
  if (out.overhead_dominated)
    notes.push_back("launching takes longer than the work: a bigger batch costs little");
  return notes;
}

}  // namespace

std::vector<Solver> single_node_rows() {
  using In = SingleNodeIn;
  using Out = SingleNodeOut;
  return {
      {.name = "SingleNodeModel",
       .short_name = "single_node",
       .kind = Solver::Kind::model,
       .title = "Latency, throughput, energy and fit of one batch on one device",
       .walls = {1, 2},
       .equations = {"T = max(ops B / (F eta), W (1 + 0.1 B) / bw) + dispatch_tax + layers 10 us",
                     "mfu = ops B / (T F); energy = tdp (0.3 + 0.7 mfu) T"},
       .assumptions =
           {"the roofline: arithmetic and traffic overlap perfectly",
            "activation traffic is 10% of the weights a sample, whatever the model: intensity "
            "saturates at ten times that of the weights; latency_with_kv reads keys and values "
            "instead",
            "training of a language model prices one token a sample; seq_len enters the memory "
            "only (DistributedModel prices all)",
            "inference feasibility counts weights only; feasible_with_kv adds keys and values",
            "what does not fit moves wholly over the host link; latency_partial_offload moves "
            "the spill only",
            "training of models other than transformers counts no activations, and ZeRO does "
            "not shard it",
            "launching costs three times in training, with recomputation too"},
       .inputs = {input<&In::model>("model", "", "the workload", required),
                  input<&In::hardware>("hardware", "", "the device", required),
                  input<&In::batch_size>("batch_size", "1", "samples at once"),
                  input<&In::precision>("precision", "", "how numbers are stored"),
                  input<&In::efficiency>("efficiency", "1", "share of the peak rate reached"),
                  input<&In::raise_errors>("raise_errors", "", "make out of memory an error"),
                  input<&In::is_training>("is_training", "", "a training step, not an inference"),
                  input<&In::seq_len>("seq_len", "1", "tokens a sample, for memory"),
                  input<&In::zero_stage>("zero_stage", "1", "ZeRO sharding, 0 to 3"),
                  input<&In::dp_size>("dp_size", "1", "replicas that shard"),
                  input<&In::is_lora>("is_lora", "", "train adapters of rank 16 only"),
                  input<&In::activation_recomputation>("activation_recomputation", "",
                                                       "a fourth pass instead of memory")},
       .outputs =
           {output<&Out::feasible>("feasible", "", "whether the footprint fits the memory"),
            output<&Out::latency>("latency", "ms", "of the batch"),
            output<&Out::latency_compute>("latency_compute", "ms", "arithmetic"),
            output<&Out::latency_memory>("latency_memory", "ms", "traffic"),
            output<&Out::latency_overhead>("latency_overhead", "ms", "dispatch and layers"),
            output<&Out::throughput>("throughput", "1/s", "samples a second"),
            label<&Out::bottleneck>("bottleneck", "Compute or Memory"),
            output<&Out::arithmetic_intensity>("arithmetic_intensity", "flop/byte",
                                               "ops a byte of traffic"),
            output<&Out::energy>("energy", "J", "of the batch; 0 where tdp is unknown"),
            output<&Out::energy>("energy_per_inference", "J", "the same, by the book's other name"),
            output<&Out::memory_footprint>("memory_footprint", "GB", "bytes held"),
            output<&Out::peak_flops_actual>("peak_flops_actual", "TFLOP/s", "F eta"),
            output<&Out::peak_bw_actual>("peak_bw_actual", "GB/s", "bandwidth that applies"),
            output<&Out::attained_flops>("attained_flops", "TFLOP/s", "mfu F"),
            output<&Out::mfu>("mfu", "1", "model flop used of the peak"),
            output<&Out::hfu>("hfu", "1", "executed flop of the peak"),
            output<&Out::overhead_dominated>("overhead_dominated", "",
                                             "launching takes longer than the work"),
            output<&Out::offload_spill_bytes>("offload_spill_bytes", "GB", "what does not fit"),
            output<&Out::offload_effective_bw>("offload_effective_bw", "GB/s", "the host link"),
            output<&Out::latency_partial_offload>("latency_partial_offload", "ms",
                                                  "beside the book's: only the spill is moved"),
            output<&Out::memory_footprint_with_kv>("memory_footprint_with_kv", "GB",
                                                   "beside the book's: with keys and values"),
            output<&Out::feasible_with_kv>("feasible_with_kv", "", "whether that fits"),
            output<&Out::latency_with_kv>("latency_with_kv", "ms",
                                          "beside the book's: weights, keys and values are read")},
       .run = run_with_remarks<In, Out, single_node, remarks>}};
}

}  // namespace fleetsim::analytic
