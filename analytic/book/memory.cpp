#include "analytic/book/memory.h"

#include "analytic/book/arguments.h"
#include "analytic/book/formula.h"
#include "analytic/book/workload.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {

Result<Bytes> model_memory(const ModelMemoryIn& in) {
  Arguments arguments("model_memory");
  arguments.positive("parameters", in.parameters)
      .positive("bytes_per_parameter", in.bytes_per_parameter);
  if (!arguments.fine()) return arguments.error();
  return Bytes{in.parameters * in.bytes_per_parameter};
}

Result<Bytes> calc_activation_memory(const ActivationMemoryIn& in) {
  Arguments arguments("calc_activation_memory");
  arguments.at_least_one("n_layers", in.n_layers)
      .at_least_one("seq_len", in.seq_len)
      .at_least_one("batch_size", in.batch_size)
      .at_least_one("hidden_dim", in.hidden_dim)
      .positive("precision_bytes", in.precision_bytes);
  if (in.n_heads) arguments.at_least_one("n_heads", *in.n_heads);
  if (!arguments.fine()) return arguments.error();
  const Result<Recompute> strategy = recompute_named(in.strategy);
  if (!strategy) return strategy.error();
  const Result<double> bytes = activation_bytes({.layers = in.n_layers,
                                                 .hidden_dim = in.hidden_dim,
                                                 .heads = in.n_heads,
                                                 .seq_len = static_cast<double>(in.seq_len),
                                                 .batch = static_cast<double>(in.batch_size),
                                                 .bytes_per_element = in.precision_bytes},
                                                *strategy);
  if (!bytes) return bytes.error();
  return Bytes{*bytes};
}

Result<Bytes> calc_checkpoint_size(const CheckpointSizeIn& in) {
  Arguments arguments("calc_checkpoint_size");
  arguments.positive("n_params", in.n_params).positive("bytes_per_param", in.bytes_per_param);
  if (!arguments.fine()) return arguments.error();
  return Bytes{in.n_params * in.bytes_per_param};
}

Result<Bytes> calc_kv_cache_size(const KvCacheIn& in) {
  const double e = in.kv_bytes.value_or(in.bytes_per_elem);
  Arguments arguments("calc_kv_cache_size");
  arguments.at_least_one("n_layers", in.n_layers)
      .at_least_one("n_heads", in.n_heads)
      .at_least_one("head_dim", in.head_dim)
      .at_least_one("batch_size", in.batch_size)
      .nonnegative("seq_len", static_cast<double>(in.seq_len))
      .positive("bytes_per_elem", in.bytes_per_elem)
      .positive("kv_bytes", e);
  if (!arguments.fine()) return arguments.error();
  return Bytes{2 * static_cast<double>(in.n_layers) * static_cast<double>(in.n_heads) *
               static_cast<double>(in.head_dim) * static_cast<double>(in.seq_len) *
               static_cast<double>(in.batch_size) * e};
}

Result<Bytes> calc_mla_cache_size(const MlaCacheIn& in) {
  Arguments arguments("calc_mla_cache_size");
  arguments.at_least_one("n_layers", in.n_layers)
      .at_least_one("kv_lora_rank", in.kv_lora_rank)
      .at_least_one("qk_rope_head_dim", in.qk_rope_head_dim)
      .at_least_one("batch_size", in.batch_size)
      .nonnegative("seq_len", static_cast<double>(in.seq_len))
      .positive("bytes_per_elem", in.bytes_per_elem);
  if (!arguments.fine()) return arguments.error();
  const double latent =
      static_cast<double>(in.kv_lora_rank) + static_cast<double>(in.qk_rope_head_dim);
  return Bytes{static_cast<double>(in.n_layers) * latent * static_cast<double>(in.seq_len) *
               static_cast<double>(in.batch_size) * in.bytes_per_elem};
}

namespace {

std::vector<OutputSpec> bytes_output() {
  return {output<&Bytes::bytes>("bytes", "B", "held")};
}

Solver activation_row() {
  using In = ActivationMemoryIn;
  return formula<calc_activation_memory>(
      "calc_activation_memory", "activations that training keeps",
      "full 2, selective 34, none 34 + 5 h S/Hd times L S B Hd e/2",
      {input<&In::n_layers>("n_layers", "1", "L", required),
       input<&In::seq_len>("seq_len", "1", "S", required),
       input<&In::batch_size>("batch_size", "1", "B", required),
       input<&In::hidden_dim>("hidden_dim", "1", "Hd", required),
       input<&In::n_heads>("n_heads", "1", "h; needed for the strategy none"),
       input<&In::precision_bytes>("precision_bytes", "B", "e"),
       input<&In::strategy>("strategy", "", "none, selective or full checkpointing")},
      bytes_output());
}

Solver kv_row() {
  using In = KvCacheIn;
  return formula<calc_kv_cache_size>(
      "calc_kv_cache_size", "keys and values of requests", "2 L h d S B e",
      {input<&In::n_layers>("n_layers", "1", "L", required),
       input<&In::n_heads>("n_heads", "1", "h, of keys and values", required),
       input<&In::head_dim>("head_dim", "1", "d", required),
       input<&In::seq_len>("seq_len", "1", "S", required),
       input<&In::batch_size>("batch_size", "1", "B", required),
       input<&In::bytes_per_elem>("bytes_per_elem", "B", "e"),
       input<&In::kv_bytes>("kv_bytes", "B", "e of the cache, where it differs")
           .also("kv_precision_bytes")},
      bytes_output());
}

Solver mla_row() {
  using In = MlaCacheIn;
  return formula<calc_mla_cache_size>(
      "calc_mla_cache_size", "the cache of multi-head latent attention", "L (rank + rope) S B e",
      {input<&In::n_layers>("n_layers", "1", "L", required),
       input<&In::kv_lora_rank>("kv_lora_rank", "1", "rank", required),
       input<&In::qk_rope_head_dim>("qk_rope_head_dim", "1", "rope", required),
       input<&In::seq_len>("seq_len", "1", "S", required),
       input<&In::batch_size>("batch_size", "1", "B", required),
       input<&In::bytes_per_elem>("bytes_per_elem", "B", "e")},
      bytes_output());
}

}  // namespace

std::vector<Solver> memory_rows() {
  return {
      formula<model_memory>(
          "model_memory", "weights of a model", "P bpp",
          {input<&ModelMemoryIn::parameters>("parameters", "1", "P", required).also("params"),
           input<&ModelMemoryIn::bytes_per_parameter>("bytes_per_parameter", "B", "bpp")
               .also("bytes_per_param")},
          bytes_output()),
      activation_row(),
      formula<calc_checkpoint_size>(
          "calc_checkpoint_size", "a checkpoint of a training", "P bytes_per_param",
          {input<&CheckpointSizeIn::n_params>("n_params", "1", "P", required),
           input<&CheckpointSizeIn::bytes_per_param>("bytes_per_param", "B", "14 for adam")},
          bytes_output()),
      kv_row(),
      mla_row(),
  };
}

}  // namespace fleetsim::analytic
