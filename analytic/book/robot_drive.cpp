#include "analytic/book/robot_drive.h"

#include <cmath>
#include <limits>

#include "analytic/book/arguments.h"

namespace fleetsim::analytic {
namespace {

Arguments geared(std::string_view name, double ratio, double rotor) {
  Arguments in(name);
  return in.at_least_one("gear_ratio", ratio).positive("rotor_inertia", rotor);
}

// Delay of a gate to a factor (Sakurai and Newton 1990).
double gate_delay(double voltage, const GateDelay& in) {
  return voltage / std::pow(voltage - in.threshold_voltage, in.alpha);
}

}  // namespace

Result<Single> calc_actuator_thermal_power(const Winding& in) {
  Arguments arguments("calc_actuator_thermal_power");
  arguments.nonnegative("current", in.current)
      .nonnegative("resistance", in.resistance)
      .fraction("duty_cycle", in.duty_cycle);
  if (!arguments.fine()) return arguments.error();
  return Single{in.current * in.current * in.resistance * in.duty_cycle};
}

Result<Single> calc_reflected_inertia(const GearedRotor& in) {
  const Arguments arguments = geared("calc_reflected_inertia", in.gear_ratio, in.rotor_inertia);
  if (!arguments.fine()) return arguments.error();
  return Single{in.gear_ratio * in.gear_ratio * in.rotor_inertia};
}

Result<Single> calc_seam_acceleration_torque_jump(const Seam& in) {
  Arguments arguments =
      geared("calc_seam_acceleration_torque_jump", in.gear_ratio, in.rotor_inertia);
  arguments.need(std::isfinite(in.acceleration_jump), "acceleration_jump", in.acceleration_jump,
                 "finite");
  if (!arguments.fine()) return arguments.error();
  return Single{in.gear_ratio * in.gear_ratio * in.rotor_inertia * in.acceleration_jump};
}

Result<Single> calc_optimal_gear_ratio(const Inertias& in) {
  Arguments arguments("calc_optimal_gear_ratio");
  arguments.positive("load_inertia", in.load_inertia).positive("rotor_inertia", in.rotor_inertia);
  if (!arguments.fine()) return arguments.error();
  return Single{std::sqrt(in.load_inertia / in.rotor_inertia)};
}

Result<Single> calc_geared_joint_acceleration(const GearedJoint& in) {
  Arguments arguments("calc_geared_joint_acceleration");
  arguments.positive("gear_ratio", in.gear_ratio)
      .nonnegative("motor_torque", in.motor_torque)
      .positive("load_inertia", in.load_inertia)
      .nonnegative("rotor_inertia", in.rotor_inertia);
  if (!arguments.fine()) return arguments.error();
  return Single{in.gear_ratio * in.motor_torque /
                (in.load_inertia + in.gear_ratio * in.gear_ratio * in.rotor_inertia)};
}

Result<Single> calc_voltage_droop(const Droop& in) {
  Arguments arguments("calc_voltage_droop");
  arguments.nonnegative("current", in.current).nonnegative("resistance", in.resistance);
  if (!arguments.fine()) return arguments.error();
  return Single{in.current * in.resistance};
}

Result<Single> calc_inductive_voltage_droop(const InductiveDroop& in) {
  Arguments arguments("calc_inductive_voltage_droop");
  arguments.nonnegative("inductance", in.inductance)
      .nonnegative("current_step", in.current_step)
      .positive("time_step", in.time_step);
  if (!arguments.fine()) return arguments.error();
  return Single{in.inductance * in.current_step / in.time_step};
}

Result<Single> calc_alpha_power_gate_delay_stretch(const GateDelay& in) {
  Arguments arguments("calc_alpha_power_gate_delay_stretch");
  arguments.nonnegative("threshold_voltage", in.threshold_voltage)
      .positive("alpha", in.alpha)
      .need(in.nominal_voltage > in.threshold_voltage && std::isfinite(in.nominal_voltage),
            "nominal_voltage", in.nominal_voltage, "above threshold_voltage and finite")
      .need(in.drooped_voltage > in.threshold_voltage && std::isfinite(in.drooped_voltage),
            "drooped_voltage", in.drooped_voltage, "above threshold_voltage and finite");
  if (!arguments.fine()) return arguments.error();
  return Single{gate_delay(in.drooped_voltage, in) / gate_delay(in.nominal_voltage, in)};
}

Result<HarmonicDriveOut> calc_harmonic_drive_fatigue_consumption(const HarmonicDrive& in) {
  Arguments arguments("calc_harmonic_drive_fatigue_consumption");
  arguments.nonnegative("angular_speed", in.angular_speed)
      .nonnegative("operating_time", in.operating_time)
      .positive("rated_revolutions", in.rated_revolutions);
  if (!arguments.fine()) return arguments.error();
  const double revolutions = in.angular_speed * in.operating_time / (2 * std::acos(-1.0));
  return HarmonicDriveOut{revolutions, revolutions / in.rated_revolutions};
}

Result<StictionOut> calc_coulomb_stiction_deadband(const Stiction& in) {
  Arguments arguments("calc_coulomb_stiction_deadband");
  arguments.positive("lag", in.lag)
      .nonnegative("command", in.command)
      .nonnegative("stiction", in.stiction);
  if (!arguments.fine()) return arguments.error();
  if (in.command <= in.stiction) return StictionOut{std::numeric_limits<double>::infinity()};
  return StictionOut{-in.lag * std::log1p(-in.stiction / in.command)};
}

Result<Single> calc_quintic_blend_duration(const QuinticBlend& in) {
  Arguments arguments("calc_quintic_blend_duration");
  arguments.need(std::isfinite(in.torque_change), "torque_change", in.torque_change, "finite")
      .positive("max_torque_rate", in.max_torque_rate);
  if (!arguments.fine()) return arguments.error();
  return Single{1.875 * std::abs(in.torque_change) / in.max_torque_rate};
}

Result<Single> calc_thermal_cooling_recovery_time(const Cooling& in) {
  Arguments arguments("calc_thermal_cooling_recovery_time");
  arguments.positive("time_constant", in.time_constant)
      .need(std::isfinite(in.terminal_temperature), "terminal_temperature", in.terminal_temperature,
            "finite")
      .need(in.cooled_temperature > in.terminal_temperature, "cooled_temperature",
            in.cooled_temperature, "above terminal_temperature, or it is never reached")
      .need(in.start_temperature >= in.cooled_temperature && std::isfinite(in.start_temperature),
            "start_temperature", in.start_temperature, "cooled_temperature or above, and finite");
  if (!arguments.fine()) return arguments.error();
  return Single{in.time_constant * std::log((in.start_temperature - in.terminal_temperature) /
                                            (in.cooled_temperature - in.terminal_temperature))};
}

}  // namespace fleetsim::analytic
