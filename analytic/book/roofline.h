#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "analytic/catalogue.h"
#include "analytic/precision.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// NetworkRooflineModel (book section 5.2): two ceilings of a data-parallel step, the devices of a
// fleet and its fabric.
struct NetworkRooflineIn {
  Model model{};
  Fleet fleet{};
  Precision precision = Precision::fp16;
  double efficiency = 0.5;
};
struct NetworkRooflineOut {
  bool feasible = true;
  double latency = 0, latency_compute = 0, latency_network = 0;  // s
  double throughput = 0;                                         // 1/s
  std::string_view bottleneck = "Compute";
  double communication_intensity = 0, ridge = 0;  // flop/byte
  double memory_footprint = 0;                    // byte
  double peak_flops_actual = 0, peak_bw_actual = 0;
  double mfu = 0, hfu = 0, energy = 0;
  double latency_per_device = 0;  // s, beside the book's
};

// With N devices of peak F and one link of bandwidth beta behind oversubscription o:
//
//   sync = 2 P bpp    ops = 6 P    T_c = ops / (N F eta)    T_n = sync o / beta
//   latency = max(T_c, T_n);  mfu = hfu = min(ops / (latency N F), 1);  ties are "Compute"
//
// The book spreads one token over all devices while one link carries the gradients. Beside it
// latency_per_device = max(6 P / (F eta), (n-1)/n T_n): a token a device, and a ring over n nodes.
Result<NetworkRooflineOut> network_roofline(const NetworkRooflineIn& in);

// EfficiencyModel, wall 3 (book section 5.3): the share of the peak that a kind of kernel reaches.
struct EfficiencyIn {
  std::optional<Model> model{};  // the book asks for one and does not use it
  Device hardware{};
  std::string workload_type = "ffn";
  bool use_flash_attention = false;
  Precision precision = Precision::fp16;
  double efficiency = 0.5;
};
struct EfficiencyOut {
  double mfu = 0;
  double achievable_flops = 0, peak_flops = 0;  // flop/s
  std::string_view workload_type = "other";
  bool use_flash_attention = false;
  double occupancy_loss = 0, memory_stall = 0;
  double loss = 0;  // 1 - mfu, beside the book's two parts
};

// With s = efficiency / 0.5:
//
//   attention  0.30 s, with flash attention (Dao 2023) min(0.75 s, 0.85)
//   ffn        min(0.50 s, 0.60)         conv  min(0.40 s, 0.55)       other  0.30 s
//   occupancy_loss = 1 - min(1.1 efficiency, 1);  memory_stall = max(0, 1 - eta - occupancy_loss)
//
// all at most 1. The two parts of the loss need not add up to 1 - eta, which `loss` is.
Result<EfficiencyOut> kernel_efficiency(const EfficiencyIn& in);

}  // namespace fleetsim::analytic
