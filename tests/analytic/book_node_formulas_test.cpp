#include "analytic/book/memory.h"
#include "analytic/book/paging.h"
#include "analytic/book/performance.h"
#include "tests/analytic/book_node.h"

namespace fleetsim::analytic {
namespace {

TEST(Performance, SpeedUpsHaveTheirLimits) {
  expect_relative(good(calc_amdahls_speedup({.p = 0.9, .s = 10})).speedup, 1 / 0.19, 1e-12);
  expect_relative(good(calc_amdahls_speedup({.p = 0.9, .s = 1e15})).speedup, 10, 1e-9);
  expect_relative(good(calc_strong_scaling_speedup({.n = 16, .serial_fraction = 0.1})).speedup,
                  16 / 2.5, 1e-12);
  for (const double n : {1.0, 7.0, 100.0}) {  // without coherence it is Amdahl's
    const auto devices = static_cast<std::int64_t>(n);
    expect_relative(good(universal_scalability_law({.n = n, .sigma = 0.05})).speedup,
                    good(calc_strong_scaling_speedup({devices, 0.05})).speedup, 1e-12);
  }
  const double best = good(usl_optimal_concurrency({.sigma = 0.1, .kappa = 1e-3})).optimum;
  expect_relative(best, 30, 1e-12);
  const auto usl = [](double n) {
    return good(universal_scalability_law({.n = n, .sigma = 0.1, .kappa = 1e-3})).speedup;
  };
  EXPECT_GT(usl(best), usl(best - 0.1));
  EXPECT_GT(usl(best), usl(best + 0.1));
  EXPECT_TRUE(std::isinf(good(usl_optimal_concurrency({.sigma = 0.1})).optimum));
  expect_error(calc_amdahls_speedup({.p = 1.2, .s = 2}), "between 0 and 1");
  expect_error(calc_amdahls_speedup({.p = 0.5, .s = 0}), "above zero");
}

TEST(Performance, BottleneckIsTheLongerSide) {
  const BottleneckOut memory = good(calc_bottleneck(
      {.ops = 1e9, .model_bytes = 10e9, .peak = 312e12, .bw = 2e12}));  // formula-bottleneck-memory
  EXPECT_EQ(memory.bottleneck, "Memory");
  expect_relative(memory.memory, 5e-3, 1e-12);
  expect_relative(memory.ratio, 5e-3 * 312e3, 1e-12);
  const BottleneckOut tie = good(calc_bottleneck({.ops = 6, .model_bytes = 3, .peak = 2, .bw = 1}));
  EXPECT_EQ(tie.bottleneck, "Compute");
  EXPECT_EQ(tie.ratio, 1);
  EXPECT_EQ(tie.intensity, 2);
  EXPECT_TRUE(
      std::isinf(good(calc_bottleneck({.ops = 0, .model_bytes = 3, .peak = 2, .bw = 1})).ratio));
  EXPECT_TRUE(std::isinf(
      good(calc_bottleneck({.ops = 1, .model_bytes = 0, .peak = 2, .bw = 1})).intensity));
  expect_error(calc_bottleneck({.ops = 1, .model_bytes = 1, .peak = 1, .bw = 0}), "bw is 0");
}

TEST(Performance, PublishedFormulas) {
  expect_relative(good(calc_pipeline_bubble({4, 8, 1})).bubble, 3.0 / 11, 1e-12);
  EXPECT_EQ(good(calc_pipeline_bubble({1, 8, 1})).bubble, 0);
  const BubbleOut bubble = good(calc_pipeline_bubble({8, 16, 2}));
  expect_relative(bubble.overhead, bubble.bubble / (1 - bubble.bubble), 1e-12);
  expect_relative(good(calc_effective_flops({1e15, 0.5, 0.9, 0.95})).effective, 427.5e12, 1e-12);
  expect_relative(good(calc_transformer_training_flops({175e9, 300e9})).flops, 3.15e23, 1e-12);
  expect_relative(good(calc_transformer_decode_flops({7e9, 3})).flops, 42e9, 1e-12);
  // GPT-3 on 1024 devices of 312 TFLOP/s at 40%: 3.15e23 / (1024 312e12 0.4) s = 28.5 d.
  const TrainingTimeOut time = good(calc_training_time(
      {.total_ops = 3.15e23, .num_devices = 1024, .peak_flops = 312e12, .efficiency = 0.4}));
  expect_relative(time.time / 86400, 28.5286, 1e-5);
  const PrefillFlops prompt = good(calc_transformer_prefill_flops({.parameters = 7e9,
                                                                   .seq_len = 2048,
                                                                   .batch_size = 2,
                                                                   .n_layers = 32,
                                                                   .n_heads = 32,
                                                                   .head_dim = 128}));
  expect_relative(prompt.flops, 2 * (2 * 7e9 * 2048 + 4.0 * 32 * 4096 * 2048 * 2048), 1e-12);
  EXPECT_LT(prompt.flops_causal, prompt.flops);
  expect_error(calc_training_time({.total_ops = 1, .peak_flops = 1, .efficiency = 0}),
               "efficiency");
  expect_error(calc_pipeline_bubble({0, 1, 1}), "n_stages");
}

TEST(Memory, PublishedFormulas) {
  ActivationMemoryIn in{
      .n_layers = 1, .seq_len = 1024, .batch_size = 1, .hidden_dim = 768, .n_heads = 12};
  EXPECT_EQ(good(calc_activation_memory(in)).bytes, 26738688);  // formula-activation-*
  in.strategy = "full";
  EXPECT_EQ(good(calc_activation_memory(in)).bytes, 1572864);
  in.strategy = "none";
  EXPECT_EQ(good(calc_activation_memory(in)).bytes, 89653248);
  in.n_heads.reset();
  expect_error(calc_activation_memory(in), "heads");
  in.strategy = "Full";
  expect_error(calc_activation_memory(in), "none, selective, full");
  const KvCacheIn kv{
      .n_layers = 32, .n_heads = 32, .head_dim = 128, .seq_len = 2048, .batch_size = 1};
  EXPECT_EQ(good(calc_kv_cache_size(kv)).bytes, 1073741824);  // formula-kv-1gib
  const PagedKvOut paged = good(
      calc_paged_kv_cache_size({.n_layers = 32, .n_heads = 32, .head_dim = 128, .seq_len = 2050}));
  expect_relative(paged.fragmentation, 0.006782945736434108, 1e-12);  // formula-paged-2050
  EXPECT_EQ(paged.bytes, 2.0 * 32 * 32 * 128 * 2064 * 2);
  EXPECT_EQ(good(calc_mla_cache_size({61, 512, 64, 4096, 2, 2})).bytes, 61.0 * 576 * 4096 * 4);
  EXPECT_EQ(good(calc_checkpoint_size({.n_params = 70.6e9})).bytes, 988.4e9);
  EXPECT_EQ(good(model_memory({.parameters = 7e9})).bytes, 14e9);
}

TEST(Memory, BranchesShareTheirPrefix) {
  BranchCapacityIn in{
      .memory_bytes = 1e9, .prefix_tokens = 4096, .branch_tokens = 240, .bytes_per_token = 131072};
  const double free = 1e9 - 4096 * 131072.0;
  EXPECT_EQ(good(speculative_branch_capacity(in)).branches, std::floor(free / (256 * 131072.0)));
  in.copy_on_write = false;
  EXPECT_EQ(good(speculative_branch_capacity(in)).branches, 1);
  in.memory_bytes = 1e6;
  in.copy_on_write = true;
  EXPECT_EQ(good(speculative_branch_capacity(in)).branches, 0);
}

}  // namespace
}  // namespace fleetsim::analytic
