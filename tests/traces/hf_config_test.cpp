#include "traces/hf_config.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/temporary_folder.h"
#include "traces/zoo.h"

namespace fleetsim {
namespace {

using analytic::Family;
using analytic::Model;

const std::string llama_8b =
    R"({"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336,
        "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
        "vocab_size": 128256, "tie_word_embeddings": false, "attention_bias": false,
        "torch_dtype": "bfloat16", "rope_theta": 500000.0})";

const std::string mixtral =
    R"({"model_type": "mixtral", "hidden_size": 4096, "intermediate_size": 14336,
        "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
        "num_local_experts": 8, "num_experts_per_tok": 2, "vocab_size": 32000})";

const std::string deepseek_v3 =
    R"({"model_type": "deepseek_v3", "hidden_size": 7168, "intermediate_size": 18432,
        "moe_intermediate_size": 2048, "num_hidden_layers": 61, "num_attention_heads": 128,
        "num_key_value_heads": 128, "n_shared_experts": 1, "n_routed_experts": 256,
        "num_experts_per_tok": 8, "first_k_dense_replace": 3, "moe_layer_freq": 1,
        "kv_lora_rank": 512, "q_lora_rank": 1536, "qk_rope_head_dim": 64, "qk_nope_head_dim": 128,
        "v_head_dim": 128, "vocab_size": 129280, "tie_word_embeddings": false})";

