#include "analytic/book/batching.h"
#include "analytic/book/paging.h"
#include "analytic/book/training_memory.h"
#include "analytic/book/weight_streaming.h"
#include "tests/analytic/book_node.h"

namespace fleetsim::analytic {
namespace {

TEST(Paging, PublishedExpectations) {  // analytic reference, section 4.3
  const PagedTokens small = paged_tokens(2048, 8192, 16);
  expect_relative(small.allocated, 2055.8513884708327, 1e-12);
  expect_relative(small.fragmentation, 0.0038190447591995857, 1e-10);
  const PagedTokens large = paged_tokens(2048, 8192, 2048);
  expect_relative(large.allocated, 3213.095923152024, 1e-12);
  expect_relative(large.fragmentation, 0.3626085093684578, 1e-12);
}

TEST(Paging, ScaleGivesBackTheMean) {
  Sweep sweep(1);
  for (int i = 0; i < 300; ++i) {
    const double max = sweep.log(1, 1e6);
    const double mean = max * sweep.even(1e-3, 0.9999);
    const double mu = length_scale(mean, max);
    expect_relative(mu * -std::expm1(-max / mu), mean, 1e-9);
  }
  EXPECT_TRUE(std::isinf(length_scale(8, 8)));
}

TEST(Paging, ExpectationIsTheSumOfPagesBegun) {
  // Independently: p sum_k P(S > k p), over a density cut off at the maximum.
  const double mean = 300, max = 1000, page = 64;
  const double mu = length_scale(mean, max);
  double tokens = 0;
  for (int k = 0; k * page < max; ++k) tokens += page * std::exp(-k * page / mu);
  expect_relative(paged_tokens(mean, max, page).allocated, tokens, 1e-12);
}

ContinuousBatchingIn llama_batching(std::int64_t most, std::optional<double> mean) {
  return {.model = llama3_8b(),
          .hardware = h100(),
          .max_seq_len = most,
          .mean_request_tokens = mean,
          .max_batch_size = 4096};
}

TEST(ContinuousBatching, PublishedReferenceCase) {  // suite-cb-reference-8k
  const ContinuousBatchingOut out = good(continuous_batching(llama_batching(8192, 2048.0)));
  EXPECT_EQ(out.static_max_active_requests, 65);
  EXPECT_EQ(out.max_active_requests, 259);
  EXPECT_NEAR(out.paged_fragmentation, 0.0038, 0.0005);
  EXPECT_NEAR(out.speedup_vs_static, 1.56, 0.01);
  expect_relative(out.static_fragmentation, 0.75, 1e-12);
  const double step = (16.06e9 + 259 * 131072.0 * 2048) / 3.35e12;
  expect_relative(out.throughput, 259 / step, 1e-12);
  expect_relative(out.itl, step, 1e-12);
  expect_relative(out.itl_exact, step + 3.2e-4, 1e-12);
  expect_relative(out.static_kv_cache_size, 65 * 131072.0 * 8192, 1e-12);
}

TEST(ContinuousBatching, GainsNothingWhereTheCapBindsOrLengthsAreEqual) {
  ContinuousBatchingIn capped = llama_batching(8192, 2048.0);  // suite-cb-cap16
  capped.max_batch_size = 16;
  EXPECT_EQ(good(continuous_batching(capped)).max_active_requests, 16);
  EXPECT_EQ(good(continuous_batching(capped)).speedup_vs_static, 1);
  for (const std::int64_t page : {16, 64, 2048}) {  // suite-cb-fixed-len-page*
    ContinuousBatchingIn equal = llama_batching(4096, std::nullopt);
    equal.page_size = page;
    const ContinuousBatchingOut out = good(continuous_batching(equal));
    EXPECT_EQ(out.paged_fragmentation, 0);
    EXPECT_EQ(out.static_fragmentation, 0);
    EXPECT_EQ(out.speedup_vs_static, 1);
  }
  // u011-cb-4000-page16 and -page64: older, but the counts are the same.
  ContinuousBatchingIn odd = llama_batching(4000, std::nullopt);
  odd.max_batch_size = 1000;
  EXPECT_EQ(good(continuous_batching(odd)).max_active_requests, 133);
  odd.page_size = 64;
  EXPECT_EQ(good(continuous_batching(odd)).max_active_requests, 132);
}

TEST(ContinuousBatching, WeightsThatDoNotFitServeNobody) {  // suite-cb-gpt3-t4
  const ContinuousBatchingOut out =
      good(continuous_batching({.model = gpt3(), .hardware = h100(), .max_seq_len = 2048}));
  EXPECT_FALSE(out.feasible);
  EXPECT_EQ(out.throughput, 0);
  EXPECT_EQ(out.static_max_active_requests, 0);
  EXPECT_EQ(out.speedup_vs_static, 1);
  EXPECT_EQ(out.itl, 1000);
}

TEST(ContinuousBatching, TakesEitherNameOfTheLongestRequest) {
  ContinuousBatchingIn in = llama_batching(4096, std::nullopt);
  const double throughput = good(continuous_batching(in)).throughput;
  in.max_seq_len.reset();
  expect_error(continuous_batching(in), "needs max_seq_len");
  in.seq_len = 4096;
  EXPECT_EQ(good(continuous_batching(in)).throughput, throughput);
  in.max_seq_len = 8192;
  expect_error(continuous_batching(in), "older name");
  in.seq_len = 8192;
  in.mean_request_tokens = 8193;
  expect_error(continuous_batching(in), "mean_request_tokens is 8193");
}

TEST(ContinuousBatching, LatentAttentionAdmitsMoreThanTheBookCounts) {
  Device rack = h100();
  rack.memory_capacity = 2e12;
  const ContinuousBatchingOut out = good(continuous_batching(
      {.model = deepseek_v3(), .hardware = rack, .max_seq_len = 4096, .max_batch_size = 100'000}));
  const double free = 2e12 - 2 * 671e9;
  EXPECT_EQ(out.max_active_requests, std::floor(free / (2.0 * 61 * 56 * 128 * 2 * 4096)));
  EXPECT_EQ(*out.max_active_requests_exact, std::floor(free / (61.0 * 576 * 2 * 4096)));
}

Model streamed() {
  return transformer(
      {.parameters = 180e9, .layers = 80, .hidden_dim = 14848, .heads = 232, .kv_heads = 8});
}
WeightStreamingIn on_wafer(std::int64_t batch) {
  return {.model = streamed(),
          .hardware = wafer(),
          .seq_len = 2048,
          .batch_size = batch,
          .efficiency = 0.4};
}

TEST(WeightStreaming, PublishedBatches) {  // paper-r1-ws-bstar, paper-r1-ws-bmax
  const WeightStreamingOut best = good(weight_streaming(on_wafer(41666)));
  expect_relative(best.wafer_memory_utilization, 325.51562500000006, 1e-9);
  EXPECT_FALSE(best.feasible);
  EXPECT_EQ(best.throughput, 0);
  EXPECT_EQ(best.optimal_batch_size, 41666);
  const WeightStreamingOut most = good(weight_streaming(on_wafer(127)));
  EXPECT_TRUE(most.feasible);
  expect_relative(most.throughput, 423.3333333333332, 1e-9);
  EXPECT_EQ(most.bottleneck, "Interconnect-Bandwidth-Bound");
  // An exact tie of capacity: 128 requests take 44 GiB to the byte. Here a tie fits.
  EXPECT_EQ(most.max_batch_size, 128);
  EXPECT_EQ(most.optimal_batch_exact, 128);
  EXPECT_FALSE(good(weight_streaming(on_wafer(129))).feasible);
}

TEST(WeightStreaming, PublishedGpt3) {  // t10-cs3-gpt3-sweep-b16 and the tutorial's B*
  WeightStreamingIn in{.model = gpt3(), .hardware = wafer(), .seq_len = 2048, .batch_size = 16};
  const WeightStreamingOut out = good(weight_streaming(in));
  // The tutorial prints 3.865, of a wafer with 44 GB; the catalogue has 44 GiB by now.
  expect_relative(out.wafer_memory_utilization * 44 * gib / 44e9, 3.865, 1.4e-4);
  EXPECT_EQ(out.optimal_batch_size, 52083);
  expect_relative(out.layer_injection_time, 350e9 / 96 / 1.2e12, 1e-12);
}

TEST(WeightStreaming, ExactBatchBalancesTheLayer) {
  WeightStreamingIn in = on_wafer(1);
  in.hardware.memory_capacity = 1e16;
  const std::int64_t best = good(weight_streaming(in)).optimal_batch_exact;
  in.batch_size = best;
  EXPECT_LE(good(weight_streaming(in)).layer_compute_exact,
            good(weight_streaming(in)).layer_injection_time);
  in.batch_size = best + 1;
  EXPECT_GT(good(weight_streaming(in)).layer_compute_exact,
            good(weight_streaming(in)).layer_injection_time);
}

TEST(WeightStreaming, PrefillCountsAttentionOfKvHeads) {
  WeightStreamingIn in = on_wafer(4);
  in.phase = "prefill";
  const WeightStreamingOut out = good(weight_streaming(in));
  const double ops = 4 * (2 * 2.25e9 * 2048 + 2.0 * 8 * 2048 * 2048 * 64);
  expect_relative(out.layer_compute_time, ops / (125e15 * 0.4) + 1e-6, 1e-12);
  expect_relative(out.throughput,
                  4 * 2048 / (80 * std::max(out.layer_compute_time, out.layer_injection_time)),
                  1e-12);
  in.phase = "training";
  expect_error(weight_streaming(in), "decode or prefill");
}

TEST(TrainingMemory, PublishedBreakdown) {  // gold-trainmem-llama8b-h100
  TrainingMemoryIn in{.model = llama3_8b(), .hardware = h100(), .batch_size = 8, .seq_len = 1024};
  const TrainingMemoryOut out = good(training_memory_model(in));
  EXPECT_FALSE(out.feasible);
  expect_relative(out.weights, 16.06e9, 1e-9);
  expect_relative(out.gradients, 16.06e9, 1e-9);
  expect_relative(out.optimizer_state, 96.36e9, 1e-9);
  expect_relative(out.activations, 36.507222016e9, 1e-9);
  expect_relative(out.communication_buffers, 0.803e9, 1e-9);
  expect_relative(out.total_memory, 165.790222016e9, 1e-9);
  expect_relative(out.memory_utilization, 1.9300522051751614, 1e-9);
}

TEST(TrainingMemory, PublishedZero2) {  // t11-trainmem-llama8b-h100
  const TrainingMemoryOut out = good(training_memory_model(
      {.model = llama3_8b(), .hardware = h100(), .batch_size = 8, .dp_size = 8, .zero_stage = 2}));
  EXPECT_TRUE(out.feasible);
  expect_relative(out.total_memory, 39.34e9, 2e-4);
  expect_relative(out.gradients, 16.06e9 / 8, 1e-12);
  EXPECT_EQ(out.total_memory_exact, out.total_memory);
}

TEST(TrainingMemory, ShardsAsEachDegreeSays) {
  TrainingMemoryIn in{.model = llama3_70b(),
                      .hardware = h100(),
                      .batch_size = 64,
                      .activation_checkpointing = "none",
                      .tp_size = 4,
                      .pp_size = 3,
                      .dp_size = 2,
                      .zero_stage = 3,
                      .gradient_accumulation_steps = 5};
  const TrainingMemoryOut out = good(training_memory_model(in));
  const double p = 70.6e9 / 12;
  expect_relative(out.weights, 2 * p / 2, 1e-12);
  expect_relative(out.gradients, 2 * p / 2, 1e-12);
  expect_relative(out.optimizer_state, 12 * p / 2, 1e-12);
  const double b = 7, layers = 27, s = 2048;  // ceil(64 / 10), ceil(80 / 3)
  expect_relative(out.activations, layers * (34 * s * b * 8192 + 5 * 64 * s * s * b) / 4, 1e-12);
  expect_relative(out.communication_buffers, 0.05 * p + 2 * b * s * 8192 * 2, 1e-12);
  expect_relative(out.activations_in_flight, 3 * out.activations, 1e-12);
  in.sequence_parallel = false;
  expect_relative(good(training_memory_model(in)).activations, 4 * out.activations, 1e-12);
  in.optimizer = "lion";
  expect_error(training_memory_model(in), "adam, adamw, sgd, none");
  in.optimizer = "sgd";
  expect_relative(good(training_memory_model(in)).optimizer_state, 4 * p / 2, 1e-12);
  in.activation_checkpointing = "some";
  expect_error(training_memory_model(in), "none, selective, full");
  in.activation_checkpointing = "none";
  in.model.heads.reset();
  expect_error(training_memory_model(in), "heads");
}

}  // namespace
}  // namespace fleetsim::analytic
