#include "traces/hf_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <vector>

#include "sim/nearest.h"
#include "sim/printable.h"
#include "traces/located_json.h"

namespace fleetsim {
namespace {

using analytic::Fields;
using analytic::Model;
using analytic::Value;

// What the architectures that are written in the same way differ in.
struct Rules {
  std::string_view model_type;
  double norms = 2;       // vectors of width d a layer
  bool qkv_bias = false;  // whatever attention_bias says
  bool qk_norm = false;
  bool tied = false;  // where tie_word_embeddings is not said
};
constexpr Rules rules[] = {
    {"llama"},
    {"mistral"},
    {"mixtral"},
    {"phi3"},
    {"qwen2", 2, true},
    {"qwen2_moe", 2, true},
    {"qwen3", 2, false, true},
    {"qwen3_moe", 2, false, true},
    {"gemma", 2, false, false, true},
    {"gemma2", 4, false, false, true},
    {"gemma3_text", 4, false, true, true},
    {"deepseek_v2"},
    {"deepseek_v3"},
    {"gpt2", 4, true, false, true},
    {"phi", 2, true},
};

// The fields of a config. The first complaint is kept, and what is complained of reads as 1.
class Config {
 public:
  explicit Config(const LocatedJson& file) : file_(file), fields_(file.value.as_fields()) {
    // Models of several senses keep the one of language in a part of its own.
    const Value* part = fields_ != nullptr ? find("text_config") : nullptr;
    if (part != nullptr && part->as_fields() != nullptr)
      pointer_ = "/text_config", fields_ = part->as_fields();
  }

  const std::optional<Error>& problem() const { return problem_; }
  bool is_object() const { return fields_ != nullptr; }

  bool has(std::string_view name) const { return find(name) != nullptr; }

  double whole(std::string_view name) {
    const Value* value = find(name);
    if (value == nullptr)
      return complain(file_.place(pointer_), fmt::format("{} is missing: a whole number", name));
    return checked(name, *value);
  }
  double whole_or(std::string_view name, double otherwise) {
    const Value* value = find(name);
    return value == nullptr ? otherwise : checked(name, *value);
  }
  bool flag_or(std::string_view name, bool otherwise) {
    const Value* value = find(name);
    if (value == nullptr) return otherwise;
    if (value->as_bool() == nullptr)
      complain(at(name), fmt::format("{}: expected true or false", name));
    return value->as_bool() != nullptr && value->flag();
  }
  std::string text(std::string_view name) const {
    const Value* value = find(name);
    return value != nullptr && value->as_text() != nullptr ? value->text() : std::string();
  }
  bool lists(std::string_view name, double wanted) const {
    const Value* value = find(name);
    if (value == nullptr || value->as_list() == nullptr) return false;
    const analytic::Values& list = value->list();
    return std::any_of(list.begin(), list.end(), [&](const Value& item) {
      return item.as_number() != nullptr && item.number() == wanted;
    });
  }
  double complain(const std::string& place, const std::string& what) {
    if (!problem_) problem_ = Error{place + ": " + what};
    return 1;
  }
  std::string at(std::string_view name) const {
    return file_.place(pointer_ + '/' + std::string(name));
  }

 private:
  // A field that is null counts as absent: so the library that writes these files means it.
  const Value* find(std::string_view name) const {
    for (const auto& [said, value] : *fields_)
      if (said == name) return value.empty() ? nullptr : &value;
    return nullptr;
  }
  double checked(std::string_view name, const Value& value) {
    constexpr double largest = 1e9;
    const double* number = value.as_number();
    if (number != nullptr && *number >= 0 && *number <= largest && *number == std::floor(*number))
      return *number;
    return complain(at(name), fmt::format("{}: expected a whole number from 0 to 1e9", name));
  }

  const LocatedJson& file_;
  const Fields* fields_;
  std::string pointer_;
  std::optional<Error> problem_;
};

struct Count {
  double all = 0, active = 0;