// Shapes as published in the config.json of each model, and the number of parameters that its
// publisher gives: the count of the weight files (Hugging Face hub) where it is to the last one,
// else the model card's.
struct Published {
  const char* name;
  std::string config;
  double parameters;
  double active = 0;  // of a mixture of experts
};
const Published published[] = {
    {"Llama-3.1-8B", llama_8b, 8030261248},
    {"Llama-3.1-70B",
     R"({"model_type": "llama", "hidden_size": 8192, "intermediate_size": 28672,
         "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8,
         "vocab_size": 128256})",
     70553706496},
    {"Llama-3.1-405B",
     R"({"model_type": "llama", "hidden_size": 16384, "intermediate_size": 53248,
         "num_hidden_layers": 126, "num_attention_heads": 128, "num_key_value_heads": 8,
         "vocab_size": 128256})",
     405853388800},
    {"Llama-3.2-1B, tied",
     R"({"model_type": "llama", "hidden_size": 2048, "intermediate_size": 8192,
         "num_hidden_layers": 16, "num_attention_heads": 32, "num_key_value_heads": 8,
         "head_dim": 64, "vocab_size": 128256, "tie_word_embeddings": true})",
     1235814400},
    {"Llama-2-7B",
     R"({"model_type": "llama", "hidden_size": 4096, "intermediate_size": 11008,
         "num_hidden_layers": 32, "num_attention_heads": 32, "vocab_size": 32000})",
     6738415616},
    {"Llama-2-70B",
     R"({"model_type": "llama", "hidden_size": 8192, "intermediate_size": 28672,
         "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8,
         "vocab_size": 32000})",
     68976648192},
    {"Mistral-7B",
     R"({"model_type": "mistral", "hidden_size": 4096, "intermediate_size": 14336,
         "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
         "vocab_size": 32000, "sliding_window": 4096})",
     7241732096},
    {"Mixtral-8x7B", mixtral, 46702792704, 12.9e9},
    {"Qwen2.5-7B",
     R"({"model_type": "qwen2", "hidden_size": 3584, "intermediate_size": 18944,
         "num_hidden_layers": 28, "num_attention_heads": 28, "num_key_value_heads": 4,
         "vocab_size": 152064, "tie_word_embeddings": false})",
     7615616512},
    {"Qwen2.5-0.5B, tied",
     R"({"model_type": "qwen2", "hidden_size": 896, "intermediate_size": 4864,
         "num_hidden_layers": 24, "num_attention_heads": 14, "num_key_value_heads": 2,
         "vocab_size": 151936, "tie_word_embeddings": true})",
     494032768},
    {"Qwen3-8B",
     R"({"model_type": "qwen3", "hidden_size": 4096, "intermediate_size": 12288,
         "num_hidden_layers": 36, "num_attention_heads": 32, "num_key_value_heads": 8,
         "head_dim": 128, "vocab_size": 151936, "tie_word_embeddings": false})",
     8190735360},
    {"Qwen3-30B-A3B",
     R"({"model_type": "qwen3_moe", "hidden_size": 2048, "intermediate_size": 6144,
         "moe_intermediate_size": 768, "num_hidden_layers": 48, "num_attention_heads": 32,
         "num_key_value_heads": 4, "head_dim": 128, "num_experts": 128, "num_experts_per_tok": 8,
         "decoder_sparse_step": 1, "mlp_only_layers": [], "vocab_size": 151936})",
     30532122624, 3.3e9},
    {"Qwen1.5-MoE-A2.7B",
     R"({"model_type": "qwen2_moe", "hidden_size": 2048, "intermediate_size": 5632,
         "moe_intermediate_size": 1408, "shared_expert_intermediate_size": 5632,
         "num_hidden_layers": 24, "num_attention_heads": 16, "num_key_value_heads": 16,
         "num_experts": 60, "num_experts_per_tok": 4, "vocab_size": 151936})",
     14315784192, 2.7e9},
    {"DeepSeek-V3", deepseek_v3, 671026404352, 37e9},
    {"DeepSeek-V2",
     R"({"model_type": "deepseek_v2", "hidden_size": 5120, "intermediate_size": 12288,
         "moe_intermediate_size": 1536, "num_hidden_layers": 60, "num_attention_heads": 128,
         "n_shared_experts": 2, "n_routed_experts": 160, "num_experts_per_tok": 6,
         "first_k_dense_replace": 1, "kv_lora_rank": 512, "q_lora_rank": 1536,
         "qk_rope_head_dim": 64, "qk_nope_head_dim": 128, "v_head_dim": 128,
         "vocab_size": 102400})",
     235741434880, 21e9},
    {"DeepSeek-V2-Lite",
     R"({"model_type": "deepseek_v2", "hidden_size": 2048, "intermediate_size": 10944,
         "moe_intermediate_size": 1408, "num_hidden_layers": 27, "num_attention_heads": 16,
         "n_shared_experts": 2, "n_routed_experts": 64, "num_experts_per_tok": 6,
         "first_k_dense_replace": 1, "kv_lora_rank": 512, "q_lora_rank": null,
         "qk_rope_head_dim": 64, "qk_nope_head_dim": 128, "v_head_dim": 128,
         "vocab_size": 102400})",
     15706484224, 2.66e9},
    {"Gemma-7B",
     R"({"model_type": "gemma", "hidden_size": 3072, "intermediate_size": 24576,
         "num_hidden_layers": 28, "num_attention_heads": 16, "num_key_value_heads": 16,
         "head_dim": 256, "vocab_size": 256000})",
     8537680896},
    {"Gemma-2-9B",
     R"({"model_type": "gemma2", "hidden_size": 3584, "intermediate_size": 14336,
         "num_hidden_layers": 42, "num_attention_heads": 16, "num_key_value_heads": 8,
         "head_dim": 256, "vocab_size": 256000})",
     9241705984},
    {"Gemma-3-1B",
     R"({"model_type": "gemma3_text", "hidden_size": 1152, "intermediate_size": 6912,
         "num_hidden_layers": 26, "num_attention_heads": 4, "num_key_value_heads": 1,
         "head_dim": 256, "vocab_size": 262144})",
     999885952},
    {"Gemma-3-4B, its part for text",
     R"({"model_type": "gemma3", "vision_config": {"hidden_size": 1152},
         "text_config": {"model_type": "gemma3_text", "hidden_size": 2560,
                         "intermediate_size": 10240, "num_hidden_layers": 34}})",
     3880099328},
    {"GPT-2",
     R"({"model_type": "gpt2", "n_embd": 768, "n_layer": 12, "n_head": 12, "n_positions": 1024,
         "vocab_size": 50257})",
     124439808},
    {"GPT-2 XL",
     R"({"model_type": "gpt2", "n_embd": 1600, "n_layer": 48, "n_head": 25, "n_positions": 1024,
         "n_inner": null, "vocab_size": 50257})",
     1557611200},
    {"Phi-2",
     R"({"model_type": "phi", "hidden_size": 2560, "intermediate_size": 10240,
         "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
         "vocab_size": 51200})",
     2779683840},
    {"Phi-3-mini",
     R"({"model_type": "phi3", "hidden_size": 3072, "intermediate_size": 8192,
         "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
         "vocab_size": 32064})",
     3821079552},
};

TEST(HfConfig, CountsParametersAsPublished) {
  for (const Published& c : published) {
    const Result<Model> model = parse_hf_config(c.config, "config.json");
    ASSERT_TRUE(model) << c.name << ": " << model.error().message;
    EXPECT_NEAR(*model->parameters / c.parameters, 1, 1e-4) << c.name;
    EXPECT_EQ(model->active_parameters.has_value(), c.active > 0) << c.name;
    EXPECT_EQ(model->family, c.active > 0 ? Family::moe : Family::transformer) << c.name;
    // Publishers round active parameters to two figures, and differ in which embeddings count.
    if (c.active > 0) {
      EXPECT_NEAR(*model->active_parameters / c.active, 1, 0.02) << c.name;
    }
    EXPECT_EQ(*model->inference_flops, 2 * model->active_parameters.value_or(*model->parameters));
  }
}

