#include "analytic/book/communication.h"
#include "analytic/book/distributed.h"
#include "analytic/book/training_memory.h"
#include "tests/analytic/book_fleet.h"

namespace fleetsim::analytic {
namespace {

// Cases of the newest generation that name an id are the book's published values, exact to 1e-9.
constexpr double published = 1e-9;

DistributedIn llama70b_512() {
  return {.model = llama3_70b(),
          .fleet = training_512(),
          .batch_size = 1024,
          .efficiency = 0.4,
          .tp_size = 8,
          .zero_stage = 1,
          .activation_recomputation = true,
          .overlap_comm = true,
          .seq_len = 4096};
}

TEST(BookDistributed, Llama70bOn512) {  // paper-r3-llama70b-512, paper-r3-comm-shares
  const DistributedOut out = good(distributed(llama70b_512()));
  EXPECT_EQ(out.dp, 64);
  expect_relative(out.step_latency_total, 13.24524230328145, published);
  expect_relative(out.node_latency, 11.698167330637007, published);
  expect_relative(out.dp_communication_latency, 1.3908195, published);
  expect_relative(out.tp_communication_latency, 1.3384520476444445, published);
  expect_relative(out.communication_latency, 2.7292715476444446, published);
  expect_relative(out.scaling_efficiency, 0.883197684329175, published);
  expect_relative(out.fleet_mfu, 0.2649047196608725, published);
  expect_relative(out.node_mfu, 0.29993819544723843, published);
  expect_relative(out.memory_footprint, 48.57460574e9, published);
  EXPECT_TRUE(out.feasible);
  EXPECT_EQ(out.bottleneck, "Compute");
  expect_relative(out.exposed_dp, 0.20862292500000004, published);
  expect_relative(out.tp_share_of_step, 0.10105153359956646, published);
  expect_relative(out.exposed_dp_share_of_step, 0.015750782071258494, published);
  expect_relative(out.comm_fraction, 0.116802315670825, published);
}

TEST(BookDistributed, PalmOn6144) {  // paper-a4-palm-6144
  Device tpu;
  tpu.peak_flops = 275e12;
  tpu.memory_capacity = 32 * gib;
  tpu.memory_bandwidth = 1.2e12;
  tpu.dispatch_tax = 4e-5;
  Fleet fleet;
  fleet.node = dgx(tpu, 300e9);
  fleet.node.accelerators = 3072;
  fleet.nodes = 2;
  fleet.fabric.bandwidth = 1.64794921875e9;
  const DistributedOut out = good(distributed(
      {.model = transformer(
           {.parameters = 540e9, .layers = 118, .hidden_dim = 18432, .heads = 48, .kv_heads = 48}),
       .fleet = fleet,
       .batch_size = 2048,
       .efficiency = 0.47,
       .tp_size = 12,
       .zero_stage = 3,
       .activation_recomputation = true,
       .overlap_comm = true}));
  EXPECT_EQ(out.dp, 512);
  expect_relative(out.scaling_efficiency, 0.9581021275576618, published);
  expect_relative(out.fleet_mfu, 0.33767801850373097, published);
  expect_relative(out.node_mfu, 0.35244470165672226, published);
  expect_relative(out.memory_footprint, 4.3846062945e9, published);
  EXPECT_TRUE(out.feasible);
}

TEST(BookDistributed, ResnetRunsWholeOnEachDevice) {  // paper-s2-resnet50-dgxa100
  Fleet fleet = dgx_h100s(1, hdr());
  fleet.node = dgx(a100(), 300e9);
  const DistributedOut out = good(
      distributed({.model = resnet50(), .fleet = fleet, .batch_size = 2048, .efficiency = 0.3}));
  expect_relative(out.step_latency_total, 0.06910271794871795, published);
  expect_relative(out.scaling_efficiency, 0.9955766332245642, published);
  expect_relative(out.effective_throughput, 29637.039769113682, published);
  expect_error(distributed({.model = resnet50(), .fleet = fleet, .tp_size = 2}), "transformer");
}

TEST(BookDistributed, DaysForATrillionTokens) {  // paper-sB-llama70b-research256
  const DistributedOut out = good(distributed({.model = llama3_70b(),
                                               .fleet = research_256(),
                                               .batch_size = 1024,
                                               .tp_size = 8,
                                               .activation_recomputation = true}));
  expect_relative(out.step_latency_total * 1e12 / (1024 * 2048) / day, 74.15434780029261,
                  published);
}

TEST(BookDistributed, FrontierWithAPipeline) {  // paper-compose-frontier
  const double parameters = 182574185835.05536;
  const DistributedOut out = good(distributed({.model = transformer({.parameters = parameters,
                                                                     .layers = 80,
                                                                     .hidden_dim = 8192,
                                                                     .heads = 64,
                                                                     .kv_heads = 64}),
                                               .fleet = dgx_h100s(1024, ndr()),
                                               .batch_size = 4096,
                                               .tp_size = 8,
                                               .pp_size = 4,
                                               .microbatch_count = 16,
                                               .seq_len = 4096}));
  expect_relative(out.scaling_efficiency, 0.7342482483832179, published);
  expect_relative(out.step_latency_total * 20 * parameters / (4096.0 * 4096) / day,
                  15.573195249248304, published);
}

TEST(BookDistributed, MemoryOfPipelines) {  // paper-r4-gpt3-state-pp8, -pp4
  DistributedIn in{.model = gpt3(),
                   .fleet = dgx_h100s(256, hdr()),
                   .batch_size = 2048,
                   .tp_size = 8,
                   .pp_size = 8,
                   .microbatch_count = 64,
                   .overlap_comm = true};
  expect_relative(good(distributed(in)).memory_footprint, 55.09640006e9, published);
  in.pp_size = 4, in.microbatch_count = 32;
  const DistributedOut out = good(distributed(in));
  expect_relative(out.memory_footprint, 98.717184376e9, published);
  EXPECT_FALSE(out.feasible);
}

TEST(BookDistributed, MemoryIsThatOfTrainingMemoryModelForOneMicrobatch) {
  for (const std::int64_t zero : {0, 1, 2, 3}) {
    const DistributedOut step = good(distributed({.model = llama3_8b(),
                                                  .fleet = research_256(),
                                                  .batch_size = 512,
                                                  .tp_size = 4,
                                                  .zero_stage = zero}));
    const TrainingMemoryOut memory =
        good(training_memory_model({.model = llama3_8b(),
                                    .hardware = h100(),
                                    .batch_size = 512,
                                    .activation_checkpointing = "selective",
                                    .tp_size = 4,
                                    .dp_size = step.dp,
                                    .zero_stage = zero}));
    expect_relative(step.memory_footprint, memory.total_memory, 1e-12);
  }
}

TEST(BookDistributed,
     BubbleAndTensorParallelism) {  // suite-dist-bubble-additive, -tp-allreduce-count
  const DistributedOut out = good(distributed({.model = llama3_8b(),
                                               .fleet = research_256(),
                                               .batch_size = 1024,
                                               .tp_size = 8,
                                               .pp_size = 4,
                                               .microbatch_count = 16}));
  expect_relative(out.bubble_fraction, 3.0 / 19, 1e-12);
  expect_relative(out.pipeline_bubble_latency / out.node_latency, 0.1875, 1e-12);
  const double once = ring_allreduce_time({128.0 * 2048 * 4096 * 2, 8, 450e9, 500e-9});
  expect_relative(out.tp_communication_latency / once, 32, 1e-12);
}

TEST(BookDistributed, GradientsTravelWhereRanksLie) {
  // Eight replicas of two devices on two nodes: four ranks of a group a node, so hierarchical.
  DistributedIn in{.model = llama3_8b(), .fleet = dgx_h100s(2, ndr()), .batch_size = 8};
  const double all = 8.03e9 * 2;
  in.tp_size = 2;
  expect_relative(good(distributed(in)).dp_communication_latency,
                  2 * (0.75 * all / 2 / 450e9 + 3 * 500e-9) + all / 8 / 50e9 + 2 * 5e-6, 1e-12);
  in.tp_size = 8;  // one rank a node: a ring of two over the fabric
  expect_relative(good(distributed(in)).dp_communication_latency, all / 8 / 50e9 + 2 * 5e-6, 1e-12);
  in.fleet.nodes = 1, in.tp_size = 2;  // all within the node
  expect_relative(good(distributed(in)).dp_communication_latency,
                  1.5 * all / 2 / 450e9 + 6 * 500e-9, 1e-12);
  in.tp_size = 8;  // one replica
  EXPECT_EQ(good(distributed(in)).dp_communication_latency, 0);
}

TEST(BookDistributed, CorrectedFormsStandBeside) {
  DistributedIn in = llama70b_512();
  in.zero_stage = 3, in.gradient_accumulation_steps = 4, in.congestion_factor = 2;
  const DistributedOut out = good(distributed(in));
  expect_relative(out.dp_communication_latency, 2 * 1.3908195 / 4, published);
  expect_relative(out.dp_communication_exact, 1.5 * 2 * 1.3908195, published);
  // No more than three quarters of the arithmetic can hide the all-reduce.
  EXPECT_LE(out.dp_communication_exact - out.exposed_dp_exact, 0.75 * out.node_latency_exact);
  expect_relative(out.fleet_mfu_exact * out.step_latency_exact * 989e12,
                  3 * 2 * 70.6e9 * 4096 * 16 / 8, 1e-12);
}

TEST(BookDistributed, ExpertsExchange) {
  Model moe = llama3_8b();
  moe.family = Family::moe;
  moe.experts = 8, moe.active_experts = 2, moe.active_parameters = 2e9;
  DistributedIn in{.model = moe,
                   .fleet = dgx_h100s(2, ndr()),
                   .batch_size = 16,
                   .ep_size = 8,
                   .moe_routing_imbalance_factor = 1.5,
                   .seq_len = 1024};
  const double bytes = 8.0 * 1024 * 4096 * 2 * 2 * 1.5;
  const DistributedOut out = good(distributed(in));
  expect_relative(out.ep_communication_latency, all_to_all_time({bytes, 8, 50e9, 5e-6}), 1e-12);
  expect_relative(out.ep_communication_exact, 4 * 32 * all_to_all_time({bytes, 8, 450e9, 500e-9}),
                  1e-12);
  in.ep_size = 16;  // over both nodes: the exact exchange takes the fabric too
  const DistributedOut wide = good(distributed(in));
  expect_relative(wide.ep_communication_exact, 4 * 32 * wide.ep_communication_latency, 1e-12);
}

TEST(BookDistributed, MorePressureNeverHelps) {
  const double step = good(distributed(llama70b_512())).step_latency_total;
  DistributedIn in = llama70b_512();
  in.fleet.fabric.bandwidth *= 2;
  EXPECT_LT(good(distributed(in)).step_latency_total, step);
  in = llama70b_512(), in.fleet.fabric.oversubscription = 2;
  EXPECT_GT(good(distributed(in)).step_latency_total, step);
  in = llama70b_512(), in.congestion_factor = 1.5;
  EXPECT_GT(good(distributed(in)).step_latency_total, step);
  in = llama70b_512(), in.straggler_factor = 1.25;
  expect_relative(good(distributed(in)).step_latency_total, 1.25 * step, 1e-12);
  in = llama70b_512(), in.overlap_comm = false;
  EXPECT_GT(good(distributed(in)).step_latency_total, step);
  in = llama70b_512(), in.fleet.node.accelerator.peak_flops *= 2;
  EXPECT_LT(good(distributed(in)).step_latency_total, step);
}

TEST(BookDistributed, RefusesWhatCannotBe) {
  DistributedIn in = llama70b_512();
  in.tp_size = 0;
  expect_error(distributed(in), "tp_size is 0, but must be at least 1");
  in = llama70b_512(), in.tp_size = 3;
  expect_error(distributed(in), "must divide the fleet's 512 accelerators");
  in = llama70b_512(), in.pp_size = std::int64_t{1} << 62;
  expect_error(distributed(in), "more than the fleet's 512 accelerators");
  in = llama70b_512(), in.efficiency = std::nan("");
  expect_error(distributed(in), "efficiency");
  in = llama70b_512(), in.overlap_efficiency = 1.5;
  expect_error(distributed(in), "overlap_efficiency is 1.5, but must be between 0 and 1");
  in = llama70b_512(), in.zero_stage = 4;
  expect_error(distributed(in), "zero_stage");
  in = llama70b_512(), in.moe_routing_imbalance_factor = 0.5;
  expect_error(distributed(in), "moe_routing_imbalance_factor");
  in = llama70b_512(), in.model.parameters.reset();
  expect_error(distributed(in), "parameters");
}

// t11-moe-gamma1.0, -1.25, -1.5 and suite-moe-no-ep, by hand: 4 x 2048 tokens of 4096 x 2 bytes.
TEST(BookMoeRouting, DispatchesTokens) {
  Model moe;
  moe.family = Family::moe;
  moe.parameters = 64e9, moe.active_parameters = 8e9;
  moe.experts = 8, moe.active_experts = 2, moe.layers = 32, moe.hidden_dim = 4096, moe.heads = 32;
  for (const double imbalance : {1.0, 1.25, 1.5}) {
    const MoeRoutingOut out = good(moe_routing({.model = moe,
                                                .batch_size = 4,
                                                .seq_len = 2048,
                                                .ep_size = 8,
                                                .routing_imbalance_factor = imbalance,
                                                .fleet = research_256()}));
    const double bytes = 4.0 * 2048 * 4096 * 2 * 2 * imbalance;
    expect_relative(out.effective_active_experts, 2 * imbalance, 1e-12);
    expect_relative(*out.effective_active_parameters, 8e9 * imbalance, 1e-12);
    expect_relative(out.token_dispatch_bytes, bytes * 7 / 8, 1e-12);
    expect_relative(*out.all_to_all_latency, bytes * 7 / 8 / 12.5e9 + 7 * 50e-6, 1e-12);
  }
  // No more experts work than there are.
  const MoeRoutingOut all = good(moe_routing({.model = moe, .routing_imbalance_factor = 100}));
  EXPECT_EQ(all.effective_active_experts, 8);
  EXPECT_EQ(all.token_dispatch_bytes, 0);
  EXPECT_FALSE(all.all_to_all_latency.has_value());
  expect_error(moe_routing({.model = llama3_8b()}), "experts");
}

}  // namespace
}  // namespace fleetsim::analytic
