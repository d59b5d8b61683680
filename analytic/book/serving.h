#pragma once
#include <cstdint>
#include <optional>

#include "analytic/catalogue.h"
#include "analytic/precision.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// ServingModel, wall 4 (book section 5.6): one batch of requests through prefill and decode.
struct ServingIn {
  Model model{};
  Device hardware{};
  std::int64_t seq_len = 0;
  std::int64_t batch_size = 1;
  Precision precision = Precision::fp16;
  double efficiency = 0.5;
  std::optional<Device> decode_hardware{};
  double network_bandwidth = 100e9;  // byte/s
  std::optional<Model> draft_model{};
  double draft_acceptance_rate = 0.7;
  std::int64_t cached_prefix_len = 0;
  std::optional<std::int64_t> prefill_chunk_tokens{};
  std::optional<double> mean_tokens{};  // in the place of seq_len, for a mean, which is not whole

  double tokens() const { return mean_tokens.value_or(static_cast<double>(seq_len)); }
};

struct ServingOut {
  bool feasible = true;
  double ttft = 0, itl = 0;                                                     // s
  double kv_cache_size = 0, model_weights_size = 0, total_memory_required = 0;  // byte
  double memory_utilization = 0;
  double prompt_cache_hit_ratio = 0;
  std::int64_t prefill_chunks = 1;
  std::optional<double> prefill_chunk_time{}, decode_stall_bound{};  // s
  // Beside the book's: see below.
  double ttft_exact = 0, itl_exact = 0;
  double total_memory_exact = 0;
  bool feasible_exact = true;
};

// For prompts of S tokens of which `cached` are known, n = S - cached, batch B, peak F of the
// prefill device, bandwidth BW of the decode device (the same unless one is given):
//
//   ops    = 2 P n B + 4 L h d n S B
//   ttft   = ops / (F eta) + chunks dispatch_tax + (decode device given: KV / network_bandwidth)
//   itl    = (W + KV) / BW + L 10 us                                     KV of all S and B
//   memory = W + KV (+ W of the draft) on the decode device
//
// Chunked prefill (Agrawal et al. 2024): chunks = ceil(n / chunk); the first chunk's time bounds
// how long a decode step waits. Speculative decoding (Leviathan et al. 2023) with 4 draft tokens,
// each accepted with probability a, E = (1 - a^5) / (1 - a) tokens a round, 5 for a = 1:
//
//   itl = (4 (W_d + KV_d) / BW + itl) / E
//
// The book's decode has no ceiling of arithmetic, its prefill reads no weights, its attention has
// no causal half, its experts all work, its draft launches for free and keeps nothing. Beside it,
// with P_a the active parameters:
//
//   ttft_exact   ops = 2 P_a n B + 4 L h d B sum_{i=1..n} (cached + i), and no chunk is faster than
//                the weights and the keys and values before it can be read
//   itl_exact    max((W + KV) / BW, m (2 P_a + 4 L h d S) B / (F eta)) + L 10 us, m = 1, and with a
//                draft m = 5 and 4 ((W_d + KV_d) / BW + L_d 10 us) before the division by E
//   total_memory_exact   with the draft's KV; feasible_exact also fits the prefill device
Result<ServingOut> serving(const ServingIn& in);

// E above.
double tokens_per_round(double acceptance);

}  // namespace fleetsim::analytic