TEST(HfConfig, KeepsTheShape) {
  const Model llama = *parse_hf_config(llama_8b, "models/Llama-3.1-8B/config.json");
  EXPECT_EQ(llama.name, "Llama-3.1-8B");
  EXPECT_EQ(llama.layers, 32);
  EXPECT_EQ(llama.hidden_dim, 4096);
  EXPECT_EQ(llama.heads, 32);
  EXPECT_EQ(llama.kv_heads, 8);
  EXPECT_EQ(llama.head_dim, 128);
  EXPECT_FALSE(llama.kv_lora_rank);
  const Model deepseek = *parse_hf_config(deepseek_v3, "config.json");
  EXPECT_EQ(deepseek.experts, 256);
  EXPECT_EQ(deepseek.active_experts, 8);
  EXPECT_EQ(deepseek.kv_lora_rank, 512);
  EXPECT_EQ(deepseek.qk_rope_head_dim, 64);
}

// Tying the head to the embedding saves exactly one matrix; fewer KV heads save theirs.
TEST(HfConfig, EachPartCountsForItself) {
  const auto count = [](const std::string& from, const std::string& to) {
    std::string config = llama_8b;
    config.replace(config.find(from), from.size(), to);
    return *parse_hf_config(config, "c")->parameters;
  };
  const double base = count("32,", "32,");
  EXPECT_EQ(base - count("embeddings\": false", "embeddings\": true"), 128256.0 * 4096);
  EXPECT_EQ(base - count("value_heads\": 8", "value_heads\": 4"), 32 * 2.0 * 4 * 128 * 4096);
  EXPECT_EQ(count("bias\": false", "bias\": true") - base, 32 * (4096.0 + 2 * 1024 + 4096));
}

struct Broken {
  const char *from, *to, *message;
};
const Broken broken[] = {
    {R"("hidden_size": 4096,)", "", "config.json:1: hidden_size is missing: a whole number"},
    {R"("intermediate_size": 14336,)", "", "intermediate_size is missing"},
    {R"("num_hidden_layers": 32,)", "", "num_hidden_layers is missing"},
    {R"("vocab_size": 128256)", R"("vocab_sizes": 1)", "vocab_size is missing"},
    {R"("num_hidden_layers": 32)", R"("num_hidden_layers": 1.5)", "config.json:2: num_hidden_lay"},
    {R"("num_hidden_layers": 32)", R"("num_hidden_layers": "32")", "expected a whole number"},
    {R"("num_hidden_layers": 32)", R"("num_hidden_layers": -1)", "expected a whole number"},
    {R"("num_attention_heads": 32)", R"("num_attention_heads": 0)", "at least 1"},
    {R"("attention_bias": false)", R"("attention_bias": 3)", "expected true or false"},
    {R"("llama")", R"("lama")", "model_type \"lama\" is not known; did you mean \"llama\"?"},
    {R"("model_type": "llama",)", "", "model_type is missing; known are llama, mistral"},
    {R"("llama")", R"("bert")", "known are llama"},
    {R"({"model_type")", R"(["model_type")", "no JSON"},
};

TEST(HfConfig, SaysWhatIsWrongWithTheFile) {
  for (const Broken& c : broken) {
    std::string config = llama_8b;
    ASSERT_NE(config.find(c.from), std::string::npos) << c.from;
    config.replace(config.find(c.from), std::string(c.from).size(), c.to);
    const Result<Model> model = parse_hf_config(config, "config.json");
    ASSERT_FALSE(model) << c.to;
    EXPECT_NE(model.error().message.find(c.message), std::string::npos) << model.error().message;
  }
  EXPECT_FALSE(parse_hf_config("[]", "c"));
  EXPECT_FALSE(parse_hf_config("", "c"));
}

TEST(HfConfig, AModelOfALookupMayBeAFile) {
  const testing_support::TemporaryFolder folder;
  std::filesystem::create_directory(folder / "Mixtral");
  testing_support::write_bytes(folder / "Mixtral/config.json", mixtral);
  const Result<Zoo> zoo = load_zoo({});
  ASSERT_TRUE(zoo);
  const Result<Model> model = zoo->model(folder / "Mixtral/config.json");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->name, "Mixtral");
  EXPECT_EQ(model->kv_heads, 8);
  const Result<Model> missing = zoo->model(folder / "Mixtral/confg.json");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("did you mean \"config.json\""), std::string::npos);
}

}  // namespace
}  // namespace fleetsim
