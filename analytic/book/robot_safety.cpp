#include "analytic/book/robot_safety.h"

#include <cmath>
#include <limits>

#include "analytic/book/arguments.h"

namespace fleetsim::analytic {
namespace {

void open_share(Arguments& in, std::string_view name, double value) {
  in.need(value > 0 && value < 1, name, value, "above 0 and below 1");
}

}  // namespace

Result<Single> calc_empirical_testing_exposure(const TestingExposure& in) {
  Arguments arguments("calc_empirical_testing_exposure");
  arguments.positive("failure_rate", in.failure_rate);
  open_share(arguments, "confidence", in.confidence);
  if (!arguments.fine()) return arguments.error();
  return Single{-std::log1p(-in.confidence) / in.failure_rate};
}

Result<Single> calc_clopper_pearson_zero_failure_bound(const ZeroFailures& in) {
  Arguments arguments("calc_clopper_pearson_zero_failure_bound");
  arguments.at_least_one("n_trials", in.n_trials);
  open_share(arguments, "confidence", in.confidence);
  if (!arguments.fine()) return arguments.error();
  return Single{std::exp(std::log1p(-in.confidence) / static_cast<double>(in.n_trials))};
}

Result<Single> calc_zero_failure_sample_size(const ZeroFailureGoal& in) {
  Arguments arguments("calc_zero_failure_sample_size");
  open_share(arguments, "reliability", in.reliability);
  open_share(arguments, "confidence", in.confidence);
  if (!arguments.fine()) return arguments.error();
  return Single{std::ceil(std::log1p(-in.confidence) / std::log(in.reliability))};
}

Result<DemonstrationsOut> calc_demonstration_collection_yield(const Demonstrations& in) {
  Arguments arguments("calc_demonstration_collection_yield");
  arguments.at_least_one("n_demonstrations", in.n_demonstrations)
      .need(in.failure_rate >= 0 && in.failure_rate < 1, "failure_rate", in.failure_rate,
            "at least 0 and below 1")
      .need(in.rejection_rate >= 0 && in.rejection_rate < 1, "rejection_rate", in.rejection_rate,
            "at least 0 and below 1")
      .positive("task_time", in.task_time)
      .nonnegative("reset_time", in.reset_time)
      .positive("shift_hours", in.shift_hours)
      .need(in.operator_efficiency > 0 && in.operator_efficiency <= 1, "operator_efficiency",
            in.operator_efficiency, "above 0 and at most 1");
  if (!arguments.fine()) return arguments.error();
  DemonstrationsOut out;
  out.yield = (1 - in.failure_rate) * (1 - in.rejection_rate);
  out.attempts = std::ceil(static_cast<double>(in.n_demonstrations) / out.yield);
  out.hours = out.attempts * (in.task_time + in.reset_time) / in.operator_efficiency;
  out.days = out.hours / in.shift_hours;
  return out;
}

Result<Single> calc_shielded_system_hazard_rate(const ShieldedSystem& in) {
  Arguments arguments("calc_shielded_system_hazard_rate");
  arguments.nonnegative("policy_hazard", in.policy_hazard)
      .fraction("coverage", in.coverage)
      .nonnegative("hardware_hazard", in.hardware_hazard);
  if (!arguments.fine()) return arguments.error();
  return Single{in.policy_hazard * (1 - in.coverage) + in.hardware_hazard};
}

Result<ContainmentOut> calc_process_containment_time_to_breach(const Containment& in) {
  Arguments arguments("calc_process_containment_time_to_breach");
  arguments.positive("max_volume", in.max_volume)
      .nonnegative("volume", in.volume)
      .nonnegative("inflow", in.inflow)
      .nonnegative("outflow", in.outflow);
  if (!arguments.fine()) return arguments.error();
  const double net = in.inflow - in.outflow;
  const double headroom = in.max_volume - in.volume;
  if (headroom <= 0) return ContainmentOut{0};
  if (net <= 0) return ContainmentOut{std::numeric_limits<double>::infinity()};
  return ContainmentOut{headroom / net};
}

Result<ThermalRunawayOut> calc_process_thermal_runaway_lease(const ThermalRunaway& in) {
  Arguments arguments("calc_process_thermal_runaway_lease");
  arguments.positive("power", in.power)
      .positive("heat_capacity", in.heat_capacity)
      .positive("temperature_margin", in.temperature_margin);
  if (!arguments.fine()) return arguments.error();
  const double rate = in.power / in.heat_capacity;
  return ThermalRunawayOut{rate, in.temperature_margin / rate};
}

}  // namespace fleetsim::analytic
