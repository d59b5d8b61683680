#pragma once
#include <optional>

#include "sim/result.h"

namespace fleetsim::analytic {

// Heat and charge of a small device.

// One thermal node: resistance R_th (K/W) to the air at T_a, time constant tau = R_th C_th. From
// T_0 at constant power P,
//
//   T(t) = T_inf + (T_0 - T_inf) e^{-t/tau},   T_inf = T_a + P R_th,
//   time to throttle at T* = -tau ln((T_inf - T*)/(T_inf - T_0)),
//
// which is -RC ln(1 - (T* - T_a)/(P R_th)) from T_0 = T_a; never (no value) for T_inf <= T*, at
// once for T_0 >= T*. Temperatures in one scale throughout.
struct ThermalNode {
  double power = 1, resistance = 1, time_constant = 60;  // W, K/W, s
  double ambient = 25, start = 25, limit = 45;
};
struct Throttling {
  double steady = 0;             // temperature in the end, without a throttle
  std::optional<double> time{};  // s until the limit
  double sustained_power = 0;    // W that ends at the limit: (T* - T_a)/R_th, at least 0
};
Result<Throttling> time_to_throttle(const ThermalNode& node);
Result<double> temperature_after(const ThermalNode& node, double time);

// Duty cycle: f events a second of energy E each, above a floor P.  life = capacity / (f E + P).
struct DutyCycle {
  double capacity = 2.16e3, event_rate = 1, event_energy = 1e-3, sleep_power = 1e-5;
};
Result<double> battery_life(const DutyCycle& device);  // s

}  // namespace fleetsim::analytic
