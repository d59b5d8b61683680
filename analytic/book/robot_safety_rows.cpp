#include "analytic/book/formula.h"
#include "analytic/book/robot_safety.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {
namespace {

std::vector<Solver> testing_rows() {
  using E = TestingExposure;
  using Z = ZeroFailures;
  using G = ZeroFailureGoal;
  std::vector<Solver> rows;
  rows.push_back(formula<calc_empirical_testing_exposure>(
      "calc_empirical_testing_exposure", "time without failure that shows a rate", "-ln(1-C)/rate",
      {input<&E::failure_rate>("failure_rate", "1/h", "to be shown", required),
       input<&E::confidence>("confidence", "1", "C")},
      single("exposure", "h", "without a failure")));
  rows.push_back(formula<calc_clopper_pearson_zero_failure_bound>(
      "calc_clopper_pearson_zero_failure_bound", "what trials without failure show", "(1-C)^(1/n)",
      {input<&Z::n_trials>("n_trials", "1", "n, all good", required),
       input<&Z::confidence>("confidence", "1", "C")},
      single("reliability", "1", "at least")));
  rows.push_back(formula<calc_zero_failure_sample_size>(
      "calc_zero_failure_sample_size", "trials without failure that show a reliability",
      "ceil(ln(1-C)/ln p)",
      {input<&G::reliability>("reliability", "1", "p, to be shown", required),
       input<&G::confidence>("confidence", "1", "C")},
      single("n_trials", "1", "all good")));
  return rows;
}

Solver demonstrations_row() {
  using D = Demonstrations;
  using O = DemonstrationsOut;
  return formula<calc_demonstration_collection_yield>(
      "calc_demonstration_collection_yield", "time to collect demonstrations",
      "attempts = ceil(n/((1-fail)(1-reject)))",
      {input<&D::n_demonstrations>("n_demonstrations", "1", "n, good ones", required),
       input<&D::failure_rate>("failure_rate", "1", "of attempts"),
       input<&D::rejection_rate>("rejection_rate", "1", "of those that succeed"),
       input<&D::task_time>("task_time", "s", "of an attempt"),
       input<&D::reset_time>("reset_time", "s", "after it"),
       input<&D::shift_hours>("shift_hours", "h", "of an operator"),
       input<&D::operator_efficiency>("operator_efficiency", "1", "share of a shift at work")},
      {output<&O::yield>("yield", "1", "good ones an attempt"),
       output<&O::attempts>("attempts", "1", "to be made"),
       output<&O::hours>("hours", "h", "of an operator"), output<&O::days>("days", "1", "shifts")});
}

std::vector<Solver> process_rows() {
  using S = ShieldedSystem;
  using C = Containment;
  using T = ThermalRunaway;
  using TO = ThermalRunawayOut;
  std::vector<Solver> rows;
  rows.push_back(formula<calc_shielded_system_hazard_rate>(
      "calc_shielded_system_hazard_rate", "what a shield lets through", "p (1-c) + p_hw",
      {input<&S::policy_hazard>("policy_hazard", "1/h", "p", required),
       input<&S::coverage>("coverage", "1", "c", required),
       input<&S::hardware_hazard>("hardware_hazard", "1/h", "p_hw", required)},
      single("hazard_rate", "1/h", "of the whole")));
  rows.push_back(formula<calc_process_containment_time_to_breach>(
      "calc_process_containment_time_to_breach", "time until a vessel overflows",
      "(Vmax - V0)/(Qin - Qout)",
      {input<&C::max_volume>("max_volume", "L", "Vmax", required),
       input<&C::volume>("volume", "L", "V0", required),
       input<&C::inflow>("inflow", "L/s", "Qin", required),
       input<&C::outflow>("outflow", "L/s", "Qout", required)},
      {output<&ContainmentOut::time_to_breach>("time_to_breach", "s", "infinite: it never does")}));
  rows.push_back(formula<calc_process_thermal_runaway_lease>(
      "calc_process_thermal_runaway_lease", "time until a process is too hot", "dT C/P",
      {input<&T::power>("power", "W", "P, not removed", required),
       input<&T::heat_capacity>("heat_capacity", "J/K", "C", required),
       input<&T::temperature_margin>("temperature_margin", "K", "dT", required)},
      {output<&TO::heating_rate>("heating_rate", "K/s", "P/C"),
       output<&TO::lease>("lease", "s", "until the margin is gone")}));
  return rows;
}

}  // namespace

std::vector<Solver> robot_safety_rows() {
  std::vector<Solver> all;
  for (const auto part : {testing_rows, process_rows})
    for (Solver& row : part()) all.push_back(std::move(row));
  all.push_back(demonstrations_row());
  return all;
}

}  // namespace fleetsim::analytic
