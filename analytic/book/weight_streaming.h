#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "analytic/catalogue.h"
#include "analytic/precision.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// WeightStreamingModel, wall 6 (book section 5.9): a wafer whose memory holds keys and values while
// the weights of one layer after the other come over the injection link (Lie 2022).
struct WeightStreamingIn {
  Model model{};
  Device hardware{};
  std::int64_t seq_len = 0;
  std::int64_t batch_size = 1;
  Precision precision = Precision::fp16;
  double efficiency = 0.5;
  std::string phase = "decode";
};
struct WeightStreamingOut {
  bool feasible = true;
  double throughput = 0;  // token/s
  std::string_view bottleneck = "Compute-Bound";
  double layer_compute_time = 0, layer_injection_time = 0;  // s
  std::int64_t optimal_batch_size = 1;
  double wafer_memory_utilization = 0;
  double latency = 0;  // s, of all layers
  // Beside the book's: see below.
  std::int64_t max_batch_size = 0, optimal_batch_exact = 0;
  double layer_compute_exact = 0;  // s
};

// With p = P/L parameters a layer, and KV of all S and B:
//
//   t_inj = p bpp / link          t_cmp = ops / (F eta) + dispatch_tax
//   ops   = 2 p B,  in prefill 2 p S B + 2 h_kv S^2 d B
//   throughput = B / (L max(t_cmp, t_inj)), B S in prefill; 0 where 1.1 KV exceeds the memory
//   optimal_batch = max(1, floor(t_inj F eta / (2 p)));   ties are Compute-Bound
//
// Beside them max_batch_size is what the memory holds (a tie fits), optimal_batch_exact the batch
// at which t_cmp with the dispatch reaches t_inj, within that; layer_compute_exact counts attention
// as ServingModel does: 4 h d S B a layer, S^2 in prefill.
Result<WeightStreamingOut> weight_streaming(const WeightStreamingIn& in);

}  // namespace fleetsim::analytic
