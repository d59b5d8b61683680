#pragma once
namespace fleetsim::analytic {

// The numbers that the book's closed forms take for granted, in SI base units. Each is named after
// the book's; where it is not a convention of the book alone, its origin follows. What a solver
// hard-codes in the book has a name here too.

// Calibration (book section 2.1).
namespace calibration {

inline constexpr double layer_tax = 1e-5;  // s a layer: one launch by the framework
inline constexpr double flash_attention_mfu = 0.75, flash_attention_mfu_cap = 0.85;  // Dao 2023
inline constexpr double attention_mfu = 0.30;
inline constexpr double ffn_mfu = 0.50, ffn_mfu_cap = 0.60;
inline constexpr double conv_mfu = 0.40, conv_mfu_cap = 0.55;
inline constexpr double occupancy_headroom = 1.1;
inline constexpr double tokens_per_reasoning_step = 50;
inline constexpr double reference_mfu = 0.40;      // of a GPU-day
inline constexpr double reference_flops = 989e12;  // flop/s: H100 SXM, FP16 dense
inline constexpr double dp_sgd_slowdown = 2.0;     // a heuristic; Abadi et al. 2016 give no law
inline constexpr double idle_power = 0.30, dynamic_power = 0.70;  // shares of the TDP
inline constexpr double draft_tokens = 4;  // speculative decoding, Leviathan et al. 2023
inline constexpr double infrastructure_multiplier = 1.0;
inline constexpr double overlap_efficiency = 0.85;
inline constexpr double compute_efficiency = 0.50;
// Accuracy lost to fewer bits: a fraction, negative. Eight bits take the figure of FP8 whatever
// the format; int8 has one of its own that the book never uses.
inline constexpr double fp8_accuracy = -0.002, int8_accuracy = -0.005;
inline constexpr double int4_accuracy = -0.025, below_int4_accuracy = -0.050;
inline constexpr double mild_pruning_limit = 0.5, mild_pruning_accuracy = -0.001;
inline constexpr double steep_pruning_coefficient = 0.01, steep_pruning_exponent = 2.0;
// Bytes a parameter on disk: FP16 weights, FP32 master copy and both moments; weights in FP32.
inline constexpr double checkpoint_bytes_adam = 14, checkpoint_bytes_sgd = 4;
inline constexpr double optimizer_bytes_adam = 12, optimizer_bytes_sgd = 4;  // in memory
inline constexpr double fallback_storage_bandwidth = 1e9;                    // byte/s
inline constexpr double fallback_interconnect_bandwidth = 100e9;             // byte/s
inline constexpr double fallback_host_bandwidth = 64e9;  // byte/s: PCIe Gen5 x16
inline constexpr double activation_share = 0.10;         // of the weight bytes, moved a sample
inline constexpr double wafer_overhead = 1.1;            // on the KV cache in SRAM
inline constexpr double tail_slo = 5;                    // services that a wait may take
inline constexpr double slow_checkpoint = 60;            // s: above it storage is the bottleneck
inline constexpr double optimizer_screen = 0.9;          // of the memory: ParallelismOptimizer
inline constexpr double lora_gradient_share = 0.01;
inline constexpr double communication_buffer_share = 0.05;  // of the gradients held

}  // namespace calibration

// Literature (book section 2.2).
namespace literature {

inline constexpr double training_flops = 6;         // per parameter and token: Kaplan et al. 2020
inline constexpr double decode_flops = 2;           // per parameter and token: the same
inline constexpr double tokens_per_parameter = 20;  // Hoffmann et al. 2022
inline constexpr double mfu_low = 0.30, mfu_high = 0.50;
inline constexpr double mfu_inference_batch_1 = 0.05, mfu_inference_batched = 0.40;

}  // namespace literature

// Time to failure of components and recovery (book section 2.3), in seconds.
namespace reliability {

inline constexpr double gpu = 50'000 * 3600.0, nic = 150'000 * 3600.0, psu = 100'000 * 3600.0;
inline constexpr double pcie_switch = 200'000 * 3600.0, optics = 50'000 * 3600.0;
inline constexpr double rack_switch = 300'000 * 3600.0, hbm = 200'000 * 3600.0;
inline constexpr double checkpoint_time = 60, recovery_time = 300;  // s

}  // namespace reliability

// Links that a catalogue row leaves out (book section 2.4).
namespace links {

inline constexpr double fabric_latency = 5e-6;    // s: InfiniBand NDR
inline constexpr double device_latency = 500e-9;  // s: NVLink

}  // namespace links

// Energy, money and calendar (book sections 1.1, 2.5, 2.6).
namespace operations {

inline constexpr double hour = 3600, day = 86400, year = 365 * day;  // s
inline constexpr double kwh = 3.6e6;                                 // J
inline constexpr double electricity_price = 0.12 / kwh;              // dollar/J
inline constexpr double annual_maintenance = 0.05;                   // of what was bought
inline constexpr double default_pue = 1.12;
inline constexpr double default_carbon_intensity = 429e-3 / kwh;  // kg/J: United States, average
inline constexpr double default_wue = 1.8 / kwh;                  // litre/J: the same
inline constexpr double default_tdp = 700;                        // W: H100 SXM
inline constexpr double amortization = 3 * year;                  // s

}  // namespace operations

}  // namespace fleetsim::analytic
