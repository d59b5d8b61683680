#include "analytic/exact/failures.h"
#include "analytic/exact/redundancy.h"
#include "analytic/exact/row.h"
#include "analytic/exact/shocks.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {
namespace {

struct Lives {
  std::int64_t units = 1;
  double mean_life = 0, shape = 1, horizon = 0;
};
Result<WeibullFirst> first_answer(const Lives& in) {
  return weibull_first_failure(in.units, in.shape, in.mean_life, in.horizon);
}

Solver first_row() {
  using O = WeibullFirst;
  return exact<first_answer>(
      "exact_first_failure", "when the first of many units fails",
      "P(none by T) = e^{-n (T/eta)^k}; mean = eta n^{-1/k} Gamma(1 + 1/k)",
      "independent new units with Weibull lives; shape 1 is the exponential law",
      {input<&Lives::units>("units", "1", "n", required),
       input<&Lives::mean_life>("mean_life", "h", "of a unit", required),
       input<&Lives::shape>("shape", "1", "k, below 1: early failures"),
       input<&Lives::horizon>("horizon", "h", "T")},
      {output<&O::mean>("mean", "h", "to the first failure"),
       output<&O::any>("any", "1", "P(at least one by T)"),
       output<&O::exponential_mean>("exponential_mean", "h", "what a constant hazard says")});
}

struct Repaired {
  double mttf = 0, mttr = 0, time = 0;
};
Result<UptimeShares> uptime_answer(const Repaired& in) {
  return alternating_renewal(in.mttf, in.mttr, in.time);
}

Solver uptime_row() {
  using O = UptimeShares;
  return exact<uptime_answer>(
      "exact_availability", "share of time that a repaired unit is up",
      "A = MTTF/(MTTF + MTTR); A + (1-A) e^{-s t}, s = 1/MTTF + 1/MTTR",
      "up at first; exponential times for the transient, any law for the steady state",
      {input<&Repaired::mttf>("mttf", "h", "to failure", required),
       input<&Repaired::mttr>("mttr", "h", "to repair", required),
       input<&Repaired::time>("time", "h", "t, of the transient")},
      {output<&O::steady>("steady", "1", "in the long run"),
       output<&O::at_time>("at_time", "1", "at t"),
       output<&O::over_time>("over_time", "1", "on average until t")});
}

Solver kofn_row() {
  using P = KofnPlan;
  return exact<kofn>("exact_kofn", "a system that needs k of n units",
                     "p_j min(j, c)/MTTR = p_{j-1} (n-j+1)/MTTF; h_j = (1 + r_j h_{j-1})/f_j",
                     "exponential times; units go on failing while the system is out",
                     {input<&P::units>("units", "1", "n", required),
                      input<&P::needed>("needed", "1", "k", required),
                      input<&P::crews>("crews", "1", "c, that repair"),
                      input<&P::mttf>("mttf", "h", "of a unit", required),
                      input<&P::mttr>("mttr", "h", "of a repair", required)},
                     {output<&Kofn::availability>("availability", "1", "of the system"),
                      output<&Kofn::unavailability>("unavailability", "1", "to all its digits"),
                      output<&Kofn::first_outage>("first_outage", "h", "mean, from all up"),
                      output<&Kofn::outage_rate>("outage_rate", "1/yr", "in the long run"),
                      output<&Kofn::mean_outage>("mean_outage", "h", "how long one lasts")});
}

Solver spares_row() {
  using P = SparesPlan;
  return exact<fleet_with_spares>(
      "exact_spares", "a fleet with spares and repair",
      "f_j = (min(N, N+s-j) + w max(0, s-j))/MTTF; r_j = min(j, c)/MTTR",
      "exponential times; a spare takes over at once",
      {input<&P::active>("active", "1", "N, places", required),
       input<&P::spares>("spares", "1", "s", required),
       input<&P::crews>("crews", "1", "c, that repair", required),
       input<&P::mttf>("mttf", "h", "of a working unit", required),
       input<&P::mttr>("mttr", "h", "of a repair", required),
       input<&P::warm>("warm", "1", "w, failure rate of a spare: 0 cold, 1 hot")},
      {output<&Spares::full>("full", "1", "share of time with all places filled"),
       output<&Spares::short_share>("short", "1", "the rest, to all its digits"),
       output<&Spares::mean_active>("mean_active", "1", "places filled"),
       output<&Spares::failure_rate>("failure_rate", "1/d", "of working units")});
}

Solver shocks_row() {
  using P = ShockPlan;
  return exact<rack_shocks>(
      "exact_rack_shocks", "failures that take several nodes together (Marshall and Olkin 1967)",
      "kills = N a + (N/g) b (1 - (1-q)^g)",
      "Poisson failures of nodes and of racks; the job needs every node",
      {input<&P::nodes>("nodes", "1", "N", required),
       input<&P::per_rack>("per_rack", "1", "g", required),
       input<&P::lost_together>("lost_together", "1", "m"),
       input<&P::node_rate>("node_rate", "1/d", "a, of a node alone", required),
       input<&P::rack_rate>("rack_rate", "1/d", "b, of a rack", required),
       input<&P::struck>("struck", "1", "q, that a node dies with its rack")},
      {output<&Shocks::kill_rate>("kill_rate", "1/d", "events that kill the job"),
       output<&Shocks::together>("together", "1", "share of them with m nodes or more"),
       output<&Shocks::together_rate>("together_rate", "1/d", "of those"),
       output<&Shocks::mean_lost>("mean_lost", "1", "nodes an event"),
       output<&Shocks::node_failure_rate>("node_failure_rate", "1/d", "a + b q")});
}

Solver sdc_row() {
  using P = SdcPlan;
  return exact<silent_corruption>(
      "exact_sdc", "work wasted by silent corruption",
      "c (1/(1 - e^{-s c}) - 1/(s c)) + d; first order c/2 + d",
      "Poisson corruption; every check sees it",
      {input<&P::corruption_rate>("corruption_rate", "1/h", "s, of the job", required),
       input<&P::check>("check", "s", "c, of work between checks", required),
       input<&P::latency>("latency", "s", "d, from the check to the alarm")},
      {output<&Sdc::wasted>("wasted", "s", "on bad state, a corruption"),
       output<&Sdc::wasted_first_order>("wasted_first_order", "s", "c/2 + d"),
       output<&Sdc::redone>("redone", "s", "since the last clean check"),
       output<&Sdc::wasted_share>("wasted_share", "1", "of the work done, first order")});
}

}  // namespace

std::vector<Solver> exact_failures_rows() {
  std::vector<Solver> rows;
  for (const auto row : {first_row, uptime_row, kofn_row, spares_row, shocks_row, sdc_row})
    rows.push_back(row());
  return rows;
}

}  // namespace fleetsim::analytic