  void add(double parameters) { all += parameters, active += parameters; }
};

struct Shape {
  double d = 1, layers = 1, heads = 1, kv_heads = 1, head_dim = 1, vocabulary = 1;
};

// Grouped-query attention with its biases and norms, one layer.
double attention(Config& config, const Shape& s, const Rules& of) {
  const double q = s.heads * s.head_dim, kv = 2 * s.kv_heads * s.head_dim;
  const bool all_biased = config.flag_or("attention_bias", false);
  double count = s.d * (q + kv) + q * s.d;
  if (all_biased || of.qkv_bias) count += q + kv;
  if (all_biased) count += s.d;
  if (of.qk_norm) count += 2 * s.head_dim;
  return count;
}

// Multi-head latent attention (DeepSeek-V2, section 2.1), one layer.
double latent_attention(Config& config, const Shape& s) {
  const double rope = config.whole("qk_rope_head_dim"), nope = config.whole("qk_nope_head_dim");
  const double value = config.whole("v_head_dim"), rank = config.whole("kv_lora_rank");
  const double q_rank = config.whole_or("q_lora_rank", 0);
  const double q = s.heads * (nope + rope);
  const double queries = q_rank > 0 ? s.d * q_rank + q_rank + q_rank * q : s.d * q;
  const double keys = s.d * (rank + rope) + rank + rank * s.heads * (nope + value);
  return queries + keys + s.heads * value * s.d;
}

// The experts of a layer that has them.
struct Experts {
  double number = 0, active = 0, width = 0, shared_width = 0;
  double extra = 0;  // gates and biases beside the router
};

Experts experts_of(Config& config, const Shape& s, std::string_view type) {
  Experts experts;
  if (type == "mixtral") {
    experts.number = config.whole("num_local_experts");
    experts.width = config.whole("intermediate_size");
  } else if (type == "qwen2_moe" || type == "qwen3_moe") {
    experts.number = config.whole("num_experts");
    experts.width = config.whole("moe_intermediate_size");
    if (type == "qwen2_moe") {
      experts.shared_width = config.whole("shared_expert_intermediate_size");
      experts.extra = s.d;
    }
  } else if (config.has("n_routed_experts")) {
    experts.number = config.whole("n_routed_experts");
    experts.width = config.whole("moe_intermediate_size");
    experts.shared_width = config.whole_or("n_shared_experts", 0) * experts.width;
    if (type == "deepseek_v3") experts.extra = experts.number;  // bias that balances the load
  }
  if (experts.number == 0) return experts;
  experts.active = config.whole("num_experts_per_tok");
  if (experts.active > experts.number)
    config.complain(config.at("num_experts_per_tok"), "num_experts_per_tok is more than all");
  return experts;
}

// How many layers have experts instead of one feed-forward part.
double sparse_layers(Config& config, const Shape& s, std::string_view type) {
  if (type == "mixtral") return s.layers;
  const bool deepseek = type.starts_with("deepseek");
  const double first = deepseek ? config.whole_or("first_k_dense_replace", 0) : 0;
  const double step = config.whole_or(deepseek ? "moe_layer_freq" : "decoder_sparse_step", 1);
  if (step == 0) return 0;
  double count = 0;
  for (double layer = 0; layer < s.layers; ++layer) {
    const double turn = deepseek ? layer : layer + 1;
    if (layer >= first && std::fmod(turn, step) == 0 && !config.lists("mlp_only_layers", layer))
      ++count;
  }
  return count;
}

Shape shape_of(Config& config, std::string_view type) {
  const bool gpt2 = type == "gpt2", gemma3 = type == "gemma3_text";
  Shape s;
  s.d = config.whole(gpt2 ? "n_embd" : "hidden_size");
  s.layers = config.whole(gpt2 ? "n_layer" : "num_hidden_layers");
  // Gemma 3 leaves out what is as in its smallest form.
  s.heads = gemma3 ? config.whole_or("num_attention_heads", 8)
                   : config.whole(gpt2 ? "n_head" : "num_attention_heads");
  s.kv_heads = config.whole_or("num_key_value_heads", gemma3 ? 4 : s.heads);
  s.vocabulary = gemma3 ? config.whole_or("vocab_size", 262208) : config.whole("vocab_size");
  if (s.heads == 0 || s.layers == 0 || s.d == 0)
    config.complain(config.at("hidden_size"), "width, layers and heads must be at least 1");
  const double even = std::floor(s.d / std::max(1.0, s.heads));
  s.head_dim = config.whole_or("head_dim", gemma3 ? 256 : even);
  if (s.layers > 1e5) config.complain(config.at("num_hidden_layers"), "more than 1e5 layers");
  return s;
}

// GPT-2: learned positions, biases everywhere, a plain feed-forward part; each norm has a bias.
double gpt2_parameters(Config& config, const Shape& s) {
  const double f = config.whole_or("n_inner", 4 * s.d);
  const double layer = 4 * (s.d * s.d + s.d) + 2 * s.d * f + f + s.d + 4 * s.d;
  const double positions = config.whole("n_positions");
  return (s.vocabulary + positions) * s.d + s.layers * layer + 2 * s.d;
}

// Phi-1 and Phi-2: attention and feed-forward side by side behind one norm, biases everywhere, a
// head of its own.
double phi_parameters(Config& config, const Shape& s) {
  const double f = config.whole("intermediate_size");
  const double q = s.heads * s.head_dim, kv = 2 * s.kv_heads * s.head_dim;
  const double layer = s.d * (q + kv) + q + kv + q * s.d + s.d + 2 * s.d * f + f + s.d + 2 * s.d;
  return 2 * s.vocabulary * s.d + s.vocabulary + s.layers * layer + 2 * s.d;
}

Count gated_parameters(Config& config, const Shape& s, const Rules& of, const Experts& experts) {
  const std::string_view type = of.model_type;
  const bool tied = config.flag_or("tie_word_embeddings", of.tied);
  const double sparse = experts.number > 0 ? sparse_layers(config, s, type) : 0;
  const double dense = s.layers - sparse;
  Count count;
  count.add((tied ? 1 : 2) * s.vocabulary * s.d + s.d);
  count.add(s.layers * of.norms * s.d);
  count.add(s.layers * (type.starts_with("deepseek") ? latent_attention(config, s)
                                                     : attention(config, s, of)));
  if (dense > 0) {
    const double f = config.whole("intermediate_size");
    const double bias = config.flag_or("mlp_bias", false) ? 2 * f + s.d : 0;
    count.add(dense * (3 * s.d * f + bias));
  }
  const double expert = 3 * s.d * experts.width;
  count.add(sparse * (s.d * experts.number + experts.extra + 3 * s.d * experts.shared_width));
  count.all += sparse * experts.number * expert;
  count.active += sparse * experts.active * expert;
  return count;
}

const Rules* rules_of(std::string_view type) {
  if (type == "gemma3") type = "gemma3_text";
  for (const Rules& row : rules)
    if (row.model_type == type) return &row;
  return nullptr;
}

Error unknown_type(const Config& config, const std::string& type) {
  std::vector<std::string> names;
  for (const Rules& row : rules) names.emplace_back(row.model_type);
  const std::string known = fmt::format("; known are {}", fmt::join(names, ", "));
  if (type.empty()) return Error{config.at("model_type") + ": model_type is missing" + known};
  const std::string hint = did_you_mean(type, names);
  return Error{fmt::format("{}: model_type {} is not known{}", config.at("model_type"),
                           in_quotes(type), hint.empty() ? known : hint)};
}

// "Llama-3.1-8B" of "models/Llama-3.1-8B/config.json", where the file does not name the model.
std::string name_of(const Config& config, const std::string& file) {
  const std::string said = config.text("_name_or_path");
  if (!said.empty()) return said;
  const std::filesystem::path path(file);
  const std::string folder = path.parent_path().filename().string();
  return folder.empty() ? path.stem().string() : folder;
}

Result<Model> model_of_config(const LocatedJson& file) {
  Config config(file);
  if (!config.is_object()) return Error{file.name + ": expected an object, as config.json is"};
  const Rules* of = rules_of(config.text("model_type"));
  if (of == nullptr) return unknown_type(config, config.text("model_type"));
  const Shape s = shape_of(config, of->model_type);
  const Experts experts = experts_of(config, s, of->model_type);
  Count count;
  if (of->model_type == "gpt2")
    count.add(gpt2_parameters(config, s));
  else if (of->model_type == "phi")
    count.add(phi_parameters(config, s));
  else
    count = gated_parameters(config, s, *of, experts);

  Model model;
  model.id = file.name;
  model.name = name_of(config, file.name);
  model.family = experts.number > 0 ? analytic::Family::moe : analytic::Family::transformer;
  model.parameters = count.all;
  model.inference_flops = 2 * count.active;  // a multiply and an add each, per token
  model.layers = static_cast<std::int64_t>(s.layers);
  model.hidden_dim = static_cast<std::int64_t>(s.d);
  model.heads = static_cast<std::int64_t>(s.heads);
  model.kv_heads = static_cast<std::int64_t>(s.kv_heads);
  model.head_dim = static_cast<std::int64_t>(s.head_dim);
  if (experts.number > 0) {
    model.active_parameters = count.active;
    model.experts = static_cast<std::int64_t>(experts.number);
    model.active_experts = static_cast<std::int64_t>(experts.active);
  }
  if (of->model_type.starts_with("deepseek")) {
    model.kv_lora_rank = static_cast<std::int64_t>(config.whole("kv_lora_rank"));
    model.qk_rope_head_dim = static_cast<std::int64_t>(config.whole("qk_rope_head_dim"));
  }
  if (config.problem()) return *config.problem();
  return model;
}

}  // namespace

Result<Model> parse_hf_config(const std::string& text, const std::string& name) {
  const Result<LocatedJson> file = parse_located_json(text, name);
  if (!file) return file.error();
  return model_of_config(*file);
}

Result<Model> read_hf_config(const std::string& path) {
  const Result<LocatedJson> file = read_located_json(path);
  if (!file) return file.error();
  return model_of_config(*file);
}

}  // namespace fleetsim
