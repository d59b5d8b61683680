#include <limits>

#include "analytic/book/serving.h"
#include "analytic/book/workload.h"
#include "tests/analytic/book_node.h"

namespace fleetsim::analytic {
namespace {

TEST(Workload, LowersEachFamilyByItsOwnRule) {
  Model base;
  base.parameters = 10;
  EXPECT_EQ(good(weight_bytes(base, 2)), 20);
  EXPECT_EQ(good(total_ops(base)), 20);
  base.model_size = 100;
  EXPECT_EQ(good(weight_bytes(base, 2)), 100);  // whatever the bytes a parameter
  base.parameters.reset();
  EXPECT_EQ(good(total_ops(base)), 0);
  Model diffusion;
  diffusion.family = Family::diffusion;
  diffusion.parameters = 10, diffusion.denoising_steps = 50;
  EXPECT_EQ(good(total_ops(diffusion)), 1000);
  EXPECT_EQ(good(total_ops(deepseek_v3())), 74e9);
  EXPECT_EQ(good(weight_bytes(deepseek_v3(), 1)), 671e9);
  Model zero = llama3_8b();
  zero.inference_flops = 0;  // counts as not given
  EXPECT_EQ(good(total_ops(zero)), 16.06e9);
}

TEST(Workload, KeepsKeysAndValuesByTheModelsAttention) {
  EXPECT_EQ(kv_bytes_per_token(llama3_8b(), 2), 131072);
  EXPECT_EQ(kv_cache_bytes(llama2_7b(), 2048, 1, 2), gib);
  EXPECT_EQ(kv_bytes_per_token(deepseek_v3(), 2), 61 * 576 * 2);
  EXPECT_EQ(grouped_kv_bytes_per_token(deepseek_v3(), 2), 2 * 61 * 56 * 128 * 2);
  Model bare;
  EXPECT_EQ(kv_bytes_per_token(bare, 2), 2 * 1 * 32 * 128 * 2);
  bare.heads = 32, bare.head_dim = 256;
  EXPECT_EQ(kv_bytes_per_token(bare, 2), 2 * 1 * 32 * 256 * 2);
  Model mamba;
  mamba.family = Family::ssm;
  mamba.layers = 24, mamba.hidden_dim = 768, mamba.state_size = 16;
  EXPECT_EQ(kv_cache_bytes(mamba, 1, 3, 2), 24 * 3 * 768 * 16 * 2);
  EXPECT_EQ(kv_cache_bytes(mamba, 1e6, 3, 2), 24 * 3 * 768 * 16 * 2);
}

ServingIn llama_on(const Device& device, std::int64_t seq_len, std::int64_t batch = 1) {
  return {.model = llama3_8b(), .hardware = device, .seq_len = seq_len, .batch_size = batch};
}

TEST(Serving, PublishedLlama2OnH100) {  // paper-chain-serving-llama2-7b
  const ServingOut out = good(serving({.model = llama2_7b(), .hardware = h100(), .seq_len = 2048}));
  expect_relative(out.ttft, 62.438762903037414e-3, 1e-9, "ttft");
  expect_relative(out.itl, 4.819624425074627e-3, 1e-9, "itl");
  EXPECT_TRUE(out.feasible);
}

TEST(Serving, PublishedSpeculationOnB200) {  // paper-sE-base-llama70b-b200 and -spec-
  ServingIn in{.model = llama3_70b(), .hardware = b200(), .seq_len = 2048};
  const double base = good(serving(in)).itl;
  expect_relative(base, 18.533886080000002e-3, 1e-9);
  in.draft_model = llama3_8b();
  in.draft_acceptance_rate = 0.75;
  const ServingOut out = good(serving(in));
  expect_relative(out.itl, 8.751235051021768e-3, 1e-9);
  expect_relative(base / out.itl, 2.1178594760560157, 1e-9);
  expect_relative(out.total_memory_exact - out.total_memory_required, 131072.0 * 2048, 1e-9);
}

TEST(Serving, PublishedMemoryOfContexts) {  // t03-ctx65536-b8, t03-ctx131072-b8
  const ServingOut fits = good(serving(llama_on(h100(), 65536, 8)));
  expect_relative(fits.kv_cache_size, 68.719476736e9, 1e-12);
  expect_relative(fits.memory_utilization, 0.987, 6e-4);
  EXPECT_TRUE(fits.feasible);
  const ServingOut out = good(serving(llama_on(h100(), 131072, 8)));
  expect_relative(out.memory_utilization, 1.787, 3e-4);
  EXPECT_FALSE(out.feasible);
}

TEST(Serving, PublishedMixtureIsPricedWithAllItsExperts) {  // t08-gpt4-h100
  Model gpt4 = transformer(
      {.parameters = 1760e9, .layers = 120, .hidden_dim = 16384, .heads = 128, .kv_heads = 128});
  gpt4.family = Family::moe;
  gpt4.active_parameters = 280e9;
  const ServingOut out = good(serving({.model = gpt4, .hardware = h100(), .seq_len = 2048}));
  expect_relative(out.ttft, 14.645, 4e-5);
  expect_relative(out.itl, 1.0568, 5e-5);
  const double pairs = 2048.0 * 2049 / 2;
  expect_relative(out.ttft_exact,
                  (2 * 280e9 * 2048 + 4.0 * 120 * 16384 * pairs) / (989e12 * 0.5) + 1e-5, 1e-12);
}

TEST(Serving, CausalAttentionSumsTokenByToken) {
  ServingIn in = llama_on(h100(), 1000, 3);
  in.cached_prefix_len = 400;
  const ServingOut out = good(serving(in));
  double ops = 0;
  for (int token = 401; token <= 1000; ++token) ops += 3 * (2 * 8.03e9 + 4.0 * 32 * 4096 * token);
  expect_relative(out.ttft_exact, ops / (989e12 * 0.5) + 1e-5, 1e-12);
  expect_relative(out.prompt_cache_hit_ratio, 0.4, 1e-12);
  EXPECT_LT(out.ttft_exact, out.ttft);
}

// Weights are read once a chunk, and the keys and values before it; short chunks wait for them.
TEST(Serving, NoChunkIsFasterThanItsReading) {
  for (const std::int64_t chunk : {1, 16, 100, 150, 1000, 5000}) {
    ServingIn in = llama_on(h100(), 5003, 1);
    in.cached_prefix_len = 40;
    in.prefill_chunk_tokens = chunk;
    const ServingOut out = good(serving(in));
    const double key = 2.0 * 32 * 8 * 128 * 2, bandwidth = in.hardware.memory_bandwidth;
    double time = 0;
    for (std::int64_t known = 40; known < 5003; known += chunk) {
      const double n = static_cast<double>(std::min(chunk, 5003 - known));
      const double c = static_cast<double>(known);
      const double ops = 2 * 8.03e9 * n + 4.0 * 32 * 4096 * (n * c + n * (n + 1) / 2);
      time += std::max(ops / (989e12 * 0.5), (2 * 8.03e9 + key * c) / bandwidth) + 1e-5;
    }
    expect_relative(out.ttft_exact, time, 1e-11);
  }
}

TEST(Serving, ChunksAddDispatchesAndBoundTheStall) {  // suite-prefill-chunks-4096-512
  ServingIn in = llama_on(h100(), 4096);
  const ServingOut whole = good(serving(in));
  in.prefill_chunk_tokens = 512;
  const ServingOut out = good(serving(in));
  EXPECT_EQ(out.prefill_chunks, 8);
  expect_relative(out.ttft, whole.ttft + 7e-5, 1e-12);
  expect_relative(8 * *out.prefill_chunk_time, out.ttft, 1e-12);
  EXPECT_EQ(out.decode_stall_bound, out.prefill_chunk_time);
  EXPECT_FALSE(whole.decode_stall_bound.has_value());
  in.prefill_chunk_tokens = 1'000'000;
  EXPECT_EQ(good(serving(in)).prefill_chunks, 1);
}

TEST(Serving, ADecodeDeviceTakesTheCacheOverTheNetwork) {
  ServingIn in = llama_on(h100(), 2048);
  const ServingOut together = good(serving(in));
  in.decode_hardware = a100();
  in.network_bandwidth = 50e9;
  const ServingOut apart = good(serving(in));
  expect_relative(apart.ttft - together.ttft, 131072.0 * 2048 / 50e9, 1e-9);
  expect_relative(apart.itl, (16.06e9 + 131072.0 * 2048) / 2.039e12 + 3.2e-4, 1e-12);
  in.hardware.memory_capacity = 1e9;  // the book does not look at it
  EXPECT_TRUE(good(serving(in)).feasible);
  EXPECT_FALSE(good(serving(in)).feasible_exact);
}

TEST(Serving, DecodeMeetsItsCeilingOfArithmeticOnlyInTheExactForm) {
  Device slow = h100();
  slow.peak_flops = 1e12;
  const ServingOut out = good(serving(llama_on(slow, 128, 256)));
  expect_relative(out.itl, (16.06e9 + 131072.0 * 128 * 256) / 3.35e12 + 3.2e-4, 1e-12);
  expect_relative(out.itl_exact, 256 * (2 * 8.03e9 + 4.0 * 32 * 4096 * 128) / 0.5e12 + 3.2e-4,
                  1e-12);
  EXPECT_EQ(good(serving(llama_on(h100(), 128))).itl_exact,
            good(serving(llama_on(h100(), 128))).itl);
}

TEST(Serving, TokensOfARoundAreAGeometricSum) {
  EXPECT_EQ(tokens_per_round(0), 1);
  EXPECT_EQ(tokens_per_round(1), 5);
  for (const double a : {0.1, 0.5, 0.75, 0.999})
    expect_relative(tokens_per_round(a), (1 - std::pow(a, 5)) / (1 - a), 1e-12);
}

TEST(Serving, RefusesWhatCannotBe) {
  const auto with = [](auto change) {
    ServingIn in = llama_on(h100(), 2048);
    change(in);
    return serving(in);
  };
  expect_error(with([](ServingIn& in) { in.seq_len = 0; }), "seq_len is 0");
  expect_error(with([](ServingIn& in) { in.batch_size = -1; }), "batch_size");
  expect_error(with([](ServingIn& in) { in.cached_prefix_len = 2048; }), "below seq_len");
  expect_error(with([](ServingIn& in) { in.draft_acceptance_rate = 1.1; }), "between 0 and 1");
  expect_error(with([](ServingIn& in) { in.prefill_chunk_tokens = 0; }), "prefill_chunk_tokens");
  expect_error(with([](ServingIn& in) { in.network_bandwidth = 0; }), "network_bandwidth");
  expect_error(with([](ServingIn& in) { in.efficiency = 0; }), "efficiency");
  expect_error(with([](ServingIn& in) { in.model = resnet50(); }), "transformers");
  expect_error(with([](ServingIn& in) { in.model.heads = 8192; }), "heads");
  expect_error(
      with([](ServingIn& in) { in.mean_tokens = std::numeric_limits<double>::infinity(); }),
      "seq_len");
}

}  // namespace
}  // namespace fleetsim::analytic
