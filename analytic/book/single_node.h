#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "analytic/catalogue.h"
#include "analytic/precision.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// SingleNodeModel, walls 1 and 2 (book section 5.1): one device, one batch, the roofline (Williams,
// Waterman and Patterson 2009) and what launching costs.
struct SingleNodeIn {
  Model model{};
  Device hardware{};
  std::int64_t batch_size = 1;
  Precision precision = Precision::fp16;
  double efficiency = 0.5;
  bool raise_errors = false;
  bool is_training = false;
  std::int64_t seq_len = 2048;
  std::int64_t zero_stage = 0;
  std::int64_t dp_size = 1;
  bool is_lora = false;
  bool activation_recomputation = false;
};

struct SingleNodeOut {
  bool feasible = true;
  double latency = 0, latency_compute = 0, latency_memory = 0, latency_overhead = 0;  // s
  double throughput = 0;                                                              // 1/s
  std::string_view bottleneck = "Compute";
  double arithmetic_intensity = 0;  // flop/byte
  double energy = 0;                // J, of the whole batch
  double memory_footprint = 0;      // byte
  double peak_flops_actual = 0, peak_bw_actual = 0, attained_flops = 0;
  double mfu = 0, hfu = 0;
  bool overhead_dominated = false;
  std::optional<double> offload_spill_bytes{}, offload_effective_bw{};
  // Beside the book's: see below.
  std::optional<double> latency_partial_offload{};
  std::optional<double> memory_footprint_with_kv{};
  std::optional<bool> feasible_with_kv{};
  std::optional<double> latency_with_kv{};
};

// With W weight bytes, B samples, F the peak of the precision, eta the efficiency and k = 1 pass
// (training: 3, or 4 with recomputation) of ops each:
//
//   T_c = k ops B / (F eta)       T_m = W (1 + 0.1 B) / bw
//   latency = max(T_c, T_m) + dispatch_tax + layers 10 us (training: 3 times)
//   mfu = (training: 3) ops B / (latency F)      hfu = mfu, with recomputation 4/3 mfu
//   energy = tdp (0.3 + 0.7 mfu) latency
//
// bw is the first that applies of: the host link where the footprint does not fit (64 GB/s if
// unknown); SRAM where W fits it; flash where there is one; memory. Bottleneck ties are "Compute".
// The footprint is W, in training weights, gradients, optimizer state and activations.
//
// Under their own names, what the book leaves out:
//
//   latency_partial_offload   only the spill crosses the host link, the rest stays at memory's rate
//   memory_footprint_with_kv  W plus keys and values of seq_len tokens a sample (inference)
//   latency_with_kv           reading W and those, without the 10% of W a sample
Result<SingleNodeOut> single_node(const SingleNodeIn& in);

// The same on a device with some figures scaled, without making another device of it.
struct HardwareScale {
  double flops = 1, memory_bandwidth = 1, memory_capacity = 1;
  double other_bandwidth = 1;  // of host link, SRAM and flash
};
Result<SingleNodeOut> single_node_scaled(const SingleNodeIn& in, const HardwareScale& scale);

}  // namespace fleetsim::analytic
