#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "analytic/catalogue.h"
#include "analytic/precision.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// ServingCapacityModel, walls 4, 5 and 7 (book section 5.8): replicas for a load within a latency.
struct ServingCapacityIn {
  Model model{};
  Device hardware{};
  double qps = 0;                 // 1/s
  double target_p99_latency = 0;  // s
  std::optional<std::int64_t> max_seq_len{};
  std::optional<std::int64_t> seq_len{};  // the older name of max_seq_len
  std::optional<double> mean_request_tokens{};
  std::int64_t output_tokens = 128;
  std::int64_t max_batch_size = 32;
  Precision precision = Precision::fp16;
  double efficiency = 0.5;
  std::int64_t max_replicas = 1024;
  double service_time_cv = 1;
};

struct ServingCapacityOut {
  bool feasible = false;
  std::int64_t required_replicas = 0;
  double qps_target = 0, qps_capacity = 0, per_replica_qps_capacity = 0;  // 1/s
  double utilization = 0;
  double target_p99_latency = 0, estimated_p99_latency = 0;  // s
  double base_request_latency = 0, queue_wait_p99 = 0;       // s
  std::int64_t active_batch_size = 0;
  double ttft = 0, itl = 0;  // s
  std::string_view bottleneck = "Feasible";
  // Beside the book's: see below.
  std::string_view bottleneck_exact = "Feasible";
  double queue_wait_p99_slots = 0;
};

// With n requests at once by ContinuousBatchingModel and ServingModel at the mean length, batch n:
//
//   q = throughput / output_tokens          base = ttft + itl output_tokens
//   p99(c) = base + w_99 of M/M/c with services of 1/q, scaled by (cv^2 + 1) / 2
//
// The replicas are the first c whose queue is stable and p99(c) <= target; w_99 falls with c, so a
// bisection finds it. When none up to max_replicas will do, the numbers are those of max_replicas.
//
// The book names a base latency above the target "Tail Latency", and takes the time between two
// completions for a service. Beside it bottleneck_exact says "Base Latency", and
// queue_wait_p99_slots takes each of the c n slots for a server that is held for `base`.
Result<ServingCapacityOut> serving_capacity(const ServingCapacityIn& in);

// BatchingOptimizer (book section 6.2): the largest batch whose requests meet a latency.
struct BatchingOptimizerIn {
  Model model{};
  Device hardware{};
  std::int64_t seq_len = 0;  // of prompt and of answer
  double sla_latency = 0;    // s
  double arrival_rate = 0;   // 1/s
  std::int64_t num_replicas = 1;
  Precision precision = Precision::fp16;
  double efficiency = 0.5;
  std::int64_t max_search_batch = 256;
};
struct BatchingOptimizerOut {
  bool feasible = false;
  std::int64_t best_batch_size = 0;
  double max_throughput = 0;  // token/s
  double p99_latency = 0;     // s
  double slo_headroom_ratio = 0;
  std::int64_t total_searched = 0;
  double throughput_capacity = 0;       // token/s, beside the book's
  double p99_with_batch_formation = 0;  // s, beside the book's
};

// For b = 1 .. max_search_batch, service(b) = ttft + itl seq_len of ServingModel; batches come at
// rate lambda / b to M/M/c. The largest b that fits the memory, is stable and whose p99 is within
// the latency. max_throughput = lambda seq_len whatever b: the load, not what could be served.
//
// Beside it throughput_capacity = c b seq_len / service(b), and p99_with_batch_formation adds the
// wait of a batch's first request for the last of the b, (b-1) / lambda on average.
Result<BatchingOptimizerOut> batching_optimizer(const BatchingOptimizerIn& in);

}  // namespace fleetsim::analytic
