#include "analytic/book/formula.h"
#include "analytic/book/reliability.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {
namespace {

std::vector<OutputSpec> mtbf_output() {
  return {output<&TimeBetween::mtbf>("mtbf", "h", "mean time between failures")};
}

Solver node_row() {
  using P = NodeParts;
  return formula<calc_mtbf_node>("calc_mtbf_node", "mean time between failures of parts in series",
                                 "1 / (n_gpu/M_gpu + n_nic/M_nic + n_psu/M_psu + n_other/M_other)",
                                 {input<&P::gpu_mtbf_h>("gpu_mtbf_h", "h", "of a GPU", required),
                                  input<&P::n_gpus>("n_gpus", "1", "in the node"),
                                  input<&P::nic_mtbf_h>("nic_mtbf_h", "h", "of a network card"),
                                  input<&P::n_nics>("n_nics", "1", "in the node"),
                                  input<&P::psu_mtbf_h>("psu_mtbf_h", "h", "of a power supply"),
                                  input<&P::n_psus>("n_psus", "1", "in the node, none to spare"),
                                  input<&P::other_mtbf_h>("other_mtbf_h", "h", "of another part"),
                                  input<&P::n_other>("n_other", "1", "in the node")},
                                 mtbf_output());
}

std::vector<Solver> formulas() {
  return {
      formula<calc_young_daly_interval>(
          "calc_young_daly_interval", "work between checkpoints, first order",
          "tau = sqrt(2 delta M)",
          {input<&YoungDaly::checkpoint_cost_s>("checkpoint_cost_s", "s", "of a write", required),
           input<&YoungDaly::mtbf_s>("mtbf_s", "s", "between failures of the job", required)},
          {output<&WriteInterval::interval>("interval", "s", "of work between writes")}),
      formula<calc_mtbf_cluster>(
          "calc_mtbf_cluster", "mean time between failures of many alike", "M/n c",
          {input<&AlikeParts::component_mtbf_hours>("component_mtbf_hours", "h", "of one",
                                                    required),
           input<&AlikeParts::n_components>("n_components", "1", "how many", required),
           input<&AlikeParts::correlation_factor>("correlation_factor", "1",
                                                  "below 1 where failures come together")},
          mtbf_output()),
      node_row(),
      formula<calc_availability_stacked>(
          "calc_availability_stacked", "availability where any replica suffices", "1 - (1-A)^k",
          {input<&ReplicaStack::single_availability>("single_availability", "1", "of one",
                                                     required),
           input<&ReplicaStack::n_replicas>("n_replicas", "1", "independent", required)},
          {output<&StackedAvailability::availability>("availability", "1", "of at least one")}),
      formula<calc_failure_probability>(
          "calc_failure_probability", "chance that a job sees a failure", "1 - exp(-T/M)",
          {input<&FailureExposure::mtbf>("mtbf", "h", "of what the job runs on", required),
           input<&FailureExposure::job_duration>("job_duration", "h", "of the job", required)},
          {output<&FailureChance::p>("p", "1", "of at least one failure")}),
  };
}

Solver reliability_row() {
  using I = ReliabilityIn;
  using O = ReliabilityOut;
  return {
      .name = "ReliabilityModel",
      .short_name = "reliability",
      .kind = Solver::Kind::model,
      .title = "failures of a fleet, the interval of checkpoints and what is left of the time",
      .walls = {15},
      .equations = {"MTBF = MTBF_node / nodes", "tau = sqrt(2 delta MTBF)",
                    "goodput = 1 - delta/tau - R/MTBF"},
      .assumptions =
          {"only GPUs, NICs and power supplies fail; no power supply is spare",
           "goodput_ratio leaves out the work that failures undo; goodput_exact has it (Daly 2006)",
           "tau is the first order in delta/MTBF; optimal_checkpoint_interval_exact is the "
           "optimum"},
      .inputs = {input<&I::fleet>("fleet", "", "what the job runs on", required),
                 input<&I::job_duration_hours>("job_duration_hours", "h", "of the job"),
                 input<&I::checkpoint_time_s>("checkpoint_time_s", "s", "of a write"),
                 input<&I::avg_recovery_time_s>("avg_recovery_time_s", "s",
                                                "from failure to work")},
      .outputs =
          {output<&O::fleet_mtbf>("fleet_mtbf", "h", "between failures of any node"),
           output<&O::failure_probability>("failure_probability", "1",
                                           "of at least one in the job"),
           output<&O::expected_failures>("expected_failures", "1", "in the job"),
           output<&O::optimal_checkpoint_interval>("optimal_checkpoint_interval", "s",
                                                   "Young 1974"),
           output<&O::goodput_ratio>("goodput_ratio", "1", "without the work that failures undo"),
           output<&O::goodput_first_order>("goodput_first_order", "1", "with it, to first order"),
           output<&O::goodput_exact>("goodput_exact", "1", "Daly 2006, at the book's interval"),
           output<&O::optimal_checkpoint_interval_exact>("optimal_checkpoint_interval_exact", "s",
                                                         "where goodput is best"),
           output<&O::goodput_best>("goodput_best", "1", "there")},
      .run = run_as<I, O, reliability_model>,
  };
}

Solver checkpoint_row() {
  using I = CheckpointIn;
  using O = CheckpointOut;
  return {
      .name = "CheckpointModel",
      .short_name = "checkpoint",
      .kind = Solver::Kind::model,
      .title = "the size of a checkpoint, its write and what that costs",
      .walls = {19},
      .equations = {"bytes = P {adam 14, else 4}", "t = bytes / min(b writers, limit)",
                    "penalty = t / interval"},
      .assumptions =
          {"work stops while a checkpoint is written",
           "any optimizer but adam counts as SGD; checkpoint_size_exact counts adamw as adam",
           "the penalty is a share of the interval, not of the time; mfu_penalty_exact is of the "
           "time",
           "max_bandwidth_required is what the storage has; bandwidth_required_exact what 60 s "
           "need"},
      .inputs = {input<&I::model>("model", "", "what is trained", required),
                 input<&I::hardware>("hardware", "", "whose storage takes it", required),
                 input<&I::optimizer>("optimizer", "", "adam, or another"),
                 input<&I::checkpoint_interval_hours>("checkpoint_interval_hours", "h",
                                                      "between writes"),
                 input<&I::n_writers>("n_writers", "1", "devices that write at once"),
                 input<&I::filesystem_limit_gbs>("filesystem_limit_gbs", "GB/s",
                                                 "of all writers together")},
      .outputs = {output<&O::checkpoint_size>("checkpoint_size", "GB", "of one"),
                  output<&O::bytes_per_param>("bytes_per_param", "B", "of one"),
                  output<&O::write_time_seconds>("write_time_seconds", "s", "of one"),
                  output<&O::max_bandwidth_required>("max_bandwidth_required", "GB/s",
                                                     "of a writer's storage"),
                  output<&O::storage_bottleneck>("storage_bottleneck", "",
                                                 "a write takes more than 60 s"),
                  output<&O::mfu_penalty_pct>("mfu_penalty_pct", "1",
                                              "a fraction, of the interval"),
                  output<&O::checkpoint_size_exact>("checkpoint_size_exact", "GB", "adamw as adam"),
                  output<&O::write_time_exact>("write_time_exact", "s", "of that size"),
                  output<&O::mfu_penalty_exact>("mfu_penalty_exact", "1",
                                                "t/(interval + t), of that write"),
                  output<&O::bandwidth_required_exact>("bandwidth_required_exact", "GB/s",
                                                       "to write that size in 60 s")},
      .run = run_as<I, O, checkpoint_model>,
  };
}

}  // namespace

std::vector<Solver> reliability_rows() {
  std::vector<Solver> rows = formulas();
  rows.push_back(reliability_row());
  rows.push_back(checkpoint_row());
  return rows;
}

}  // namespace fleetsim::analytic
