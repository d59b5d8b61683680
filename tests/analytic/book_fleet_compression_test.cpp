#include "analytic/book/compression.h"
#include "tests/analytic/book_fleet.h"

namespace fleetsim::analytic {
namespace {

TEST(BookCompression, FewerBits) {
  // paper-w13-int4-llama70b, suite-compress-int4-fp32base
  const CompressionOut int4 =
      good(compression({.model = llama3_70b(), .hardware = h100(), .target_bitwidth = 4}));
  expect_relative(int4.compression_ratio, 8, 1e-12);
  expect_relative(int4.inference_speedup, 8, 1e-12);
  expect_relative(int4.memory_savings_pct, 0.875, 1e-12);
  EXPECT_EQ(int4.estimated_accuracy_delta, -0.025);
  // u011-compress-int8
  const CompressionOut int8 = good(compression({.model = llama3_8b(), .hardware = h100()}));
  expect_relative(int8.compressed_size_gb, 8.03e9, 1e-12);
  expect_relative(int8.inference_speedup, 4, 1e-12);
  // suite-compress-int8-fp16base
  const CompressionOut half = good(compression(
      {.model = resnet50(), .hardware = a100(), .baseline_precision = Precision::fp16}));
  expect_relative(half.compression_ratio, 2, 1e-12);
  expect_relative(half.memory_savings_pct, 0.5, 1e-12);
}

TEST(BookCompression, ComputeBoundModelsGainWhatTheDeviceLists) {
  Model busy = resnet50();
  busy.inference_flops = 1e12;  // 25.6e6 weights are read long before
  CompressionIn in{.model = busy, .hardware = a100()};
  const CompressionOut listed = good(compression(in));
  EXPECT_EQ(listed.bottleneck, "Compute");
  expect_relative(listed.inference_speedup, 2, 1e-12);  // 624 over 312
  in.target_bitwidth = 4;                               // A100 lists no int4
  EXPECT_EQ(good(compression(in)).inference_speedup, 1);
  EXPECT_FALSE(good(compression(in)).hardware_support);
  in.target_bitwidth = 8, in.baseline_precision = Precision::int8;  // nothing to gain
  EXPECT_EQ(good(compression(in)).inference_speedup, 1);
}

TEST(BookCompression, AccuracyByBits) {
  const auto loss = [](std::int64_t bits) {
    return good(compression({.model = llama3_8b(), .hardware = h100(), .target_bitwidth = bits}));
  };
  EXPECT_EQ(loss(32).estimated_accuracy_delta, 0);
  EXPECT_EQ(loss(16).estimated_accuracy_delta, 0);
  EXPECT_EQ(loss(12).estimated_accuracy_delta, -0.025);
  EXPECT_EQ(loss(8).estimated_accuracy_delta, -0.002);
  EXPECT_EQ(loss(8).estimated_accuracy_delta_exact, -0.005);
  EXPECT_EQ(loss(5).estimated_accuracy_delta, -0.025);
  EXPECT_EQ(loss(2).estimated_accuracy_delta, -0.050);
}

TEST(BookCompression, FewerWeights) {
  // u011-compress-prune50, -75, -90, suite-prune-structured
  CompressionIn in{.model = llama3_8b(), .hardware = h100(), .method = "pruning"};
  for (const double s : {0.5, 0.75, 0.9}) {
    in.sparsity = s, in.sparsity_type = "unstructured";
    const CompressionOut out = good(compression(in));
    expect_relative(out.compression_ratio, 1 / (1 - s), 1e-12);
    EXPECT_EQ(out.inference_speedup, 1);
    in.sparsity_type = "structured";
    expect_relative(good(compression(in)).inference_speedup, 1 / (1 - s), 1e-12);
  }
  EXPECT_NEAR(good(compression(in)).estimated_accuracy_delta, -0.01 * std::exp(1.8), 1e-15);
  in.sparsity = 0.52, in.sparsity_type = "2:4";
  EXPECT_EQ(good(compression(in)).inference_speedup, 2);
  in.sparsity = 0.6;
  EXPECT_EQ(good(compression(in)).inference_speedup, 1);
  in.sparsity = 1;
  EXPECT_EQ(good(compression(in)).compression_ratio, 100);
  in.sparsity = 0;
  EXPECT_EQ(good(compression(in)).estimated_accuracy_delta, -0.001);
  EXPECT_EQ(good(compression(in)).estimated_accuracy_delta_exact, 0);
}

TEST(BookCompression, RefusesWhatItDoesNotKnow) {
  CompressionIn in{.model = llama3_8b(), .hardware = h100(), .method = "zip"};
  expect_error(compression(in), "quantization, pruning or distillation");
  in.method = "distillation";
  EXPECT_EQ(good(compression(in)).compression_ratio, 1);
  in.sparsity = 1.1;
  expect_error(compression(in), "sparsity is 1.1, but must be between 0 and 1");
  in.sparsity = 0, in.target_bitwidth = 0;
  expect_error(compression(in), "target_bitwidth");
  in.target_bitwidth = 8, in.sparsity_type = "random";
  expect_error(compression(in), "sparsity_type");
}

CompressionCandidateIn bits(std::int64_t width) {
  return {.config = {.model = llama3_8b(), .hardware = h100(), .target_bitwidth = width}};
}

TEST(BookCompression, CandidatesAgainstLimits) {
  CompressionCandidateIn in = bits(4);
  in.limits = {.size_limit = 3e9, .max_accuracy_drop = 0.01, .require_hardware_support = true};
  const CompressionCandidate tight = good(compression_candidate(in));
  EXPECT_FALSE(tight.feasible);
  EXPECT_EQ(tight.label, "INT4 quantization");
  EXPECT_EQ(tight.violations.size(), 3u);  // 4.0 GB, a drop of 0.025, no int4
  EXPECT_EQ(tight.binding_constraint, "model_size");
  in.limits = {.min_speedup = 8};
  EXPECT_TRUE(good(compression_candidate(in)).feasible);
  in.limits = {.min_speedup = 8.5};
  EXPECT_EQ(good(compression_candidate(in)).binding_constraint, "speedup");
  EXPECT_EQ(good(compression_candidate(bits(16))).label, "FP16 quantization");
}

// Section 5.16: structured sparsity everywhere, n_m where a low precision is listed, else not.
TEST(BookCompression, ScatteredZerosHaveNoHardware) {
  CompressionCandidateIn in = bits(8);
  in.config.method = "pruning", in.config.sparsity = 0.5;
  in.limits.require_hardware_support = true;
  EXPECT_EQ(good(compression_candidate(in)).binding_constraint, "hardware_support");
  for (const char* type : {"structured", "2:4"}) {
    in.config.sparsity_type = type;
    EXPECT_TRUE(good(compression_candidate(in)).feasible) << type;
  }
}

TEST(BookCompression, TheFrontOfASweep) {
  std::vector<CompressionCandidateIn> configs{bits(16), bits(8), bits(12), bits(4)};
  configs[1].limits.max_accuracy_drop = 0.001;
  const CompressionSweep sweep = good(compression_sweep(configs));
  // 12 bits lose more than 8 and gain less.
  EXPECT_EQ(sweep.dominated_labels, std::vector<std::string>{"FP12 quantization"});
  EXPECT_EQ(sweep.candidates[2].pareto_status, "dominated");
  EXPECT_EQ(sweep.frontier_labels.size(), 3u);
  EXPECT_EQ(sweep.best_candidate_label, "FP16 quantization");  // loses nothing
  EXPECT_FALSE(good(compression_sweep({})).best_candidate_label.has_value());
}

}  // namespace
}  // namespace fleetsim::analytic
