#include "analytic/book/reliability.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "analytic/book/arguments.h"
#include "analytic/book/workload.h"
#include "analytic/exact/checkpoint.h"
#include "analytic/name.h"
#include "sim/nearest.h"
#include "sim/printable.h"

namespace fleetsim::analytic {
namespace {

double rate(std::int64_t parts, double mtbf) {
  return parts == 0 ? 0 : static_cast<double>(parts) / mtbf;
}

// The mean time between failures of a node, of the parts that ReliabilityModel counts.
double node_mtbf(const Node& node) {
  return 1 / (rate(node.accelerators, reliability::gpu) + rate(node.nics, reliability::nic) +
              rate(node.psus, reliability::psu));
}

}  // namespace

Result<WriteInterval> calc_young_daly_interval(const YoungDaly& in) {
  Arguments arguments("calc_young_daly_interval");
  arguments.positive("checkpoint_cost_s", in.checkpoint_cost_s).positive("mtbf_s", in.mtbf_s);
  if (!arguments.fine()) return arguments.error();
  return WriteInterval{std::sqrt(2 * in.checkpoint_cost_s * in.mtbf_s)};
}

Result<TimeBetween> calc_mtbf_cluster(const AlikeParts& in) {
  Arguments arguments("calc_mtbf_cluster");
  arguments.positive("component_mtbf_hours", in.component_mtbf_hours)
      .at_least_one("n_components", in.n_components)
      .positive("correlation_factor", in.correlation_factor);
  if (!arguments.fine()) return arguments.error();
  return TimeBetween{in.component_mtbf_hours / static_cast<double>(in.n_components) *
                     in.correlation_factor};
}

Result<TimeBetween> calc_mtbf_node(const NodeParts& in) {
  Arguments arguments("calc_mtbf_node");
  const auto part = [&](std::string_view count_name, std::int64_t count, std::string_view name,
                        double mtbf) {
    arguments.nonnegative(count_name, static_cast<double>(count));
    if (count > 0) arguments.positive(name, mtbf);
  };
  part("n_gpus", in.n_gpus, "gpu_mtbf_h", in.gpu_mtbf_h);
  part("n_nics", in.n_nics, "nic_mtbf_h", in.nic_mtbf_h);
  part("n_psus", in.n_psus, "psu_mtbf_h", in.psu_mtbf_h);
  part("n_other", in.n_other, "other_mtbf_h", in.other_mtbf_h.value_or(0));
  const std::int64_t parts = in.n_gpus + in.n_nics + in.n_psus + in.n_other;
  arguments.need(parts > 0, "n_gpus", 0, "at least 1, or another count must be");
  if (!arguments.fine()) return arguments.error();
  return TimeBetween{1 / (rate(in.n_gpus, in.gpu_mtbf_h) + rate(in.n_nics, in.nic_mtbf_h) +
                          rate(in.n_psus, in.psu_mtbf_h) +
                          rate(in.n_other, in.other_mtbf_h.value_or(1)))};
}

Result<StackedAvailability> calc_availability_stacked(const ReplicaStack& in) {
  Arguments arguments("calc_availability_stacked");
  arguments.fraction("single_availability", in.single_availability)
      .at_least_one("n_replicas", in.n_replicas);
  if (!arguments.fine()) return arguments.error();
  return StackedAvailability{
      1 - std::pow(1 - in.single_availability, static_cast<double>(in.n_replicas))};
}

Result<FailureChance> calc_failure_probability(const FailureExposure& in) {
  Arguments arguments("calc_failure_probability");
  arguments.positive("mtbf", in.mtbf).nonnegative("job_duration", in.job_duration);
  if (!arguments.fine()) return arguments.error();
  return FailureChance{-std::expm1(-in.job_duration / in.mtbf)};
}

Result<ReliabilityOut> reliability_model(const ReliabilityIn& in) {
  const Node& node = in.fleet.node;
  const double write = in.checkpoint_time_s, recovery = in.avg_recovery_time_s;
  Arguments arguments("ReliabilityModel");
  arguments.at_least_one("fleet: nodes", in.fleet.nodes)
      .at_least_one("fleet: accelerators_per_node", node.accelerators)
      .nonnegative("fleet: nics_per_node", static_cast<double>(node.nics))
      .nonnegative("fleet: psus_per_node", static_cast<double>(node.psus))
      .nonnegative("job_duration_hours", in.job_duration_hours.value_or(0))
      .positive("checkpoint_time_s", write)
      .nonnegative("avg_recovery_time_s", recovery);
  if (!arguments.fine()) return arguments.error();

  ReliabilityOut out;
  const double mtbf = node_mtbf(node) / static_cast<double>(in.fleet.nodes);
  const double interval = std::sqrt(2 * write * mtbf);
  out.fleet_mtbf = mtbf;
  if (in.job_duration_hours) {
    out.failure_probability = -std::expm1(-*in.job_duration_hours / mtbf);
    out.expected_failures = *in.job_duration_hours / mtbf;
  }
  out.optimal_checkpoint_interval = interval;
  out.goodput_ratio = std::max(0.0, 1 - write / interval - recovery / mtbf);
  out.goodput_first_order = std::max(0.0, 1 - write / interval - (interval / 2 + recovery) / mtbf);

  CheckpointPlan plan{.interval = interval, .write = write, .restart = recovery, .mtbf = mtbf};
  if (const Result<CheckpointExact> exact = checkpoint_exact(plan))
    out.goodput_exact = exact->goodput;
  const Result<double> best = optimal_interval(write, mtbf);
  if (!best) return best.error();
  plan.interval = out.optimal_checkpoint_interval_exact = *best;
  if (const Result<CheckpointExact> exact = checkpoint_exact(plan))
    out.goodput_best = exact->goodput;
  return out;
}

namespace {

// The book takes any other word than adam for SGD, a slip of the pen too.
Status known_optimizer(const std::string& name) {
  static const std::vector<std::string> names = {
      "adam",    "adamw",    "sgd",       "momentum", "nesterov", "rmsprop",
      "adagrad", "adadelta", "adafactor", "adamax",   "nadam",    "lamb",
      "lars",    "lion",     "muon",      "shampoo",  "none"};
  for (const std::string& known : names)
    if (same_name(known, name)) return Done{};
  std::string hint = did_you_mean(name, names);
  if (hint.empty()) hint = fmt::format("; it knows {}", fmt::join(names, ", "));
  return Error{fmt::format("CheckpointModel: no optimizer {}{}", in_quotes(name), hint)};
}

}  // namespace

Result<CheckpointOut> checkpoint_model(const CheckpointIn& in) {
  Arguments arguments("CheckpointModel");
  arguments.nonnegative("checkpoint_interval_hours", in.checkpoint_interval_hours)
      .at_least_one("n_writers", in.n_writers)
      .positive("filesystem_limit_gbs", in.filesystem_limit_gbs);
  if (!arguments.fine()) return arguments.error();
  if (const Status status = known_optimizer(in.optimizer); !status) return status.error();
  const Result<double> parameters = parameters_of(in.model);
  if (!parameters) return parameters.error();

  CheckpointOut out;
  const bool adam = same_name(in.optimizer, "adam");
  const double storage = in.hardware.storage_bandwidth.value_or(0);
  const double interval = in.checkpoint_interval_hours;
  const double writers = static_cast<double>(in.n_writers);
  out.bytes_per_param =
      adam ? calibration::checkpoint_bytes_adam : calibration::checkpoint_bytes_sgd;
  out.checkpoint_size = *parameters * out.bytes_per_param;
  out.max_bandwidth_required = storage > 0 ? storage : calibration::fallback_storage_bandwidth;
  const double bandwidth = std::min(out.max_bandwidth_required * writers, in.filesystem_limit_gbs);
  out.write_time_seconds = out.checkpoint_size / bandwidth;
  out.storage_bottleneck = out.write_time_seconds > calibration::slow_checkpoint;
  out.mfu_penalty_pct = interval > 0 ? out.write_time_seconds / interval : 1;

  const bool sgd = same_name(in.optimizer, "sgd");
  if (adam || sgd || same_name(in.optimizer, "adamw")) {
    const double size = *parameters * (sgd ? calibration::checkpoint_bytes_sgd
                                           : calibration::checkpoint_bytes_adam);
    out.checkpoint_size_exact = size;
    out.write_time_exact = size / bandwidth;
    out.mfu_penalty_exact = *out.write_time_exact / (interval + *out.write_time_exact);
    out.bandwidth_required_exact = size / calibration::slow_checkpoint;
  }
  return out;
}

}  // namespace fleetsim::analytic
