#pragma once
#include <optional>

#include "analytic/book/single.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// Robots: how far, how fast and how hard before software can help (book section 4.11). SI: m, s,
// kg, N, J; angles in rad.

// Sum of the four stages from light to torque.
struct SensorChain {
  double sensor_ms = 0, perception_ms = 0, planning_ms = 0, actuation_ms = 0;
};
Result<Single> calc_sensor_to_actuator_latency(const SensorChain& in);

// v tau + v^2/(2a) (+ localisation + margin): reaction, then braking at a.
struct StoppingDistance {
  double velocity = 0, reaction_time = 0, deceleration = 0;
  double localization_error = 0, safety_margin = 0;
};
Result<Single> calc_safe_stopping_distance(const StoppingDistance& in);

// Its inverse: with D_e = D - localisation - margin, -a tau + sqrt((a tau)^2 + 2 a D_e); 0 for
// D_e <= 0. Computed as 2 D_e a / (a tau + sqrt(...)), which does not cancel.
struct PermittedVelocity {
  double distance = 0, reaction_time = 0, deceleration = 0;
  double localization_error = 0, safety_margin = 0;
};
Result<Single> calc_max_permitted_velocity(const PermittedVelocity& in);

struct MovingMass {
  double mass = 0, velocity = 0;
};
Result<Single> calc_kinetic_energy(const MovingMass& in);  // m v^2/2

// sqrt(l/g), the time constant of falling; with both angles times ln(2 theta_f/theta_0). From rest
// the linear pendulum is theta_0 cosh(t sqrt(g/l)), so fall_time_exact has acosh(theta_f/theta_0).
struct Pendulum {
  double length = 0, gravity = 9.80665;
  std::optional<double> initial_angle{}, final_angle{};
};
struct PendulumFall {
  double fall_time = 0;
  std::optional<double> fall_time_exact{};
};
Result<PendulumFall> calc_inverted_pendulum_fall_time(const Pendulum& in);

struct AgedPosition {
  double velocity = 0, information_age = 0;
};
Result<Single> calc_spatial_information_age_displacement(const AgedPosition& in);  // v t

// How long a robot may run unseen: brake = v^2/(2a), drift = D - brake, lease = drift/v. D < brake
// is an error. The deadline of a check is the lease less mechanical and bus delays.
struct WatchdogLease {
  double distance = 0, velocity = 0, deceleration = 0;
};
struct WatchdogLeaseOut {
  double braking_distance = 0, drift_distance = 0, lease = 0;
};
Result<WatchdogLeaseOut> calc_watchdog_lease_bound(const WatchdogLease& in);
struct AuthDeadline {
  double distance = 0, velocity = 0, deceleration = 0, mechanical_delay = 0, bus_delay = 0;
};
Result<Single> calc_crypto_auth_deadline(const AuthDeadline& in);  // negative: no time for it

struct IntentDrift {
  double safe_radius = 0, uncertainty = 0, drift_speed = 0;
};
Result<Single> calc_intent_drift_lease(const IntentDrift& in);  // (r - sigma)/v, sigma < r

// Contact with a spring k: F = k x; time to a limit F/(k v); peak v sqrt(k m); growth after a trip
// F_0 + k v t; and the k that keeps F below a limit over dx: (F_max - F_0)/dx.
struct SpringContact {
  double stiffness = 0, penetration = 0;
};
Result<Single> calc_contact_force(const SpringContact& in);
struct YieldDeadline {
  double force_limit = 0, stiffness = 0, velocity = 0;
};
Result<Single> calc_contact_yield_deadline(const YieldDeadline& in);
struct Impact {
  double velocity = 0, stiffness = 0, mass = 0;
};
Result<Single> calc_transient_impact_force(const Impact& in);
struct Tripwire {
  double trip_force = 0, stiffness = 0, velocity = 0, latency = 0;
};
Result<Single> calc_tripwire_contact_force_accumulation(const Tripwire& in);
struct Compliance {
  double max_force = 0, initial_force = 0, displacement = 0;
};
Result<Single> calc_passive_compliance_stiffness(const Compliance& in);

}  // namespace fleetsim::analytic
