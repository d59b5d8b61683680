#pragma once
#include <cstdint>

#include "analytic/book/single.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// Robots: what testing shows, what data takes, how long a process holds (book section 4.11). SI
// base units.

// Time without failure that shows a rate below `rate` at confidence C: -ln(1-C)/rate.
struct TestingExposure {
  double failure_rate = 0, confidence = 0.95;  // 1/s
};
Result<Single> calc_empirical_testing_exposure(const TestingExposure& in);

// n trials without failure show a success probability of at least (1-C)^{1/n} (Clopper and Pearson
// 1934); a bound p takes ceil(ln(1-C)/ln p) of them.
struct ZeroFailures {
  std::int64_t n_trials = 1;
  double confidence = 0.95;
};
Result<Single> calc_clopper_pearson_zero_failure_bound(const ZeroFailures& in);
struct ZeroFailureGoal {
  double reliability = 0, confidence = 0.95;
};
Result<Single> calc_zero_failure_sample_size(const ZeroFailureGoal& in);

// n good demonstrations: y = (1-fail)(1-reject), attempts = ceil(n/y), each task + reset long at
// the efficiency of an operator, in shifts.
struct Demonstrations {
  std::int64_t n_demonstrations = 1;
  double failure_rate = 0.25, rejection_rate = 0.10;
  double task_time = 45, reset_time = 15, shift_hours = 8 * 3600.0, operator_efficiency = 0.60;
};
struct DemonstrationsOut {
  double yield = 0, attempts = 0, hours = 0, days = 0;  // hours in s, days in shifts
};
Result<DemonstrationsOut> calc_demonstration_collection_yield(const Demonstrations& in);

// p (1-c) + p_hw: what a shield of coverage c lets through, and its own hardware.
struct ShieldedSystem {
  double policy_hazard = 0, coverage = 0, hardware_hazard = 0;  // 1/s
};
Result<Single> calc_shielded_system_hazard_rate(const ShieldedSystem& in);

// (V_max - V_0)/(Q_in - Q_out): never (infinite) where no more comes than goes; 0 without headroom.
struct Containment {
  double max_volume = 0, volume = 0, inflow = 0, outflow = 0;
};
struct ContainmentOut {
  double time_to_breach = 0;
};
Result<ContainmentOut> calc_process_containment_time_to_breach(const Containment& in);

// rate = P/C, lease = dT/rate.
struct ThermalRunaway {
  double power = 0, heat_capacity = 0, temperature_margin = 0;  // W, J/K, K
};
struct ThermalRunawayOut {
  double heating_rate = 0, lease = 0;
};
Result<ThermalRunawayOut> calc_process_thermal_runaway_lease(const ThermalRunaway& in);

}  // namespace fleetsim::analytic
