#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "analytic/book/distributed.h"
#include "analytic/catalogue.h"
#include "analytic/precision.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// ParallelismOptimizer (book section 6.1): the split of a fleet of N accelerators that trains with
// the most of their rate. tp and pp are powers of two up to 512, dp = N/(tp pp) whole; a split
// counts if
//
//   16 P / (tp pp) bytes <= 0.9 of a device's memory     weights, gradients, Adam; FP16 always
//   DistributedModel finds it feasible                   activations and buffers too
//
// and is priced by DistributedModel, with microbatches of one sample where there is a pipeline:
//
//   mfu = scaling_efficiency efficiency
//
// That is not the MFU of the model: launches are left out, and with recomputation a quarter of the
// arithmetic is not the model's. model_mfu, beside it, is DistributedModel's fleet_mfu. Stages may
// outnumber layers unless max_pp says otherwise; stages_beyond_layers tells.
struct ParallelismIn {
  Model model{};
  Fleet fleet{};
  std::int64_t batch_size = 1;
  Precision precision = Precision::fp16;
  double efficiency = calibration::compute_efficiency;
  // Else the devices of a node and of the fleet; 1 for what is no transformer.
  std::optional<std::int64_t> max_tp{}, max_pp{};
  bool overlap_comm = true;
  std::int64_t seq_len = 2048;
  bool activation_recomputation = false;
};
struct ParallelPlan {
  std::int64_t tp = 1, pp = 1, dp = 1;
  double mfu = 0, throughput = 0, step_time = 0;
  double model_mfu = 0;
};
struct ParallelismOut {
  ParallelPlan best{};
  std::int64_t total_searched = 0;             // that count
  std::vector<ParallelPlan> top_candidates{};  // up to 5; of equals the least tp, then pp, first
  double screen_capacity = 0;                  // byte
  std::int64_t smallest_feasible_max_pp = 1;   // below it nothing fits
  bool stages_beyond_layers = false;           // of the best
};
// An Error with remedies where nothing fits.
Result<ParallelismOut> optimize_parallelism(const ParallelismIn& in);

}  // namespace fleetsim::analytic
