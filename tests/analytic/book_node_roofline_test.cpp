#include "analytic/book/analysis.h"
#include "analytic/book/roofline.h"
#include "analytic/book/single_node.h"
#include "tests/analytic/book_node.h"

namespace fleetsim::analytic {
namespace {

SingleNodeIn resnet_on(const Device& device, std::int64_t batch) {
  return {.model = resnet50(), .hardware = device, .batch_size = batch};
}

TEST(SingleNode, PublishedResNet50OnH100) {  // paper-i1-resnet50-h100-b*
  const struct {
    std::int64_t batch;
    double intensity, mfu, teraflops;
    std::string_view bottleneck;
  } published[] = {{1, 145.5965909090909, 0.015738449722482492, 15.565326775535185, "Memory"},
                   {8, 711.8055555555555, 0.10321118960336063, 102.07586651772367, "Compute"},
                   {128, 1485.5072463768115, 0.4031356703628452, 398.7011779888539, "Compute"},
                   {256, 1541.3533834586467, 0.4463733230699223, 441.4632165161531, "Compute"}};
  for (const auto& row : published) {
    const SingleNodeOut out = good(single_node(resnet_on(h100(), row.batch)));
    expect_relative(out.arithmetic_intensity, row.intensity, 1e-9, "intensity");
    expect_relative(out.mfu, row.mfu, 1e-9, "mfu");
    expect_relative(out.attained_flops / 1e12, row.teraflops, 1e-9, "attained");
    EXPECT_EQ(out.bottleneck, row.bottleneck) << row.batch;
  }
}

TEST(SingleNode, PublishedTrainingOfResNet50) {  // paper-a1-resnet50-a100-train
  SingleNodeIn in = resnet_on(a100(), 256);
  in.efficiency = 0.19;
  in.is_training = true;
  const SingleNodeOut out = good(single_node(in));
  expect_relative(out.throughput, 2375.8740867893666, 1e-9, "throughput");
  EXPECT_EQ(out.bottleneck, "Compute");
  // 16 bytes a parameter, without activations: 0.4096 GB (book section 5.1).
  expect_relative(out.memory_footprint, 0.4096e9, 1e-12, "footprint");
}

TEST(SingleNode, PublishedLanguageModels) {  // paper-sA-*, paper-chain-llama2-7b-h100
  SingleNodeIn in{.model = llama3_8b(), .hardware = h100(), .batch_size = 32};
  expect_relative(good(single_node(in)).throughput, 1563.6509499325382, 1e-9);
  in.batch_size = 128;
  expect_relative(good(single_node(in)).throughput, 1925.170663595732, 1e-9);
  expect_relative(good(single_node(in)).mfu, 0.03126212422380936, 1e-9);
  in = {.model = llama2_7b(), .hardware = h100()};
  expect_relative(good(single_node(in)).mfu, 0.002873080974111671, 1e-9);
  expect_relative(good(single_node(in)).memory_footprint, 14e9, 1e-12);
}

TEST(SingleNode, PublishedEnergyOfASmallDevice) {  // paper-sH-coral
  Model mobile;
  mobile.parameters = 1968680;
  const SingleNodeOut out =
      good(single_node({.model = mobile, .hardware = coral(), .precision = Precision::int8}));
  expect_relative(out.latency, 1.2806935e-3, 1e-9, "latency");
  expect_relative(out.energy, 0.769794176e-3, 1e-9, "energy");
  EXPECT_TRUE(out.overhead_dominated);
}

TEST(SingleNode, IntensitySaturatesAtTenTimesThatOfTheWeights) {
  // paper-i1-llama2-7b-contrast at batch 256, and the limit 10 ops / W.
  SingleNodeIn in{.model = llama2_7b(), .hardware = h100(), .batch_size = 256};
  expect_relative(good(single_node(in)).arithmetic_intensity, 9.62406015037594, 1e-9);
  in.batch_size = 1'000'000'000;
  expect_relative(good(single_node(in)).arithmetic_intensity, 10, 1e-7);
  EXPECT_EQ(good(single_node(in)).bottleneck, "Memory");
}

TEST(SingleNode, WhatDoesNotFitIsPricedAtTheHostLink) {  // t09-sens-llama70b-h100: 2427.69 ms
  const SingleNodeOut out = good(single_node({.model = llama3_70b(), .hardware = h100()}));
  EXPECT_FALSE(out.feasible);
  expect_relative(out.latency, 2.42769, 2.2e-6);
  expect_relative(*out.offload_spill_bytes, 141.2e9 - 80 * gib, 1e-12);
  expect_relative(*out.offload_effective_bw, 64e9, 1e-12);
  // Only the spill over the link: (1.1 W) (s / 64e9 + (1 - s) / 3.35e12), s = spill / W.
  const double s = 1 - 80 * gib / 141.2e9;
  expect_relative(*out.latency_partial_offload,
                  1.1 * 141.2e9 * (s / 64e9 + (1 - s) / 3.35e12) + 8.1e-4, 1e-12);
  expect_error(single_node({.model = llama3_70b(), .hardware = h100(), .raise_errors = true}),
               "141.2 GB are required and 85.9 GB available");
}

TEST(SingleNode, TrainingCountsThreePassesOrFour) {
  SingleNodeIn in{.model = llama3_8b(), .hardware = b200(), .is_training = true};
  in.is_lora = true;
  in.activation_recomputation = true;
  const SingleNodeOut again = good(single_node(in));
  EXPECT_TRUE(again.feasible);
  expect_relative(again.latency_compute, 4 * 2 * 8.03e9 / (2250e12 * 0.5), 1e-12);
  expect_relative(again.latency_overhead, 8e-6 + 3 * 32 * 1e-5, 1e-12);
  expect_relative(again.hfu, again.mfu * 4 / 3, 1e-12);
  expect_relative(again.mfu, 3 * 2 * 8.03e9 / again.latency / 2250e12, 1e-12);
  // f = 8 rank Hd L / P of gradients and state; selective 34 S B Hd a layer.
  const double f = 8.0 * 16 * 4096 * 32 / 8.03e9;
  expect_relative(again.memory_footprint, 8.03e9 * (2 + f * 14) + 32 * 34.0 * 2048 * 4096, 1e-12);
  in.activation_recomputation = false;
  const SingleNodeOut kept = good(single_node(in));
  EXPECT_EQ(kept.hfu, kept.mfu);
  EXPECT_GT(kept.memory_footprint, again.memory_footprint);
  in.model.heads.reset();
  expect_error(single_node(in), "heads");
}

TEST(SingleNode, SmallMemoriesServeWhatFitsThem) {
  Model tiny;
  tiny.parameters = 100'000;
  Device mcu;
  mcu.peak_flops = 5e8, mcu.memory_capacity = 4e6, mcu.memory_bandwidth = 8e7;
  mcu.sram_capacity = 512e3, mcu.sram_bandwidth = 9.6e8;
  mcu.flash_bandwidth = 4e7;
  SingleNodeIn in{.model = tiny, .hardware = mcu, .precision = Precision::int8};
  EXPECT_EQ(good(single_node(in)).peak_bw_actual, 9.6e8);
  in.model.parameters = 600'000;
  EXPECT_EQ(good(single_node(in)).peak_bw_actual, 4e7);
  in.hardware.flash_bandwidth.reset();
  EXPECT_EQ(good(single_node(in)).peak_bw_actual, 8e7);
  in.hardware.host_link.reset();
  in.model.parameters = 5e6;  // does not fit: the lesser of memory and 64 GB/s
  EXPECT_EQ(good(single_node(in)).peak_bw_actual, 8e7);
}

TEST(SingleNode, KeysAndValuesStandBesideTheBooksFootprint) {
  const SingleNodeOut out = good(
      single_node({.model = llama3_8b(), .hardware = h100(), .batch_size = 300, .seq_len = 2048}));
  const double kv = 131072.0 * 2048 * 300;
  EXPECT_TRUE(out.feasible);
  EXPECT_FALSE(*out.feasible_with_kv);
  expect_relative(*out.memory_footprint_with_kv, 16.06e9 + kv, 1e-12);
  expect_relative(*out.latency_with_kv, (16.06e9 + kv) / 3.35e12 + 3.3e-4, 1e-12);
  EXPECT_FALSE(good(single_node(resnet_on(h100(), 1))).feasible_with_kv.has_value());
}

TEST(SingleNode, RefusesWhatCannotBe) {
  const SingleNodeIn fine = resnet_on(h100(), 1);
  const auto with = [&](auto change) {
    SingleNodeIn in = fine;
    change(in);
    return single_node(in);
  };
  expect_error(with([](SingleNodeIn& in) { in.efficiency = 1.5; }), "efficiency is 1.5");
  expect_error(with([](SingleNodeIn& in) { in.efficiency = std::nan(""); }), "efficiency");
  expect_error(with([](SingleNodeIn& in) { in.batch_size = 0; }), "batch_size is 0");
  expect_error(with([](SingleNodeIn& in) { in.zero_stage = 4; }), "0, 1, 2 or 3");
  expect_error(with([](SingleNodeIn& in) { in.hardware.memory_bandwidth = 0; }), "bandwidth");
  expect_error(with([](SingleNodeIn& in) { in.model.inference_flops.reset(); }), "inference_flops");
  expect_error(with([](SingleNodeIn& in) { in.model.layers = -3; }), "layers");
  expect_error(with([](SingleNodeIn& in) { in.model = Model{}; }), "neither parameters");
}

TEST(NetworkRoofline, IsTheLongerOfDevicesAndLink) {  // by hand, from section 5.2
  Fleet fleet;
  fleet.nodes = 32;
  fleet.node.accelerator = h100();
  fleet.fabric.bandwidth = 12.5e9;
  const NetworkRooflineOut out = good(network_roofline({.model = llama3_8b(), .fleet = fleet}));
  const double sync = 2 * 8.03e9 * 2;
  EXPECT_EQ(out.bottleneck, "Network");
  expect_relative(out.latency, sync / 12.5e9, 1e-12);
  expect_relative(out.latency_compute, 6 * 8.03e9 / (256 * 989e12 * 0.5), 1e-12);
  expect_relative(out.mfu, 6 * 8.03e9 / out.latency / (256 * 989e12), 1e-12);
  expect_relative(out.latency_per_device, 31.0 / 32 * sync / 12.5e9, 1e-12);
  fleet.fabric.oversubscription = 4;
  expect_relative(good(network_roofline({.model = llama3_8b(), .fleet = fleet})).latency,
                  4 * out.latency, 1e-12);
  Model sizeless = llama3_8b();
  sizeless.parameters.reset();
  expect_error(network_roofline({.model = sizeless, .fleet = fleet}), "parameters");
  fleet.nodes = 0;
  expect_error(network_roofline({.model = llama3_8b(), .fleet = fleet}), "nodes");
}

TEST(Efficiency, HasACeilingByKindOfKernel) {
  const auto mfu = [](std::string type, bool flash, double efficiency) {
    return good(kernel_efficiency({.hardware = h100(),
                                   .workload_type = std::move(type),
                                   .use_flash_attention = flash,
                                   .efficiency = efficiency}))
        .mfu;
  };
  expect_relative(mfu("attention", false, 0.5), 0.30, 1e-12);
  expect_relative(mfu("attention", true, 0.5), 0.75, 1e-12);
  expect_relative(mfu("Attention", true, 0.6), 0.85, 1e-12);
  expect_relative(mfu("ffn", false, 0.5), 0.50, 1e-12);
  expect_relative(mfu("ffn", false, 0.9), 0.60, 1e-12);
  expect_relative(mfu("conv", false, 0.5), 0.40, 1e-12);
  expect_relative(mfu("conv", false, 1.0), 0.55, 1e-12);
  expect_relative(mfu("embedding", false, 0.25), 0.15, 1e-12);
  const EfficiencyOut out = good(kernel_efficiency({.hardware = h100()}));
  expect_relative(out.occupancy_loss, 0.45, 1e-12);
  expect_relative(out.memory_stall, 0.05, 1e-10);
  expect_relative(out.achievable_flops, 989e12 / 2, 1e-12);
  expect_relative(out.loss, 0.5, 1e-12);
}

TEST(Sensitivity, PublishedLlama3OnA100) {  // paper-w21-sens-llama8b-a100
  const SensitivityOut out = good(sensitivity({.model = llama3_8b(), .hardware = a100()}));
  expect_relative(out.memory_bandwidth, -0.08752489568269575, 1e-9);
  EXPECT_EQ(out.peak_flops, 0);
  EXPECT_EQ(out.binding_constraint, "memory_bandwidth");
  EXPECT_TRUE(out.feasible);
}

TEST(Sensitivity, WhatDoesNotFitIsBoundByCapacity) {
  const SensitivityOut out = good(sensitivity({.model = llama3_70b(), .hardware = h100()}));
  EXPECT_FALSE(out.feasible);
  EXPECT_EQ(out.binding_constraint, "memory_capacity");
  EXPECT_EQ(out.memory_bandwidth, 0);
  // The host link carries all: 1 - 1/1.1 of the traffic's share of the latency.
  EXPECT_EQ(out.binding_constraint_exact, "other_bandwidth");
  expect_relative(out.other_bandwidth,
                  -(1 - 1 / 1.1) * (out.baseline_latency - 8.1e-4) / out.baseline_latency, 1e-9);
}

TEST(Sensitivity, NamesFlopsWhenTheyBindAndOverheadWhenNothingDoes) {
  Model heavy = resnet50();
  heavy.inference_flops = 8.2e12;
  EXPECT_EQ(good(sensitivity({.model = heavy, .hardware = h100()})).binding_constraint_exact,
            "peak_flops");
  EXPECT_EQ(good(sensitivity({.model = heavy, .hardware = h100(), .perturbation = 0}))
                .binding_constraint_exact,
            "overhead");
  expect_error(sensitivity({.model = heavy, .hardware = h100(), .perturbation = -1}),
               "perturbation_pct is -100");
}

TEST(Synthesis, PublishedLlama70BIn50Milliseconds) {  // paper-w22-synth-llama70b-50ms
  const SynthesisOut out = good(synthesis({.model = llama3_70b(), .target_latency = 0.05}));
  expect_relative(out.required_bw, 2824e9, 1e-9);
  expect_relative(out.required_bw / 2.039e12, 1.384992643452673, 1e-9);
  expect_relative(out.required_flops, 5.648e12, 1e-9);
  expect_relative(out.required_memory, 141.2e9, 1e-9);
  expect_relative(out.compute_memory_ratio, 2, 1e-12);
}

TEST(Synthesis, ExactFormsInvertTheSingleNode) {
  const double target = 0.05;
  const SynthesisOut out = good(synthesis({.model = llama3_70b(), .target_latency = target}));
  Device device = b200();
  device.dispatch_tax = 1e-5;
  device.memory_bandwidth = *out.required_bw_exact;
  const SingleNodeIn by_memory{.model = llama3_70b(), .hardware = device};
  expect_relative(good(single_node(by_memory)).latency, target, 1e-12);
  device.memory_bandwidth = 1e15;
  device.peak_flops = *out.required_flops_exact;
  expect_relative(good(single_node({.model = llama3_70b(), .hardware = device})).latency, target,
                  1e-12);
  EXPECT_FALSE(good(synthesis({.model = llama3_70b(), .target_latency = 8e-4}))
                   .required_bw_exact.has_value());
  expect_error(synthesis({.model = llama3_70b(), .target_latency = 0}), "target_latency");
}

}  // namespace
}  // namespace fleetsim::analytic
