#include <cmath>
#include <optional>

#include "analytic/exact/checkpoint.h"
#include "analytic/exact/checkpoint_laws.h"
#include "analytic/exact/checkpoint_levels.h"
#include "analytic/exact/row.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {
namespace {

// What the one row of the blocking form tells: the plan, and the three optima beside it.
struct CheckpointAnswer {
  double goodput = 1, time_per_work = 1, work = 1, writing = 0, restarting = 0;
  double segment_mean = 0, segment_sd = 0;
  std::optional<double> young{}, daly{}, optimal{}, best_goodput{};
};

Result<CheckpointAnswer> checkpoint_answer(const CheckpointPlan& plan) {
  const auto exact = checkpoint_exact(plan);
  if (!exact) return exact.error();
  const auto segment = checkpoint_segment(plan);
  if (!segment) return segment.error();
  CheckpointAnswer out;
  out.goodput = exact->goodput, out.time_per_work = exact->expected_time_per_work;
  out.work = exact->work, out.writing = exact->writing, out.restarting = exact->restarting;
  out.segment_mean = segment->mean, out.segment_sd = std::sqrt(segment->variance);
  if (plan.write <= 0) return out;
  out.young = *young_interval(plan.write, plan.mtbf);
  out.daly = *daly_interval(plan.write, plan.mtbf);
  out.optimal = *optimal_interval(plan.write, plan.mtbf);
  const auto best = checkpoint_exact({*out.optimal, plan.write, plan.restart, plan.mtbf});
  if (best) out.best_goodput = best->goodput;
  return out;
}

Solver blocking_row() {
  using P = CheckpointPlan;
  using A = CheckpointAnswer;
  return exact<checkpoint_answer>(
      "exact_checkpoint", "goodput of checkpoints that stop the work (Daly 2006)",
      "E[T]/W = (M/tau) e^{R/M} (e^{(tau+delta)/M} - 1); tau* = M (1 + W0(-e^{-delta/M - 1}))",
      "exponential failures of mean M, in work, write and restart alike",
      {input<&P::interval>("interval", "s", "tau, of work between writes", required),
       input<&P::write>("write", "s", "delta", required),
       input<&P::restart>("restart", "s", "R", required),
       input<&P::mtbf>("mtbf", "s", "M, of the whole job", required)},
      {output<&A::goodput>("goodput", "1", "useful work a second"),
       output<&A::time_per_work>("time_per_work", "1", "E[T]/W"),
       output<&A::work>("work", "1", "of that, useful work and lost"),
       output<&A::writing>("writing", "1", "of that, writes whole and broken"),
       output<&A::restarting>("restarting", "1", "of that, restarts whole and broken"),
       output<&A::segment_mean>("segment_mean", "s", "of one tau, with its write and failures"),
       output<&A::segment_sd>("segment_sd", "s", "standard deviation of that"),
       output<&A::young>("young_interval", "s", "sqrt(2 delta M), first order"),
       output<&A::daly>("daly_interval", "s", "higher order"),
       output<&A::optimal>("optimal_interval", "s", "exact"),
       output<&A::best_goodput>("best_goodput", "1", "at the exact optimum")});
}

Solver async_row() {
  using P = AsyncCheckpointPlan;
  return exact<checkpoint_async>(
      "exact_checkpoint_async", "goodput of checkpoints that drain behind the work",
      "E[T]/W = (M/tau) e^{(R+delta_d)/M} (e^{(tau+delta_c)/M} - 1)",
      "exponential failures; only what has drained whole counts; one drain at a time",
      {input<&P::interval>("interval", "s", "tau", required),
       input<&P::copy>("copy", "s", "delta_c, which blocks", required),
       input<&P::drain>("drain", "s", "delta_d, at most tau + delta_c", required),
       input<&P::restart>("restart", "s", "R", required),
       input<&P::mtbf>("mtbf", "s", "M, of the whole job", required)},
      {output<&CheckpointCost::goodput>("goodput", "1", "useful work a second"),
       output<&CheckpointCost::expected_time_per_work>("time_per_work", "1", "E[T]/W")});
}

struct TwoLevelAnswer {
  double goodput = 1, time_per_work = 1;
  std::optional<double> best_interval{}, best_segments{}, best_goodput{};
};

Result<TwoLevelAnswer> two_level_answer(const TwoLevelPlan& plan) {
  const auto cost = checkpoint_two_level(plan);
  if (!cost) return cost.error();
  TwoLevelAnswer out{cost->goodput, cost->expected_time_per_work, {}, {}, {}};
  const auto best = two_level_optimum(plan);
  if (!best) return out;  // free writes have no optimum
  out.best_interval = best->interval;
  out.best_segments = static_cast<double>(best->segments);
  if (const auto at_best = checkpoint_two_level(*best)) out.best_goodput = at_best->goodput;
  return out;
}

Solver two_level_row() {
  using P = TwoLevelPlan;
  using A = TwoLevelAnswer;
  return exact<two_level_answer>(
      "exact_checkpoint_two_level", "goodput of local and global checkpoints",
      "V_i = M (1 - e^{-L/M}) + e^{-L/M} V_{i+1} + (1 - e^{-L/M}) (p U_i + (1-p) H)",
      "exponential failures; a share p is mended from the last write of either kind",
      {input<&P::interval>("interval", "s", "tau, of work between writes", required),
       input<&P::local_write>("local_write", "s", "to the near level", required),
       input<&P::global_write>("global_write", "s", "to the far level", required),
       input<&P::local_share>("local_share", "1", "p", required),
       input<&P::local_restart>("local_restart", "s", "from the near level", required),
       input<&P::global_restart>("global_restart", "s", "from the far level", required),
       input<&P::mtbf>("mtbf", "s", "M, of the whole job", required),
       input<&P::segments>("segments", "1", "n, of work between two global writes")},
      {output<&A::goodput>("goodput", "1", "useful work a second"),
       output<&A::time_per_work>("time_per_work", "1", "E[T]/W"),
       output<&A::best_interval>("best_interval", "s", "of the best pair"),
       output<&A::best_segments>("best_segments", "1", "of the best pair"),
       output<&A::best_goodput>("best_goodput", "1", "of the best pair")});
}

Solver weibull_row() {
  using P = WeibullCheckpointPlan;
  using O = WeibullCheckpoint;
  return exact<checkpoint_weibull>(
      "exact_checkpoint_weibull", "goodput under failures that cluster or wear out",
      "goodput = tau/M sum_j P(X >= R + j (tau + delta))",
      "failures of the job are a renewal process of Weibull gaps",
      {input<&P::interval>("interval", "s", "tau", required),
       input<&P::write>("write", "s", "delta", required),
       input<&P::restart>("restart", "s", "R", required),
       input<&P::mtbf>("mtbf", "s", "M, of the whole job", required),
       input<&P::shape>("shape", "1", "below 1: failures cluster")},
      {output<&O::goodput>("goodput", "1", "useful work a second"),
       output<&O::exponential_goodput>("exponential_goodput", "1", "of a constant hazard"),
       output<&O::error_of_exponential>("error_of_exponential", "1", "relative")});
}

Solver ettr_row() {
  using P = EttrPlan;
  return exact<expected_ettr>(
      "exact_ettr", "expected training-time ratio (Kokolis et al. 2025)",
      "(1 - N r (u + dt/2)) / (1 + w/dt), over 1 + N r q",
      "first order in the failures of an interval; exact by Daly's form beside it",
      {input<&P::nodes>("nodes", "1", "N", required),
       input<&P::failure_rate>("failure_rate", "1/d", "r, of a node", required),
       input<&P::restart>("restart", "s", "u"), input<&P::interval>("interval", "s", "dt"),
       input<&P::write>("write", "s", "w, blocking"),
       input<&P::queue>("queue", "s", "q, after each failure")},
      {output<&Ettr::first_order>("ettr", "1", "first order"),
       output<&Ettr::exact>("ettr_exact", "1", "with every failure's whole cost"),
       output<&Ettr::optimal_interval>("optimal_interval", "s", "sqrt(2 w/(N r))")});
}

struct Pairs {
  std::int64_t pairs = 1;
  double mtbf = 0;
};
Result<ReplicaLife> replica_answer(const Pairs& in) {
  return replica_life(in.pairs, in.mtbf);
}

Solver replica_row() {
  return exact<replica_answer>(
      "exact_replica", "life of a job whose every process has a twin",
      "failures = 1 + 4^n/C(2n, n); time = failures MTBF/(2n)",
      "exponential failures, no repair before the interruption",
      {input<&Pairs::pairs>("pairs", "1", "n", required),
       input<&Pairs::mtbf>("mtbf", "s", "of a processor", required)},
      {output<&ReplicaLife::failures>("failures", "1", "to the interruption"),
       output<&ReplicaLife::time>("time", "h", "to the interruption")});
}

Solver elastic_row() {
  using P = ElasticPlan;
  return exact<elastic_throughput>(
      "exact_elastic", "throughput of data parallelism that goes on with fewer replicas",
      "p_j min(j, c)/MTTR = p_{j-1} (d-j+1)/MTBF",
      "exponential times; throughput is linear in replicas; changes take no time",
      {input<&P::replicas>("replicas", "1", "d", required),
       input<&P::least>("least", "1", "with which it still goes on"),
       input<&P::crews>("crews", "1", "c, that repair"),
       input<&P::mtbf>("mtbf", "s", "of a replica", required),
       input<&P::mttr>("mttr", "s", "of a repair", required)},
      {output<&Elastic::throughput>("throughput", "1", "share of that of all"),
       output<&Elastic::mean_replicas>("mean_replicas", "1", "up"),
       output<&Elastic::stopped>("stopped", "1", "share of time below the least")});
}

}  // namespace

std::vector<Solver> exact_checkpoint_rows() {
  std::vector<Solver> rows;
  for (const auto row :
       {blocking_row, async_row, two_level_row, weibull_row, ettr_row, replica_row, elastic_row})
    rows.push_back(row());
  return rows;
}

}  // namespace fleetsim::analytic
