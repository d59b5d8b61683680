#pragma once
#include <cstdint>
#include <optional>

#include "analytic/catalogue.h"
#include "analytic/precision.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// ContinuousBatchingModel, wall 5 (book section 5.7, newest form): what paged keys and values
// (Kwon et al. 2023) and admission at every step (Yu et al. 2022) buy over static slots of the
// longest request.
struct ContinuousBatchingIn {
  Model model{};
  Device hardware{};
  std::optional<std::int64_t> max_seq_len{};
  std::optional<std::int64_t> seq_len{};        // the older name of max_seq_len
  std::optional<double> mean_request_tokens{};  // max_seq_len where not given
  std::int64_t max_batch_size = 1;
  std::int64_t page_size = 16;
  Precision precision = Precision::fp16;
  double efficiency = 0.5;
};

struct ContinuousBatchingOut {
  bool feasible = true;
  double throughput = 0, static_throughput = 0;  // token/s
  std::int64_t max_active_requests = 0, static_max_active_requests = 0;
  double mean_request_tokens = 0;
  double paged_fragmentation = 0, static_fragmentation = 0;
  double paged_kv_cache_size = 0, static_kv_cache_size = 0;  // byte
  double ttft = 0, itl = 0;                                  // s
  double speedup_vs_static = 1;
  // Beside the book's: see below.
  double ttft_full_batch = 0, itl_exact = 0;
  std::optional<std::int64_t> max_active_requests_exact{};
};

// With k = 2 L h_kv d bpp bytes a token, free = capacity - W, mean tokens m of at most M, and
// `alloc` the tokens that pages hold for one request (paging.h):
//
//   n_paged  = min(floor(free / (k alloc)), max_batch)     n_static = min(floor(free / (k M)), ...)
//   step(n)  = (W + n k m) / BW                            throughput = n / step(n)
//   itl      = step(n_paged)                               speedup = throughput / static throughput
//   ttft     = prefill of n_paged requests of m tokens + dispatch_tax
//
// Weights that leave no room: no requests, throughput 0, speed-up 1, itl 1000 s. A count within a
// part in 10^12 of the next whole number is that number.
//
// Beside them: ttft_full_batch prefills max_batch requests of M tokens, fitting or not, as older
// versions did; itl_exact has the layers' launches, which ServingModel adds and this does not;
// max_active_requests_exact counts latent attention (DeepSeek-AI 2024) as it is, where it is used.
Result<ContinuousBatchingOut> continuous_batching(const ContinuousBatchingIn& in);

// The longest request, under either of its names; an error when neither is given or they differ.
Result<std::int64_t> longest_request(std::string_view solver,
                                     const std::optional<std::int64_t>& max_seq_len,
                                     const std::optional<std::int64_t>& seq_len);

}  // namespace fleetsim::analytic
