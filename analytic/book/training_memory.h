#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "analytic/catalogue.h"
#include "analytic/precision.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// TrainingMemoryModel, wall 2 (book section 5.17): what one of many devices holds in training.
struct TrainingMemoryIn {
  Model model{};
  Device hardware{};
  std::int64_t batch_size = 1;  // of all replicas
  std::int64_t seq_len = 2048;
  Precision precision = Precision::fp16;
  std::string optimizer = "adam";
  std::string activation_checkpointing = "selective";
  std::int64_t tp_size = 1, pp_size = 1, dp_size = 1, ep_size = 1;
  std::int64_t zero_stage = 0;
  std::int64_t gradient_accumulation_steps = 1;
  double trainable_fraction = 1;
  double communication_buffer_fraction = 0.05;
  bool sequence_parallel = true;
};
struct TrainingMemoryOut {
  bool feasible = true;
  double total_memory = 0, available_memory = 0;  // byte, and so on
  double weights = 0, gradients = 0, optimizer_state = 0, activations = 0;
  double communication_buffers = 0;
  double memory_utilization = 0;
  std::int64_t tp = 1, pp = 1, dp = 1, ep = 1;
  // Beside the book's: see below.
  double activations_in_flight = 0, total_memory_exact = 0;
  bool feasible_exact = true;
};

// With p = P / (tp pp ep), trainable share f, b = ceil(B / (dp accumulation)), l = ceil(L / pp):
//
//   weights = p bpp    gradients = p f bpp    optimizer_state = p f {adam, adamw 12; sgd 4; none 0}
//   ZeRO 1, 2, 3 divide optimizer state, gradients, weights by dp (Rajbhandari et al. 2020)
//   activations = activation_bytes(l, S, b)  / tp if sequence_parallel (Korthikanti et al. 2022)
//   communication_buffers = fraction gradients + (pp > 1: 2 b S Hd bpp)
//
// The book holds one microbatch. Beside it activations_in_flight = min(pp, accumulation) of them,
// as the first stage of one-forward-one-backward holds (Narayanan et al. 2021), and
// total_memory_exact with those and with the pipeline's buffers divided by tp where sequences are.
Result<TrainingMemoryOut> training_memory_model(const TrainingMemoryIn& in);

}  // namespace fleetsim::analytic
