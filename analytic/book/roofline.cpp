#include "analytic/book/roofline.h"

#include <fmt/format.h>

#include <algorithm>

#include "analytic/book/constants.h"
#include "analytic/book/label.h"
#include "analytic/book/workload.h"
#include "analytic/name.h"
#include "analytic/rows.h"
#include "sim/printable.h"

namespace fleetsim::analytic {

Result<NetworkRooflineOut> network_roofline(const NetworkRooflineIn& in) {
  const Device& device = in.fleet.node.accelerator;
  Arguments arguments("NetworkRooflineModel");
  arguments.efficiency(in.efficiency)
      .at_least_one("nodes of the fleet", in.fleet.nodes)
      .at_least_one("accelerators of a node", in.fleet.node.accelerators)
      .positive("bandwidth of the fabric", in.fleet.fabric.bandwidth)
      .positive("oversubscription of the fabric", in.fleet.fabric.oversubscription)
      .positive("peak rate of the hardware", device.flops_at(in.precision));
  admit_model(arguments, in.model);
  if (!arguments.fine()) return arguments.error();
  const Result<double> parameters = parameters_of(in.model);
  if (!parameters) return parameters.error();

  NetworkRooflineOut out;
  const double peak = device.flops_at(in.precision);
  const double all = peak * static_cast<double>(in.fleet.accelerators());
  const double link = in.fleet.fabric.bandwidth / in.fleet.fabric.oversubscription;
  const double sync = 2 * *parameters * bytes_of(in.precision);
  const double ops = literature::training_flops * *parameters;
  out.communication_intensity = ops / sync;
  out.ridge = all / link;
  out.latency_compute = ops / (all * in.efficiency);
  out.latency_network = sync / link;
  out.latency = std::max(out.latency_compute, out.latency_network);
  out.bottleneck = out.latency_network > out.latency_compute ? "Network" : "Compute";
  out.throughput = 1 / out.latency;
  out.memory_footprint = sync;
  out.peak_flops_actual = all * in.efficiency;
  out.peak_bw_actual = link;
  out.mfu = std::min(ops / out.latency / all, 1.0);
  out.hfu = out.mfu;
  const auto nodes = static_cast<double>(in.fleet.nodes);
  out.latency_per_device =
      std::max(ops / (peak * in.efficiency), (nodes - 1) / nodes * out.latency_network);
  return out;
}

namespace {

double uncapped_efficiency(std::string_view type, bool flash, double scale) {
  using namespace calibration;
  if (type == "attention" && flash)
    return std::min(flash_attention_mfu * scale, flash_attention_mfu_cap);
  if (type == "ffn") return std::min(ffn_mfu * scale, ffn_mfu_cap);
  if (type == "conv") return std::min(conv_mfu * scale, conv_mfu_cap);
  return attention_mfu * scale;
}

// The book takes every other word for "other".
std::string_view kernel_named(std::string_view word) {
  for (const std::string_view name : {"attention", "ffn", "conv"})
    if (same_name(name, word)) return name;
  return "other";
}

}  // namespace

Result<EfficiencyOut> kernel_efficiency(const EfficiencyIn& in) {
  Arguments arguments("EfficiencyModel");
  arguments.efficiency(in.efficiency)
      .positive("peak rate of the hardware", in.hardware.flops_at(in.precision));
  if (!arguments.fine()) return arguments.error();
  EfficiencyOut out;
  out.workload_type = kernel_named(in.workload_type);
  out.use_flash_attention = in.use_flash_attention;
  const double scale = in.efficiency / calibration::compute_efficiency;
  out.mfu =
      std::clamp(uncapped_efficiency(out.workload_type, in.use_flash_attention, scale), 0.0, 1.0);
  out.peak_flops = in.hardware.flops_at(in.precision);
  out.achievable_flops = out.peak_flops * out.mfu;
  out.occupancy_loss = 1 - std::min(calibration::occupancy_headroom * in.efficiency, 1.0);
  out.loss = 1 - out.mfu;
  out.memory_stall = std::max(0.0, out.loss - out.occupancy_loss);
  return out;
}

namespace {

std::vector<std::string> efficiency_remarks(const EfficiencyIn& in, const EfficiencyOut& out) {
  if (out.workload_type != "other" || same_name(in.workload_type, "other")) return {};
  return {fmt::format("workload_type {} is none of attention, ffn, conv: taken as other",
                      in_quotes(in.workload_type))};
}

Fields breakdown(const EfficiencyOut& out) {
  return {{"occupancy_loss", out.occupancy_loss}, {"memory_stall", out.memory_stall}};
}

Solver network_row() {
  using In = NetworkRooflineIn;
  using Out = NetworkRooflineOut;
  return {.name = "NetworkRooflineModel",
          .short_name = "network_roofline",
          .kind = Solver::Kind::model,
          .title = "Whether devices or fabric bound a data-parallel step",
          .walls = {},
          .equations = {"T = max(6 P / (N F eta), 2 P bpp oversubscription / beta)"},
          .assumptions = {"one token is spread over all devices while one link carries the "
                          "gradients: nearly everything is Network; latency_per_device gives "
                          "each device a token and rings over the nodes",
                          "memory is not looked at: always feasible; energy is not priced"},
          .inputs = {input<&In::model>("model", "", "with parameters", required),
                     input<&In::fleet>("fleet", "", "devices and fabric", required),
                     input<&In::precision>("precision", "", "of the gradients"),
                     input<&In::efficiency>("efficiency", "1", "share of the peak rate reached")},
          .outputs = {output<&Out::feasible>("feasible", "", "always"),
                      output<&Out::latency>("latency", "ms", "of the step"),
                      output<&Out::latency_compute>("latency_compute", "ms", "arithmetic"),
                      output<&Out::latency_network>("latency_network", "ms", "gradients"),
                      output<&Out::throughput>("throughput", "1/s", "steps a second"),
                      label<&Out::bottleneck>("bottleneck", "Compute or Network"),
                      output<&Out::communication_intensity>("arithmetic_intensity", "flop/byte",
                                                            "ops a byte of gradients"),
                      output<&Out::ridge>("ridge_point", "flop/byte", "where both bind"),
                      output<&Out::memory_footprint>("memory_footprint", "GB", "bytes moved"),
                      output<&Out::peak_flops_actual>("peak_flops_actual", "TFLOP/s", "N F eta"),
                      output<&Out::peak_bw_actual>("peak_bw_actual", "GB/s", "of the link"),
                      output<&Out::mfu>("mfu", "1", "share of the peak"),
                      output<&Out::hfu>("hfu", "1", "the same"),
                      output<&Out::energy>("energy", "J", "0: not priced"),
                      output<&Out::latency_per_device>(
                          "latency_per_device", "ms",
                          "beside the book's: a token a device, ring over the nodes")},
          .run = run_as<In, Out, network_roofline>};
}

Solver efficiency_row() {
  using In = EfficiencyIn;
  using Out = EfficiencyOut;
  return {.name = "EfficiencyModel",
          .short_name = "efficiency",
          .kind = Solver::Kind::model,
          .title = "Share of the peak that a kind of kernel reaches",
          .walls = {3},
          .equations = {"attention 0.30 s, flash min(0.75 s, 0.85); ffn min(0.50 s, 0.60); conv "
                        "min(0.40 s, 0.55); s = efficiency / 0.5"},
          .assumptions = {"the two parts of overhead_breakdown need not add up to `loss` = 1 - "
                          "mfu; above an efficiency of 0.909 no occupancy is lost"},
          .inputs = {input<&In::model>("model", "", "not used"),
                     input<&In::hardware>("hardware", "", "the device", required),
                     input<&In::workload_type>("workload_type", "",
                                               "attention, ffn, conv; others are alike"),
                     input<&In::use_flash_attention>("use_flash_attention", "",
                                                     "fused attention kernels"),
                     input<&In::precision>("precision", "", "of the arithmetic"),
                     input<&In::efficiency>("efficiency", "1", "0.5 is usual")},
          .outputs = {output<&Out::mfu>("mfu", "1", "share of the peak"),
                      output<&Out::achievable_flops>("achievable_flops", "TFLOP/s", "F mfu"),
                      output<&Out::peak_flops>("peak_flops", "TFLOP/s", "F"),
                      label<&Out::workload_type>("workload_type", "as understood"),
                      output<&Out::use_flash_attention>("use_flash_attention", "", "as given"),
                      object<Out, breakdown>("overhead_breakdown", "1", "parts of the loss"),
                      output<&Out::loss>("loss", "1", "beside the book's: all of it, 1 - mfu")},
          .run = run_with_remarks<In, Out, kernel_efficiency, efficiency_remarks>};
}

}  // namespace

std::vector<Solver> roofline_rows() {
  return {network_row(), efficiency_row()};
}

}  // namespace fleetsim::analytic
