#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analytic/book/constants.h"
#include "analytic/catalogue.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// Failures and what saves the work from them (book sections 4.5, 5.20, 5.24). Failures are
// exponential and independent; rates of components in series add. All times in seconds.

struct TimeBetween {
  double mtbf = 0;
};

// sqrt(2 delta M) (Young 1974).
struct YoungDaly {
  double checkpoint_cost_s = 0, mtbf_s = 0;
};
struct WriteInterval {
  double interval = 0;
};
Result<WriteInterval> calc_young_daly_interval(const YoungDaly& in);

// M/n c; c < 1 where failures come together.
struct AlikeParts {
  double component_mtbf_hours = 0;
  std::int64_t n_components = 1;
  double correlation_factor = 1;
};
Result<TimeBetween> calc_mtbf_cluster(const AlikeParts& in);

// 1 / (n_gpu/M_gpu + n_nic/M_nic + n_psu/M_psu + n_other/M_other). A kind that is not there needs
// no time to failure.
struct NodeParts {
  double gpu_mtbf_h = 0, nic_mtbf_h = reliability::nic, psu_mtbf_h = reliability::psu;
  std::int64_t n_gpus = 1, n_nics = 0, n_psus = 0, n_other = 0;
  std::optional<double> other_mtbf_h{};
};
Result<TimeBetween> calc_mtbf_node(const NodeParts& in);

// 1 - (1-A)^k: any of k independent replicas suffices.
struct ReplicaStack {
  double single_availability = 0;
  std::int64_t n_replicas = 1;
};
struct StackedAvailability {
  double availability = 0;
};
Result<StackedAvailability> calc_availability_stacked(const ReplicaStack& in);

// 1 - e^{-T/M}: at least one failure in a job of length T.
struct FailureExposure {
  double mtbf = 0, job_duration = 0;
};
struct FailureChance {
  double p = 0;
};
Result<FailureChance> calc_failure_probability(const FailureExposure& in);

// ReliabilityModel, wall 15. The node fails with its GPUs (50,000 h), NICs (150,000 h) and power
// supplies (100,000 h), M is a node's mean over the number of nodes, T the job, delta the write and
// R the recovery:
//
//   P = 1 - e^{-T/M}      failures T/M      tau = sqrt(2 delta M)
//   goodput_ratio = max(0, 1 - delta/tau - R/M)
//
// The book's goodput leaves out the work that a failure undoes, as much again as the writes at the
// optimum. Beside it, under their own names (exact/checkpoint.h):
//
//   goodput_first_order   1 - delta/tau - (tau/2 + R)/M, floored at 0
//   goodput_exact         Daly 2006 at the book's tau
//   goodput_best          the same at the exact optimum, optimal_checkpoint_interval_exact
struct ReliabilityIn {
  Fleet fleet{};
  std::optional<double> job_duration_hours{};  // without it there are no failures to count
  double checkpoint_time_s = reliability::checkpoint_time;
  double avg_recovery_time_s = reliability::recovery_time;
};
struct ReliabilityOut {
  double fleet_mtbf = 0;
  std::optional<double> failure_probability{}, expected_failures{};
  double optimal_checkpoint_interval = 0, goodput_ratio = 0;
  double goodput_first_order = 0;
  // Not there where the expected time of the job is beyond a double.
  std::optional<double> goodput_exact{}, goodput_best{};
  double optimal_checkpoint_interval_exact = 0;
};
Result<ReliabilityOut> reliability_model(const ReliabilityIn& in);

// CheckpointModel, wall 19. 14 bytes a parameter for the optimizer "adam", 4 for any other; b the
// device's storage (1 GB/s if unknown), w writers, at most the filesystem's limit:
//
//   t = bytes / min(b w, limit)      mfu_penalty_pct = t/interval, a fraction; 1 without interval
//
// Storage is the bottleneck where t > 60 s. Beside the book's: an adamw checkpoint holds what
// adam's does, the time that writing takes is t/(interval + t), and what `required` must be for t
// to stay within 60 s is bytes/60 s.
struct CheckpointIn {
  Model model{};
  Device hardware{};
  std::string optimizer = "adam";
  double checkpoint_interval_hours = 4 * operations::hour;
  std::int64_t n_writers = 1;
  double filesystem_limit_gbs = 500e9;
};
struct CheckpointOut {
  double checkpoint_size = 0, bytes_per_param = 0;
  double write_time_seconds = 0, max_bandwidth_required = 0;
  bool storage_bottleneck = false;
  double mfu_penalty_pct = 0;
  std::optional<double> checkpoint_size_exact{}, write_time_exact{}, mfu_penalty_exact{};
  std::optional<double> bandwidth_required_exact{};
};
Result<CheckpointOut> checkpoint_model(const CheckpointIn& in);

}  // namespace fleetsim::analytic
