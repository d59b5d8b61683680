#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "analytic/book/arguments.h"
#include "analytic/catalogue.h"
#include "analytic/precision.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// What a model asks of a machine (book section 3). A figure of zero counts as not given; where a
// row leaves a shape out the book takes 4096 hidden, 32 heads, 1 layer.

std::int64_t layers_of(const Model& model);
std::int64_t hidden_dim_of(const Model& model);
std::int64_t heads_of(const Model& model);
std::int64_t kv_heads_of(const Model& model);  // as many as heads where not grouped
std::int64_t head_dim_of(const Model& model);  // its own, else floor(hidden / heads)

Result<double> parameters_of(const Model& model);

// W = P bpp, or model_size where the row has one and is of no special family. A mixture of experts
// holds all its parameters.
Result<double> weight_bytes(const Model& model, double bytes_per_parameter);

// Flop of one forward pass of one sample: inference_flops, else 2 P (of the active parameters for a
// mixture of experts); a diffusion model makes denoising_steps of them. A sample is a token for
// language and state-space models, an input for the others.
Result<double> total_ops(const Model& model);

// Bytes of keys and values that attention keeps of one token: 2 L h_kv d bpp, or with multi-head
// latent attention (DeepSeek-AI 2024) L (rank + rope) bpp. The grouped form, whatever the model
// has, is what the book's batching and streaming solvers count.
double kv_bytes_per_token(const Model& model, double bytes_per_element);
double grouped_kv_bytes_per_token(const Model& model, double bytes_per_element);

// The above for `batch` sequences of `tokens`. A state-space model keeps L Hd state batch bpp
// whatever the length.
double kv_cache_bytes(const Model& model, double tokens, double batch, double bytes_per_element);

// What backward passes find in memory and what they compute again (Korthikanti et al. 2022).
enum class Recompute : std::uint8_t { none, selective, full };
Result<Recompute> recompute_named(std::string_view name);

// With q = bpp/2 (Korthikanti et al. 2022, equations 1, 4 and table 2), bytes:
//
//   full       L 2 S B Hd q
//   selective  L 34 S B Hd q
//   none       L (34 S B Hd + 5 h S^2 B) q       the heads must be known
struct ActivationShape {
  std::int64_t layers = 1, hidden_dim = 4096;
  std::optional<std::int64_t> heads{};
  double seq_len = 2048, batch = 1, bytes_per_element = 2;
};
Result<double> activation_bytes(const ActivationShape& shape, Recompute strategy);

// Bytes of optimizer state a parameter: 12 for adam and adamw (moments and master copy), 4 for sgd,
// 0 for none.
Result<double> optimizer_bytes(std::string_view name);

struct TrainingMemoryOf {
  double batch = 1;
  double seq_len = 2048;
  Precision precision = Precision::fp16;
  double optimizer_bytes = 12;  // a parameter
  Recompute strategy = Recompute::selective;
  std::int64_t zero_stage = 0;
  double dp_size = 1;
  bool is_lora = false;
  double lora_rank = 16;
};
struct TrainingBytes {
  double weights = 0, gradients = 0, optimizer_state = 0, activations = 0;
  double total() const { return weights + gradients + optimizer_state + activations; }
};

// Weights, gradients, optimizer state and activations of a transformer (book 3.4). Four square
// adapters a layer for LoRA (Hu et al. 2021), f = min(8 rank Hd L / P, 1) of the parameters;
// ZeRO 1, 2, 3 divide optimizer state, gradients, weights by dp (Rajbhandari et al. 2020).
Result<TrainingBytes> training_memory(const Model& model, const TrainingMemoryOf& run);

// What solvers divide by: shapes above zero where given, heads that share the hidden size; peak
// rate, bandwidth and capacity of a device.
void admit_model(Arguments& in, const Model& model);
void admit_device(Arguments& in, const Device& device, Precision precision);

// A model that keeps keys and values of its tokens: a transformer, or one of no special family
// whose layers and hidden size are known.
void admit_attention(Arguments& in, const Model& model);

// Whether the book gives this family activations: transformers, dense or of experts. The others
// train in P (2 bpp + 12).
bool is_transformer(const Model& model);

}  // namespace fleetsim::analytic
