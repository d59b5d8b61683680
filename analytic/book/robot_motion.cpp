#include "analytic/book/robot_motion.h"

#include <cmath>

#include "analytic/book/arguments.h"

namespace fleetsim::analytic {
namespace {

double braking(double velocity, double deceleration) {
  return velocity * velocity / (2 * deceleration);
}

Arguments reaction(std::string_view name, double time, double deceleration, double error,
                   double margin) {
  Arguments in(name);
  return in.positive("reaction_time", time)
      .positive("deceleration", deceleration)
      .nonnegative("localization_error", error)
      .nonnegative("safety_margin", margin);
}

// A distance in which to stop from a speed.
Arguments room(std::string_view name, double distance, double velocity, double deceleration) {
  Arguments in(name);
  return in.positive("velocity", velocity)
      .positive("deceleration", deceleration)
      .need(distance >= braking(velocity, deceleration) && std::isfinite(distance), "distance",
            distance, "finite, and at least the braking distance velocity^2 / (2 deceleration)");
}

}  // namespace

Result<Single> calc_sensor_to_actuator_latency(const SensorChain& in) {
  Arguments arguments("calc_sensor_to_actuator_latency");
  arguments.nonnegative("sensor_ms", in.sensor_ms)
      .nonnegative("perception_ms", in.perception_ms)
      .nonnegative("planning_ms", in.planning_ms)
      .nonnegative("actuation_ms", in.actuation_ms);
  if (!arguments.fine()) return arguments.error();
  return Single{in.sensor_ms + in.perception_ms + in.planning_ms + in.actuation_ms};
}

Result<Single> calc_safe_stopping_distance(const StoppingDistance& in) {
  Arguments arguments = reaction("calc_safe_stopping_distance", in.reaction_time, in.deceleration,
                                 in.localization_error, in.safety_margin);
  arguments.nonnegative("velocity", in.velocity);
  if (!arguments.fine()) return arguments.error();
  return Single{in.velocity * in.reaction_time + braking(in.velocity, in.deceleration) +
                in.localization_error + in.safety_margin};
}

Result<Single> calc_max_permitted_velocity(const PermittedVelocity& in) {
  Arguments arguments = reaction("calc_max_permitted_velocity", in.reaction_time, in.deceleration,
                                 in.localization_error, in.safety_margin);
  arguments.nonnegative("distance", in.distance);
  if (!arguments.fine()) return arguments.error();
  const double room_left = in.distance - in.localization_error - in.safety_margin;
  if (room_left <= 0) return Single{0};
  const double lost = in.deceleration * in.reaction_time;
  const double twice = 2 * in.deceleration * room_left;
  return Single{twice / (lost + std::sqrt(lost * lost + twice))};
}

Result<Single> calc_kinetic_energy(const MovingMass& in) {
  Arguments arguments("calc_kinetic_energy");
  arguments.positive("mass", in.mass).nonnegative("velocity", in.velocity);
  if (!arguments.fine()) return arguments.error();
  return Single{in.mass * in.velocity * in.velocity / 2};
}

Result<PendulumFall> calc_inverted_pendulum_fall_time(const Pendulum& in) {
  Arguments arguments("calc_inverted_pendulum_fall_time");
  arguments.positive("length", in.length).positive("gravity", in.gravity);
  if (in.initial_angle) arguments.positive("initial_angle", *in.initial_angle);
  if (in.final_angle)
    arguments.need(*in.final_angle > in.initial_angle.value_or(0) && std::isfinite(*in.final_angle),
                   "final_angle", *in.final_angle, "above initial_angle and finite");
  if (!arguments.fine()) return arguments.error();
  const double unit = std::sqrt(in.length / in.gravity);
  if (!in.initial_angle || !in.final_angle) return PendulumFall{unit, {}};
  const double growth = *in.final_angle / *in.initial_angle;
  return PendulumFall{unit * std::log(2 * growth), unit * std::acosh(growth)};
}

Result<Single> calc_spatial_information_age_displacement(const AgedPosition& in) {
  Arguments arguments("calc_spatial_information_age_displacement");
  arguments.nonnegative("velocity", in.velocity).nonnegative("information_age", in.information_age);
  if (!arguments.fine()) return arguments.error();
  return Single{in.velocity * in.information_age};
}

Result<WatchdogLeaseOut> calc_watchdog_lease_bound(const WatchdogLease& in) {
  const Arguments arguments =
      room("calc_watchdog_lease_bound", in.distance, in.velocity, in.deceleration);
  if (!arguments.fine()) return arguments.error();
  const double brake = braking(in.velocity, in.deceleration);
  const double drift = in.distance - brake;
  return WatchdogLeaseOut{brake, drift, drift / in.velocity};
}

Result<Single> calc_crypto_auth_deadline(const AuthDeadline& in) {
  Arguments arguments =
      room("calc_crypto_auth_deadline", in.distance, in.velocity, in.deceleration);
  arguments.nonnegative("mechanical_delay", in.mechanical_delay)
      .nonnegative("bus_delay", in.bus_delay);
  if (!arguments.fine()) return arguments.error();
  const double lease = (in.distance - braking(in.velocity, in.deceleration)) / in.velocity;
  return Single{lease - in.mechanical_delay - in.bus_delay};
}

Result<Single> calc_intent_drift_lease(const IntentDrift& in) {
  Arguments arguments("calc_intent_drift_lease");
  arguments.positive("safe_radius", in.safe_radius)
      .nonnegative("uncertainty", in.uncertainty)
      .positive("drift_speed", in.drift_speed)
      .need(in.uncertainty < in.safe_radius, "uncertainty", in.uncertainty, "below safe_radius");
  if (!arguments.fine()) return arguments.error();
  return Single{(in.safe_radius - in.uncertainty) / in.drift_speed};
}

Result<Single> calc_contact_force(const SpringContact& in) {
  Arguments arguments("calc_contact_force");
  arguments.positive("stiffness", in.stiffness).nonnegative("penetration", in.penetration);
  if (!arguments.fine()) return arguments.error();
  return Single{in.stiffness * in.penetration};
}

Result<Single> calc_contact_yield_deadline(const YieldDeadline& in) {
  Arguments arguments("calc_contact_yield_deadline");
  arguments.positive("force_limit", in.force_limit)
      .positive("stiffness", in.stiffness)
      .positive("velocity", in.velocity);
  if (!arguments.fine()) return arguments.error();
  return Single{in.force_limit / (in.stiffness * in.velocity)};
}

Result<Single> calc_transient_impact_force(const Impact& in) {
  Arguments arguments("calc_transient_impact_force");
  arguments.nonnegative("velocity", in.velocity)
      .positive("stiffness", in.stiffness)
      .positive("mass", in.mass);
  if (!arguments.fine()) return arguments.error();
  return Single{in.velocity * std::sqrt(in.stiffness * in.mass)};
}

Result<Single> calc_tripwire_contact_force_accumulation(const Tripwire& in) {
  Arguments arguments("calc_tripwire_contact_force_accumulation");
  arguments.nonnegative("trip_force", in.trip_force)
      .positive("stiffness", in.stiffness)
      .nonnegative("velocity", in.velocity)
      .nonnegative("latency", in.latency);
  if (!arguments.fine()) return arguments.error();
  return Single{in.trip_force + in.stiffness * in.velocity * in.latency};
}

Result<Single> calc_passive_compliance_stiffness(const Compliance& in) {
  Arguments arguments("calc_passive_compliance_stiffness");
  arguments.nonnegative("initial_force", in.initial_force)
      .positive("displacement", in.displacement)
      .need(in.max_force > in.initial_force && std::isfinite(in.max_force), "max_force",
            in.max_force, "above initial_force and finite");
  if (!arguments.fine()) return arguments.error();
  return Single{(in.max_force - in.initial_force) / in.displacement};
}

}  // namespace fleetsim::analytic
