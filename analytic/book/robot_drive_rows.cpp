#include "analytic/book/formula.h"
#include "analytic/book/robot_drive.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {
namespace {

std::vector<Solver> gear_rows() {
  using G = GearedRotor;
  using S = Seam;
  using I = Inertias;
  using J = GearedJoint;
  std::vector<Solver> rows;
  rows.push_back(formula<calc_reflected_inertia>(
      "calc_reflected_inertia", "a rotor's inertia at the load", "G^2 J",
      {input<&G::gear_ratio>("gear_ratio", "1", "G, at least 1", required),
       input<&G::rotor_inertia>("rotor_inertia", "kg*m^2", "J", required)},
      single("inertia", "kg*m^2", "at the load")));
  rows.push_back(formula<calc_seam_acceleration_torque_jump>(
      "calc_seam_acceleration_torque_jump", "torque that a jump in acceleration asks for",
      "G^2 J da",
      {input<&S::gear_ratio>("gear_ratio", "1", "G, at least 1", required),
       input<&S::rotor_inertia>("rotor_inertia", "kg*m^2", "J", required),
       input<&S::acceleration_jump>("acceleration_jump", "1/s^2", "da, rad/s^2", required)},
      single("torque", "N*m", "at once")));
  rows.push_back(formula<calc_optimal_gear_ratio>(
      "calc_optimal_gear_ratio", "gear that accelerates a load best", "sqrt(J_load/J_rotor)",
      {input<&I::load_inertia>("load_inertia", "kg*m^2", "J_load", required),
       input<&I::rotor_inertia>("rotor_inertia", "kg*m^2", "J_rotor", required)},
      single("gear_ratio", "1", "best")));
  rows.push_back(formula<calc_geared_joint_acceleration>(
      "calc_geared_joint_acceleration", "acceleration of a geared joint",
      "G tau/(J_load + G^2 J_rotor)",
      {input<&J::gear_ratio>("gear_ratio", "1", "G", required),
       input<&J::motor_torque>("motor_torque", "N*m", "tau", required),
       input<&J::load_inertia>("load_inertia", "kg*m^2", "J_load", required),
       input<&J::rotor_inertia>("rotor_inertia", "kg*m^2", "J_rotor", required)},
      single("acceleration", "1/s^2", "rad/s^2")));
  return rows;
}

std::vector<Solver> supply_rows() {
  using W = Winding;
  using D = Droop;
  using L = InductiveDroop;
  using G = GateDelay;
  std::vector<Solver> rows;
  rows.push_back(formula<calc_actuator_thermal_power>(
      "calc_actuator_thermal_power", "heat of a winding", "I^2 R duty",
      {input<&W::current>("current", "A", "I", required),
       input<&W::resistance>("resistance", "ohm", "R", required),
       input<&W::duty_cycle>("duty_cycle", "1", "share of time")},
      single("power", "W", "on average")));
  rows.push_back(
      formula<calc_voltage_droop>("calc_voltage_droop", "voltage lost in a resistance", "I R",
                                  {input<&D::current>("current", "A", "I", required),
                                   input<&D::resistance>("resistance", "ohm", "R", required)},
                                  single("droop", "V", "of the supply")));
  rows.push_back(formula<calc_inductive_voltage_droop>(
      "calc_inductive_voltage_droop", "voltage lost in an inductance", "L dI/dt",
      {input<&L::inductance>("inductance", "V*s/A", "L, henry", required),
       input<&L::current_step>("current_step", "A", "dI", required),
       input<&L::time_step>("time_step", "s", "dt", required)},
      single("droop", "V", "of the supply")));
  rows.push_back(formula<calc_alpha_power_gate_delay_stretch>(
      "calc_alpha_power_gate_delay_stretch", "how much slower a drooped gate is",
      "[Vd/(Vd-Vt)^a]/[Vn/(Vn-Vt)^a]",
      {input<&G::nominal_voltage>("nominal_voltage", "V", "Vn", required),
       input<&G::drooped_voltage>("drooped_voltage", "V", "Vd", required),
       input<&G::threshold_voltage>("threshold_voltage", "V", "Vt"),
       input<&G::alpha>("alpha", "1", "a")},
      single("stretch", "1", "of the delay")));
  return rows;
}

std::vector<Solver> wear_rows() {
  using H = HarmonicDrive;
  using O = HarmonicDriveOut;
  using S = Stiction;
  using Q = QuinticBlend;
  using C = Cooling;
  std::vector<Solver> rows;
  rows.push_back(formula<calc_harmonic_drive_fatigue_consumption>(
      "calc_harmonic_drive_fatigue_consumption", "life of a strain-wave gear that is used up",
      "omega T/(2 pi) / rated",
      {input<&H::angular_speed>("angular_speed", "1/s", "omega, rad/s", required),
       input<&H::operating_time>("operating_time", "h", "T", required),
       input<&H::rated_revolutions>("rated_revolutions", "1", "of its life")},
      {output<&O::revolutions>("revolutions", "1", "turned"),
       output<&O::life_fraction>("life_fraction", "1", "of the rated ones")}));
  rows.push_back(formula<calc_coulomb_stiction_deadband>(
      "calc_coulomb_stiction_deadband", "time until a lagging command breaks loose",
      "lag ln(c/(c-f))",
      {input<&S::lag>("lag", "ms", "time constant of the command", required),
       input<&S::command>("command", "1", "c, in the unit of f", required),
       input<&S::stiction>("stiction", "1", "f", required)},
      {output<&StictionOut::deadband>("deadband", "ms", "infinite: it never breaks loose")}));
  rows.push_back(formula<calc_quintic_blend_duration>(
      "calc_quintic_blend_duration", "duration of a smooth blend of torque", "1.875 |dtau|/jerk",
      {input<&Q::torque_change>("torque_change", "N*m", "dtau", required),
       input<&Q::max_torque_rate>("max_torque_rate", "N*m/s", "at most", required)},
      single("duration", "ms", "at least")));
  rows.push_back(formula<calc_thermal_cooling_recovery_time>(
      "calc_thermal_cooling_recovery_time", "time to cool down", "tau ln((Ts-Tt)/(Tc-Tt))",
      {input<&C::time_constant>("time_constant", "s", "tau", required),
       input<&C::start_temperature>("start_temperature", "K", "Ts, in one scale", required),
       input<&C::terminal_temperature>("terminal_temperature", "K", "Tt, of the air", required),
       input<&C::cooled_temperature>("cooled_temperature", "K", "Tc, to be reached", required)},
      single("recovery_time", "s", "until Tc")));
  return rows;
}

}  // namespace

std::vector<Solver> robot_drive_rows() {
  std::vector<Solver> all;
  for (const auto part : {gear_rows, supply_rows, wear_rows})
    for (Solver& row : part()) all.push_back(std::move(row));
  return all;
}

}  // namespace fleetsim::analytic
