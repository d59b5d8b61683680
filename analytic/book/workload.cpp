#include "analytic/book/workload.h"

#include <algorithm>
#include <string>

namespace fleetsim::analytic {

namespace {

// Zero counts as not given.
template <class T>
T given(const std::optional<T>& figure, T otherwise) {
  return figure && *figure != T{} ? *figure : otherwise;
}

Error lacks(const Model& model, std::string_view field) {
  return {"model '" + (model.name.empty() ? model.id : model.name) + "': " + std::string(field)};
}

}  // namespace

std::int64_t layers_of(const Model& model) {
  return given<std::int64_t>(model.layers, 1);
}
std::int64_t hidden_dim_of(const Model& model) {
  return given<std::int64_t>(model.hidden_dim, 4096);
}
std::int64_t heads_of(const Model& model) {
  return given<std::int64_t>(model.heads, 32);
}
std::int64_t kv_heads_of(const Model& model) {
  return given(model.kv_heads, heads_of(model));
}
std::int64_t head_dim_of(const Model& model) {
  if (model.head_dim && *model.head_dim != 0) return *model.head_dim;
  return hidden_dim_of(model) / heads_of(model);
}

bool is_transformer(const Model& model) {
  return model.family == Family::transformer || model.family == Family::moe;
}

void admit_model(Arguments& in, const Model& model) {
  const auto count = [&in](std::string_view name, const std::optional<std::int64_t>& figure) {
    if (figure) in.need(*figure >= 0, name, static_cast<double>(*figure), "zero or more");
  };
  const auto amount = [&in](std::string_view name, const std::optional<double>& figure) {
    if (figure) in.nonnegative(name, *figure);
  };
  amount("parameters of the model", model.parameters);
  amount("active_parameters of the model", model.active_parameters);
  amount("model_size of the model", model.model_size);
  amount("inference_flops of the model", model.inference_flops);
  count("layers of the model", model.layers);
  count("hidden_dim of the model", model.hidden_dim);
  count("heads of the model", model.heads);
  count("kv_heads of the model", model.kv_heads);
  count("head_dim of the model", model.head_dim);
  count("kv_lora_rank of the model", model.kv_lora_rank);
  count("qk_rope_head_dim of the model", model.qk_rope_head_dim);
  count("state_size of the model", model.state_size);
  count("denoising_steps of the model", model.denoising_steps);
}

void admit_device(Arguments& in, const Device& device, Precision precision) {
  in.positive("peak rate of the hardware", device.flops_at(precision))
      .positive("memory bandwidth of the hardware", device.memory_bandwidth)
      .positive("memory capacity of the hardware", device.memory_capacity)
      .nonnegative("dispatch_tax of the hardware", device.dispatch_tax);
}

void admit_attention(Arguments& in, const Model& model) {
  const bool shaped = model.family == Family::other && model.layers && model.hidden_dim;
  in.need(is_transformer(model) || shaped, "number of attention layers of the model", 0,
          "known and above 0: this solver is for transformers");
  admit_model(in, model);
  const std::int64_t width = model.head_dim ? *model.head_dim : 0;
  in.need(width > 0 || heads_of(model) <= hidden_dim_of(model), "heads of the model",
          static_cast<double>(heads_of(model)), "at most its hidden_dim");
}

Result<double> parameters_of(const Model& model) {
  const double parameters = given(model.parameters, 0.0);
  if (parameters > 0) return parameters;
  return lacks(model, "parameters must be given and above zero here");
}

Result<double> weight_bytes(const Model& model, double bytes_per_parameter) {
  const double parameters = given(model.parameters, 0.0);
  const double size = given(model.model_size, 0.0);
  if (size > 0 && (model.family == Family::other || parameters <= 0)) return size;
  if (parameters > 0) return parameters * bytes_per_parameter;
  return lacks(model, "neither parameters nor model_size is given");
}

Result<double> total_ops(const Model& model) {
  double ops = given(model.inference_flops, 0.0);
  if (ops <= 0) {
    const double parameters = given(model.parameters, 0.0);
    const bool sparse = model.family == Family::moe;
    ops = 2 * (sparse ? given(model.active_parameters, parameters) : parameters);
    if (model.family == Family::cnn)
      return lacks(model, "inference_flops must be given for a convolutional network");
  }
  if (model.family == Family::diffusion)
    ops *= static_cast<double>(given<std::int64_t>(model.denoising_steps, 1));
  return ops;
}

double grouped_kv_bytes_per_token(const Model& model, double bytes_per_element) {
  const std::int64_t elements = 2 * layers_of(model) * kv_heads_of(model) * head_dim_of(model);
  return static_cast<double>(elements) * bytes_per_element;
}

double kv_bytes_per_token(const Model& model, double bytes_per_element) {
  const std::int64_t rank = given<std::int64_t>(model.kv_lora_rank, 0);
  const std::int64_t rope = given<std::int64_t>(model.qk_rope_head_dim, 0);
  if (rank == 0 || rope == 0) return grouped_kv_bytes_per_token(model, bytes_per_element);
  return static_cast<double>(layers_of(model) * (rank + rope)) * bytes_per_element;
}

double kv_cache_bytes(const Model& model, double tokens, double batch, double bytes_per_element) {
  if (model.family == Family::ssm) {
    const std::int64_t state = hidden_dim_of(model) * given<std::int64_t>(model.state_size, 1);
    return static_cast<double>(layers_of(model) * state) * batch * bytes_per_element;
  }
  return kv_bytes_per_token(model, bytes_per_element) * tokens * batch;
}

Result<Recompute> recompute_named(std::string_view name) {
  if (name == "none") return Recompute::none;
  if (name == "selective") return Recompute::selective;
  if (name == "full") return Recompute::full;
  return Error{"activation checkpointing '" + std::string(name) +
               "' is unknown; it is one of none, selective, full"};
}

Result<double> activation_bytes(const ActivationShape& shape, Recompute strategy) {
  const double q = shape.bytes_per_element / 2;
  const double plane = shape.seq_len * shape.batch * static_cast<double>(shape.hidden_dim);
  const auto layers = static_cast<double>(shape.layers);
  if (strategy == Recompute::full) return layers * 2 * plane * q;
  if (strategy == Recompute::selective) return layers * 34 * plane * q;
  if (!shape.heads || *shape.heads < 1)
    return Error{"heads must be given for activations kept without checkpointing"};
  const double scores =
      5 * static_cast<double>(*shape.heads) * shape.seq_len * shape.seq_len * shape.batch;
  return layers * (34 * plane + scores) * q;
}

Result<double> optimizer_bytes(std::string_view name) {
  if (name == "adam" || name == "adamw") return 12.0;
  if (name == "sgd") return 4.0;
  if (name == "none") return 0.0;
  return Error{"optimizer '" + std::string(name) +
               "' is unknown; it is one of adam, adamw, sgd, none"};
}

Result<TrainingBytes> training_memory(const Model& model, const TrainingMemoryOf& run) {
  const Result<double> parameters = parameters_of(model);
  if (!parameters) return parameters.error();
  const double bpp = bytes_of(run.precision);
  TrainingBytes bytes{.weights = *parameters * bpp,
                      .gradients = *parameters * bpp,
                      .optimizer_state = *parameters * run.optimizer_bytes};
  const std::int64_t hidden = hidden_dim_of(model);
  if (run.is_lora) {
    const auto across = static_cast<double>(hidden * 4 * layers_of(model));
    const double share = std::min(2 * run.lora_rank * across / *parameters, 1.0);
    bytes.gradients *= share;
    bytes.optimizer_state *= share;
  }
  if (run.zero_stage >= 1) bytes.optimizer_state /= run.dp_size;
  if (run.zero_stage >= 2) bytes.gradients /= run.dp_size;
  if (run.zero_stage >= 3) bytes.weights /= run.dp_size;
  const Result<double> activations = activation_bytes({.layers = layers_of(model),
                                                       .hidden_dim = hidden,
                                                       .heads = model.heads,
                                                       .seq_len = run.seq_len,
                                                       .batch = run.batch,
                                                       .bytes_per_element = bpp},
                                                      run.strategy);
  if (!activations) return activations.error();
  bytes.activations = *activations;
  return bytes;
}

}  // namespace fleetsim::analytic
