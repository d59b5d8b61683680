#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "sim/result.h"

namespace fleetsim::analytic {

// Formulas of memory (book section 4.3), in bytes; those of pages are in paging.h.
struct Bytes {
  double bytes = 0;
};

// P bpp.
struct ModelMemoryIn {
  double parameters = 0, bytes_per_parameter = 2;
};
Result<Bytes> model_memory(const ModelMemoryIn& in);

// activation_bytes of workload.h, by the names of the book.
struct ActivationMemoryIn {
  std::int64_t n_layers = 1, seq_len = 1, batch_size = 1, hidden_dim = 1;
  std::optional<std::int64_t> n_heads{};
  double precision_bytes = 2;
  std::string strategy = "selective";
};
Result<Bytes> calc_activation_memory(const ActivationMemoryIn& in);

// P bytes_per_param: 14 for weights, master copy and both moments of adam.
struct CheckpointSizeIn {
  double n_params = 0, bytes_per_param = 14;
};
Result<Bytes> calc_checkpoint_size(const CheckpointSizeIn& in);

// 2 L h d S B e, e of the cache's own where it is stored otherwise.
struct KvCacheIn {
  std::int64_t n_layers = 1, n_heads = 1, head_dim = 1, seq_len = 0, batch_size = 1;
  double bytes_per_elem = 2;
  std::optional<double> kv_bytes{};
};
Result<Bytes> calc_kv_cache_size(const KvCacheIn& in);

// L (rank + rope) S B e: multi-head latent attention (DeepSeek-AI 2024).
struct MlaCacheIn {
  std::int64_t n_layers = 1, kv_lora_rank = 1, qk_rope_head_dim = 1, seq_len = 0, batch_size = 1;
  double bytes_per_elem = 2;
};
Result<Bytes> calc_mla_cache_size(const MlaCacheIn& in);

}  // namespace fleetsim::analytic
