#include "analytic/book/parallelism.h"

#include <fmt/format.h>

#include <algorithm>

#include "analytic/book/arguments.h"
#include "analytic/book/label.h"
#include "analytic/book/nested.h"
#include "analytic/book/workload.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {
namespace {

constexpr std::int64_t largest_split = 512;
// FP16 weights and gradients, whatever the precision, and Adam's state.
constexpr double state_bytes = 2 + 2 + calibration::optimizer_bytes_adam;

// The split as a job of DistributedModel, if it divides the fleet.
bool set_split(DistributedIn& job, std::int64_t tp, std::int64_t pp) {
  const std::int64_t devices = job.fleet.accelerators();
  if (tp * pp > devices || devices % (tp * pp) != 0) return false;
  job.tp_size = tp, job.pp_size = pp;
  const std::int64_t dp = devices / (tp * pp);
  job.microbatch_count = pp > 1 ? std::max<std::int64_t>(1, job.batch_size / dp) : 1;
  return true;
}

Error nothing_fits(const ParallelismIn& in) {
  return {fmt::format(
      "ParallelismOptimizer: no split of {} over {} accelerators fits their memory of {:.4g} GB; "
      "use activation_recomputation, a smaller batch_size or seq_len, a larger max_tp or max_pp, "
      "or devices with more memory",
      in.model.name, in.fleet.accelerators(), in.fleet.node.accelerator.memory_capacity / 1e9)};
}

}  // namespace

Result<ParallelismOut> optimize_parallelism(const ParallelismIn& in) {
  const bool splits = is_transformer(in.model);
  const std::int64_t max_tp = in.max_tp.value_or(splits ? in.fleet.node.accelerators : 1);
  const std::int64_t max_pp = in.max_pp.value_or(splits ? in.fleet.accelerators() : 1);
  Arguments arguments("ParallelismOptimizer");
  arguments.at_least_one("max_tp", max_tp).at_least_one("max_pp", max_pp);
  if (!arguments.fine()) return arguments.error();
  const Result<double> parameters = parameters_of(in.model);
  if (!parameters) return parameters.error();

  ParallelismOut out;
  out.screen_capacity = calibration::optimizer_screen * in.fleet.node.accelerator.memory_capacity;
  DistributedIn job{.model = in.model,
                    .fleet = in.fleet,
                    .batch_size = in.batch_size,
                    .precision = in.precision,
                    .efficiency = in.efficiency,
                    .activation_recomputation = in.activation_recomputation,
                    .overlap_comm = in.overlap_comm,
                    .seq_len = in.seq_len};
  for (std::int64_t tp = 1; tp <= std::min(max_tp, largest_split); tp *= 2) {
    for (std::int64_t pp = 1; pp <= std::min(max_pp, largest_split); pp *= 2) {
      if (!set_split(job, tp, pp)) continue;
      if (*parameters * state_bytes / static_cast<double>(tp * pp) > out.screen_capacity) continue;
      const Result<DistributedOut> step = distributed(job);
      if (!step) return step.error();
      if (!step->feasible) continue;
      out.top_candidates.push_back({.tp = tp,
                                    .pp = pp,
                                    .dp = step->dp,
                                    .mfu = step->scaling_efficiency * in.efficiency,
                                    .throughput = step->effective_throughput,
                                    .step_time = step->step_latency_total,
                                    .model_mfu = step->fleet_mfu});
    }
  }
  if (out.top_candidates.empty()) return nothing_fits(in);
  const auto shallower = [](const ParallelPlan& a, const ParallelPlan& b) { return a.pp < b.pp; };
  out.smallest_feasible_max_pp =
      std::min_element(out.top_candidates.begin(), out.top_candidates.end(), shallower)->pp;
  std::stable_sort(out.top_candidates.begin(), out.top_candidates.end(),
                   [](const ParallelPlan& a, const ParallelPlan& b) { return a.mfu > b.mfu; });
  out.best = out.top_candidates.front();
  out.total_searched = static_cast<std::int64_t>(out.top_candidates.size());
  out.stages_beyond_layers = out.best.pp > layers_of(in.model);
  out.top_candidates.resize(std::min<std::size_t>(5, out.top_candidates.size()));
  return out;
}

