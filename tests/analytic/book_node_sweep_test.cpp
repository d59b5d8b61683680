#include "analytic/book/analysis.h"
#include "analytic/book/batching.h"
#include "analytic/book/roofline.h"
#include "analytic/book/serving.h"
#include "analytic/book/serving_capacity.h"
#include "analytic/book/single_node.h"
#include "analytic/book/tail_latency.h"
#include "analytic/book/training_memory.h"
#include "analytic/book/weight_streaming.h"
#include "tests/analytic/book_node.h"

// Properties over random machines and models: numbers are numbers, and more never hurts.
namespace fleetsim::analytic {
namespace {

constexpr int draws = 1500;

Device random_device(Sweep& sweep) {
  Device d;
  d.name = "random";
  d.peak_flops = sweep.log(1e8, 1e17);
  d.memory_capacity = sweep.log(1e5, 1e13);
  d.memory_bandwidth = sweep.log(1e7, 1e16);
  d.dispatch_tax = sweep.log(1e-9, 1e-2);
  if (sweep.even(0, 1) < 0.3) d.sram_capacity = sweep.log(1e4, 1e9), d.sram_bandwidth = 1e12;
  if (sweep.even(0, 1) < 0.3) d.flash_bandwidth = sweep.log(1e6, 1e9);
  if (sweep.even(0, 1) < 0.5) d.host_link = Link{.bandwidth = sweep.log(1e8, 1e12)};
  if (sweep.even(0, 1) < 0.5) d.tdp = sweep.log(1e-3, 1e5);
  return d;
}

Model random_transformer(Sweep& sweep) {
  const auto heads = static_cast<std::int64_t>(sweep.count(1, 128));
  const auto width = static_cast<std::int64_t>(sweep.count(8, 256));
  Model m = transformer({.parameters = sweep.log(1e5, 1e13),
                         .layers = static_cast<std::int64_t>(sweep.count(1, 200)),
                         .hidden_dim = heads * width,
                         .heads = heads,
                         .kv_heads = static_cast<std::int64_t>(sweep.count(1, 64))});
  if (sweep.even(0, 1) < 0.3) m.family = Family::moe, m.active_parameters = *m.parameters / 8;
  return m;
}

void expect_numbers(std::initializer_list<double> values, std::string_view what) {
  for (const double value : values)
    EXPECT_TRUE(std::isfinite(value) && value >= 0) << what << ": " << value;
}

std::int64_t whole(Sweep& sweep, double high) {
  return static_cast<std::int64_t>(sweep.count(1, high));
}

TEST(NodeSweep, SingleNodeIsFiniteAndMonotone) {
  Sweep sweep(3);
  for (int i = 0; i < draws; ++i) {
    SingleNodeIn in{.model = random_transformer(sweep),
                    .hardware = random_device(sweep),
                    .batch_size = whole(sweep, 1e5),
                    .efficiency = sweep.log(1e-9, 1),
                    .is_training = sweep.even(0, 1) < 0.5,
                    .seq_len = whole(sweep, 1e6),
                    .zero_stage = static_cast<std::int64_t>(sweep.even(0, 3.99)),
                    .dp_size = whole(sweep, 1e4),
                    .activation_recomputation = sweep.even(0, 1) < 0.5};
    const SingleNodeOut out = good(single_node(in));
    expect_numbers({out.latency, out.throughput, out.energy, out.memory_footprint, out.mfu,
                    out.arithmetic_intensity},
                   "single node");
    EXPECT_LE(out.mfu, 1);
    EXPECT_GE(out.latency, std::max(out.latency_compute, out.latency_memory));
    EXPECT_EQ(out.latency_partial_offload.has_value(), !out.feasible);
    // More flops, bandwidth or memory never slow, but that flash may be slower than the host link
    // that was used before the model fitted.
    const bool flash_takes_over = !out.feasible && in.hardware.flash_bandwidth.has_value();
    const auto latency_with = [&](const HardwareScale& scale) {
      return good(single_node_scaled(in, scale)).latency / (1 + 1e-12);
    };
    EXPECT_LE(latency_with({.flops = 2}), out.latency);
    EXPECT_LE(latency_with({.memory_bandwidth = 2}), out.latency);
    EXPECT_LE(latency_with({.other_bandwidth = 2}), out.latency);
    EXPECT_TRUE(flash_takes_over || latency_with({.memory_capacity = 2}) <= out.latency);
  }
}

TEST(NodeSweep, ServingIsFiniteAndMonotone) {
  Sweep sweep(4);
  for (int i = 0; i < draws; ++i) {
    ServingIn in{.model = random_transformer(sweep),
                 .hardware = random_device(sweep),
                 .seq_len = whole(sweep, 1e6),
                 .batch_size = whole(sweep, 1e5),
                 .efficiency = sweep.log(1e-9, 1),
                 .draft_acceptance_rate = sweep.even(0, 1)};
    if (sweep.even(0, 1) < 0.3) in.draft_model = random_transformer(sweep);
    if (sweep.even(0, 1) < 0.3) in.prefill_chunk_tokens = whole(sweep, 1e5);
    const ServingOut out = good(serving(in));
    expect_numbers({out.ttft, out.itl, out.ttft_exact, out.itl_exact, out.memory_utilization,
                    out.total_memory_required},
                   "serving");
    const double read = out.total_memory_required / in.hardware.memory_bandwidth;
    EXPECT_LE(out.ttft_exact,
              (out.ttft + static_cast<double>(out.prefill_chunks) * read) * (1 + 1e-12));
    EXPECT_GE(out.itl_exact, out.itl * (1 - 1e-12));
    ServingIn more = in;
    more.seq_len *= 2;
    EXPECT_GE(good(serving(more)).ttft, out.ttft);
    EXPECT_GE(good(serving(more)).itl, out.itl);
    more = in;
    more.hardware.memory_bandwidth *= 2;
    EXPECT_LE(good(serving(more)).itl, out.itl);
  }
}

TEST(NodeSweep, FinerPagesAdmitMore) {
  Sweep sweep(5);
  for (int i = 0; i < draws; ++i) {
    ContinuousBatchingIn in{.model = random_transformer(sweep),
                            .hardware = random_device(sweep),
                            .max_seq_len = whole(sweep, 1e5),
                            .max_batch_size = whole(sweep, 1e4),
                            .page_size = whole(sweep, 2048)};
    const auto most = static_cast<double>(*in.max_seq_len);
    in.mean_request_tokens = sweep.even(1, most);
    const ContinuousBatchingOut out = good(continuous_batching(in));
    expect_numbers({out.throughput, out.static_throughput, out.itl, out.paged_fragmentation,
                    out.static_fragmentation, out.paged_kv_cache_size, out.ttft_full_batch},
                   "batching");
    EXPECT_FALSE(std::isnan(out.speedup_vs_static));
    in.page_size = 1;
    const ContinuousBatchingOut finest = good(continuous_batching(in));
    EXPECT_GE(finest.max_active_requests, out.max_active_requests);
    EXPECT_GE(finest.max_active_requests, finest.static_max_active_requests);
  }
}

TEST(NodeSweep, TailsAndReplicasAreMonotone) {
  Sweep sweep(6);
  for (int i = 0; i < draws; ++i) {
    TailLatencyIn in{.arrival_rate = sweep.log(1e-3, 1e3),
                     .service_latency = sweep.log(1e-3, 10),
                     .num_replicas = whole(sweep, 300),
                     .service_time_cv = sweep.even(0, 3)};
    const TailLatencyOut out = good(tail_latency(in));
    EXPECT_FALSE(std::isnan(out.p99_latency) || std::isnan(out.p50_latency));
    EXPECT_GE(out.p99_latency, out.p50_latency);
    TailLatencyIn more = in;
    ++more.num_replicas;
    EXPECT_LE(good(tail_latency(more)).p99_latency, out.p99_latency * (1 + 1e-9));
    more = in;
    more.service_latency *= 1.01;
    EXPECT_GE(good(tail_latency(more)).p99_latency, out.p99_latency * (1 - 1e-9));
  }
}

TEST(NodeSweep, CapacityGrowsWithTheLoad) {
  Sweep sweep(7);
  for (int i = 0; i < 100; ++i) {
    ServingCapacityIn in{.model = random_transformer(sweep),
                         .hardware = h100(),
                         .qps = sweep.log(1e-3, 1e5),
                         .target_p99_latency = sweep.log(1e-2, 1e4),
                         .max_seq_len = whole(sweep, 1e4),
                         .service_time_cv = sweep.even(0, 2)};
    const ServingCapacityOut out = good(serving_capacity(in));
    EXPECT_FALSE(std::isnan(out.estimated_p99_latency) || std::isnan(out.queue_wait_p99_slots));
    EXPECT_TRUE(!out.feasible || out.estimated_p99_latency <= in.target_p99_latency);
    in.qps *= 2;
    EXPECT_GE(good(serving_capacity(in)).required_replicas, out.required_replicas);
  }
}

TEST(NodeSweep, OthersAreFinite) {
  Sweep sweep(8);
  for (int i = 0; i < draws; ++i) {
    const Model model = random_transformer(sweep);
    const Device device = random_device(sweep);
    const WeightStreamingOut wafer_run =
        good(weight_streaming({.model = model,
                               .hardware = device,
                               .seq_len = whole(sweep, 1e5),
                               .batch_size = whole(sweep, 1e5),
                               .phase = i % 2 == 0 ? "decode" : "prefill"}));
    expect_numbers({wafer_run.throughput, wafer_run.layer_compute_time,
                    wafer_run.wafer_memory_utilization, wafer_run.layer_compute_exact},
                   "streaming");
    EXPECT_GE(wafer_run.optimal_batch_size, 1);
    const TrainingMemoryOut training =
        good(training_memory_model({.model = model,
                                    .hardware = device,
                                    .batch_size = whole(sweep, 1e5),
                                    .seq_len = whole(sweep, 1e5),
                                    .tp_size = whole(sweep, 64),
                                    .pp_size = whole(sweep, 64),
                                    .dp_size = whole(sweep, 4096),
                                    .zero_stage = i % 4,
                                    .gradient_accumulation_steps = whole(sweep, 64)}));
    expect_numbers({training.total_memory, training.memory_utilization,
                    training.activations_in_flight, training.total_memory_exact},
                   "training");
    const SensitivityOut moved = good(sensitivity({.model = model, .hardware = device}));
    EXPECT_LE(moved.peak_flops, 0);
    EXPECT_GE(moved.peak_flops, -1 + 1 / 1.1 - 1e-12);
    EXPECT_LE(moved.memory_bandwidth, 0);
    const SynthesisOut asked =
        good(synthesis({.model = model, .target_latency = sweep.log(1e-6, 1e3)}));
    expect_numbers({asked.required_bw, asked.required_flops, asked.compute_memory_ratio},
                   "synthesis");
  }
}

}  // namespace
}  // namespace fleetsim::analytic
