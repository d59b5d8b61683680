#pragma once

#include "analytic/book/single.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// Robots: motors, gears and the supply behind them (book section 4.11). SI: A, V, ohm, N m as J,
// kg m^2, K; angular speed in rad/s.

struct Winding {
  double current = 0, resistance = 0, duty_cycle = 1;
};
Result<Single> calc_actuator_thermal_power(const Winding& in);  // I^2 R duty

// Seen from the load, a rotor's inertia grows by the square of the gear ratio: G^2 J, G >= 1; a
// jump of the wanted acceleration then asks for the torque G^2 J da.
struct GearedRotor {
  double gear_ratio = 0, rotor_inertia = 0;
};
Result<Single> calc_reflected_inertia(const GearedRotor& in);
struct Seam {
  double gear_ratio = 0, rotor_inertia = 0, acceleration_jump = 0;
};
Result<Single> calc_seam_acceleration_torque_jump(const Seam& in);

// The gear that accelerates a load best, sqrt(J_load/J_rotor), and what one gives:
// G tau/(J_load + G^2 J_rotor).
struct Inertias {
  double load_inertia = 0, rotor_inertia = 0;
};
Result<Single> calc_optimal_gear_ratio(const Inertias& in);
struct GearedJoint {
  double gear_ratio = 0, motor_torque = 0, load_inertia = 0, rotor_inertia = 0;
};
Result<Single> calc_geared_joint_acceleration(const GearedJoint& in);

struct Droop {
  double current = 0, resistance = 0;
};
Result<Single> calc_voltage_droop(const Droop& in);  // I R
struct InductiveDroop {
  double inductance = 0, current_step = 0, time_step = 0;  // V s/A, A, s
};
Result<Single> calc_inductive_voltage_droop(const InductiveDroop& in);  // L dI/dt

// Alpha-power law (Sakurai and Newton 1990): a gate's delay goes as V/(V - V_t)^a; the stretch is
// that at the drooped voltage over that at the nominal one. Needs both above V_t.
struct GateDelay {
  double nominal_voltage = 0, drooped_voltage = 0, threshold_voltage = 0.42, alpha = 1.3;
};
Result<Single> calc_alpha_power_gate_delay_stretch(const GateDelay& in);

// Revolutions omega T/(2 pi), and their share of a strain-wave gear's fatigue life.
struct HarmonicDrive {
  double angular_speed = 0, operating_time = 0, rated_revolutions = 5e7;
};
struct HarmonicDriveOut {
  double revolutions = 0, life_fraction = 0;
};
Result<HarmonicDriveOut> calc_harmonic_drive_fatigue_consumption(const HarmonicDrive& in);

// A lagging command c overcomes stiction f after lag ln(c/(c-f)): never (infinite) for c <= f.
struct Stiction {
  double lag = 0, command = 0, stiction = 0;
};
struct StictionOut {
  double deadband = 0;
};
Result<StictionOut> calc_coulomb_stiction_deadband(const Stiction& in);

// A quintic blend's steepest torque is 15/8 of dtau/T, so 1.875 |dtau|/jerk keeps to a torque rate.
struct QuinticBlend {
  double torque_change = 0, max_torque_rate = 0;
};
Result<Single> calc_quintic_blend_duration(const QuinticBlend& in);

// Cooling from T_s towards T_t passes T_c after tau ln((T_s - T_t)/(T_c - T_t)). Needs
// T_t < T_c <= T_s, in one scale.
struct Cooling {
  double time_constant = 0;
  double start_temperature = 0, terminal_temperature = 0, cooled_temperature = 0;
};
Result<Single> calc_thermal_cooling_recovery_time(const Cooling& in);

}  // namespace fleetsim::analytic