namespace {

using Out = ParallelismOut;

Fields best_config(const Out& out) {
  return {{"tp", out.best.tp}, {"pp", out.best.pp}, {"dp", out.best.dp}};
}

Value candidates(const void* out, const OutputSpec&) {
  Values list;
  for (const ParallelPlan& plan : static_cast<const Out*>(out)->top_candidates)
    list.push_back(Fields{{"config", Fields{{"tp", plan.tp}, {"pp", plan.pp}, {"dp", plan.dp}}},
                          {"mfu", plan.mfu},
                          {"throughput", plan.throughput},
                          {"step_time_ms", plan.step_time * 1e3},
                          {"model_mfu", plan.model_mfu}});
  return list;
}

std::vector<OutputSpec> outputs() {
  using P = ParallelPlan;
  constexpr auto best = &Out::best;
  return {
      output_of<best, &P::mfu>("objective_value", "1", "best_mfu"),
      object<Out, best_config>("best_config", "", "the split"),
      output_of<best, &P::tp>("tp", "1", "tensor parallelism of the best"),
      output_of<best, &P::pp>("pp", "1", "pipeline parallelism of the best"),
      output_of<best, &P::dp>("dp", "1", "replicas of the best"),
      output_of<best, &P::mfu>("best_mfu", "1", "scaling_efficiency efficiency"),
      output_of<best, &P::throughput>("best_throughput", "1/s", "samples, of the fleet"),
      output_of<best, &P::step_time>("best_step_time", "ms", "one step"),
      output<&Out::total_searched>("total_searched", "1", "splits that fit"),
      output<&Out::total_searched>("search_space_size", "1", "the same, by another name"),
      {"top_candidates", "", "the 5 best", candidates},
      output<&Out::screen_capacity>("screen_capacity", "GB", "that state must fit"),
      output_of<best, &P::model_mfu>("model_mfu", "1", "the best's flop of the model, of the peak"),
      output<&Out::stages_beyond_layers>("stages_beyond_layers", "",
                                         "some stages of the best have no layer")};
}

}  // namespace

std::vector<Solver> parallelism_rows() {
  using In = ParallelismIn;
  return {{.name = "ParallelismOptimizer",
           .short_name = "parallelism",
           .kind = Solver::Kind::optimizer,
           .title = "The split of a fleet that trains a model with the most of its rate",
           .walls = {},
           .equations = {"mfu = scaling_efficiency efficiency"},
           .assumptions = {"tp and pp are powers of two; no ZeRO, no expert parallelism",
                           "mfu is the book's objective, not the model's MFU: model_mfu is",
                           "stages may outnumber layers; max_pp forbids it"},
           .inputs = {input<&In::model>("model", "", "what is trained", required),
                      input<&In::fleet>("fleet", "", "on what", required),
                      input<&In::batch_size>("batch_size", "1", "samples a step", required),
                      input<&In::precision>("precision", "", "how numbers are stored"),
                      input<&In::efficiency>("efficiency", "1", "share of the peak kernels reach"),
                      input<&In::max_tp>("max_tp", "1", "else the devices of a node"),
                      input<&In::max_pp>("max_pp", "1", "else all devices"),
                      input<&In::overlap_comm>("overlap_comm", "", "hide the all-reduce"),
                      input<&In::seq_len>("seq_len", "1", "tokens a sample"),
                      input<&In::activation_recomputation>("activation_recomputation", "",
                                                           "a fourth pass instead of memory")},
           .outputs = outputs(),
           .run = run_as<In, Out, optimize_parallelism>}};
}

}  // namespace fleetsim::analytic
