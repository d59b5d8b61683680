#include "analytic/book/formula.h"
#include "analytic/book/robot_motion.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {
namespace {

template <class In>
std::vector<InputSpec> reaction_inputs(InputSpec first) {
  return {first, input<&In::reaction_time>("reaction_time", "s", "tau, before braking", required),
          input<&In::deceleration>("deceleration", "m/s^2", "a, of braking", required),
          input<&In::localization_error>("localization_error", "m", "added"),
          input<&In::safety_margin>("safety_margin", "m", "added")};
}

std::vector<Solver> stopping_rows() {
  using C = SensorChain;
  using S = StoppingDistance;
  using V = PermittedVelocity;
  using M = MovingMass;
  std::vector<Solver> rows;
  rows.push_back(formula<calc_sensor_to_actuator_latency>(
      "calc_sensor_to_actuator_latency", "from light to torque", "sum of the four stages",
      {input<&C::sensor_ms>("sensor_ms", "ms", "exposure and transfer", required),
       input<&C::perception_ms>("perception_ms", "ms", "of the models", required),
       input<&C::planning_ms>("planning_ms", "ms", "of the planner", required),
       input<&C::actuation_ms>("actuation_ms", "ms", "of bus and drive", required)},
      single("latency", "ms", "of the whole chain")));
  rows.push_back(formula<calc_safe_stopping_distance>(
      "calc_safe_stopping_distance", "distance to stop in", "v tau + v^2/(2a) + errors",
      reaction_inputs<S>(input<&S::velocity>("velocity", "m/s", "v", required)),
      single("distance", "m", "to the standstill")));
  rows.push_back(formula<calc_max_permitted_velocity>(
      "calc_max_permitted_velocity", "speed that stops within a distance",
      "-a tau + sqrt((a tau)^2 + 2 a D)",
      reaction_inputs<V>(input<&V::distance>("distance", "m", "seen to be free", required)),
      single("velocity", "m/s", "at most; 0 without room")));
  rows.push_back(
      formula<calc_kinetic_energy>("calc_kinetic_energy", "energy of motion", "m v^2/2",
                                   {input<&M::mass>("mass", "kg", "m", required),
                                    input<&M::velocity>("velocity", "m/s", "v", required)},
                                   single("energy", "J", "to be taken up")));
  return rows;
}

std::vector<Solver> lease_rows() {
  using W = WatchdogLease;
  using O = WatchdogLeaseOut;
  using A = AuthDeadline;
  using I = IntentDrift;
  using P = AgedPosition;
  std::vector<Solver> rows;
  rows.push_back(formula<calc_watchdog_lease_bound>(
      "calc_watchdog_lease_bound", "how long a robot may run unseen", "(D - v^2/(2a))/v",
      {input<&W::distance>("distance", "m", "D, free", required),
       input<&W::velocity>("velocity", "m/s", "v", required),
       input<&W::deceleration>("deceleration", "m/s^2", "a", required)},
      {output<&O::braking_distance>("braking_distance", "m", "of D"),
       output<&O::drift_distance>("drift_distance", "m", "the rest"),
       output<&O::lease>("lease", "ms", "to drift through it")}));
  rows.push_back(formula<calc_crypto_auth_deadline>(
      "calc_crypto_auth_deadline", "time for a check before braking",
      "(D - v^2/(2a))/v - mechanics - bus",
      {input<&A::distance>("distance", "m", "D, free", required),
       input<&A::velocity>("velocity", "m/s", "v", required),
       input<&A::deceleration>("deceleration", "m/s^2", "a", required),
       input<&A::mechanical_delay>("mechanical_delay", "ms", "of the brake"),
       input<&A::bus_delay>("bus_delay", "ms", "of the bus")},
      single("deadline", "ms", "negative: no time for it")));
  rows.push_back(formula<calc_intent_drift_lease>(
      "calc_intent_drift_lease", "how long an intent stays safe", "(r - sigma)/v",
      {input<&I::safe_radius>("safe_radius", "m", "r", required),
       input<&I::uncertainty>("uncertainty", "m", "sigma < r", required),
       input<&I::drift_speed>("drift_speed", "m/s", "v", required)},
      single("lease", "s", "of the intent")));
  rows.push_back(formula<calc_spatial_information_age_displacement>(
      "calc_spatial_information_age_displacement", "how far a thing moved since it was seen",
      "v age",
      {input<&P::velocity>("velocity", "m/s", "of the thing", required),
       input<&P::information_age>("information_age", "ms", "of what is known", required)},
      single("displacement", "m", "since")));
  return rows;
}

Solver pendulum_row() {
  using P = Pendulum;
  using O = PendulumFall;
  return formula<calc_inverted_pendulum_fall_time>(
      "calc_inverted_pendulum_fall_time", "how fast a robot falls over",
      "sqrt(l/g), times ln(2 thf/th0) with both angles",
      {input<&P::length>("length", "m", "l, to the centre of mass", required),
       input<&P::gravity>("gravity", "m/s^2", "g"),
       input<&P::initial_angle>("initial_angle", "1", "th0, rad"),
       input<&P::final_angle>("final_angle", "1", "thf, rad")},
      {output<&O::fall_time>("fall_time", "ms", "by the logarithm"),
       output<&O::fall_time_exact>("fall_time_exact", "ms", "by acosh(thf/th0), from rest")});
}

std::vector<Solver> contact_rows() {
  using C = SpringContact;
  using Y = YieldDeadline;
  using I = Impact;
  using T = Tripwire;
  using P = Compliance;
  std::vector<Solver> rows;
  rows.push_back(
      formula<calc_contact_force>("calc_contact_force", "force of a spring", "k x",
                                  {input<&C::stiffness>("stiffness", "N/m", "k", required),
                                   input<&C::penetration>("penetration", "m", "x", required)},
                                  single("force", "N", "of the contact")));
  rows.push_back(formula<calc_contact_yield_deadline>(
      "calc_contact_yield_deadline", "time until a contact hurts", "F/(k v)",
      {input<&Y::force_limit>("force_limit", "N", "F", required),
       input<&Y::stiffness>("stiffness", "N/m", "k", required),
       input<&Y::velocity>("velocity", "m/s", "v", required)},
      single("deadline", "ms", "from the touch")));
  rows.push_back(formula<calc_transient_impact_force>(
      "calc_transient_impact_force", "peak force of an impact", "v sqrt(k m)",
      {input<&I::velocity>("velocity", "m/s", "v", required),
       input<&I::stiffness>("stiffness", "N/m", "k", required),
       input<&I::mass>("mass", "kg", "m", required)},
      single("force", "N", "at the peak")));
  rows.push_back(formula<calc_tripwire_contact_force_accumulation>(
      "calc_tripwire_contact_force_accumulation", "force when the stop takes hold", "F0 + k v t",
      {input<&T::trip_force>("trip_force", "N", "F0, that trips it", required),
       input<&T::stiffness>("stiffness", "N/m", "k", required),
       input<&T::velocity>("velocity", "m/s", "v", required),
       input<&T::latency>("latency", "ms", "t, of the stop", required)},
      single("force", "N", "then")));
  rows.push_back(formula<calc_passive_compliance_stiffness>(
      "calc_passive_compliance_stiffness", "stiffness that keeps a force below a limit",
      "(Fmax - F0)/dx",
      {input<&P::max_force>("max_force", "N", "Fmax", required),
       input<&P::initial_force>("initial_force", "N", "F0", required),
       input<&P::displacement>("displacement", "m", "dx", required)},
      single("stiffness", "N/m", "at most")));
  return rows;
}

}  // namespace

std::vector<Solver> robot_motion_rows() {
  std::vector<Solver> all;
  for (const auto part : {stopping_rows, lease_rows, contact_rows})
    for (Solver& row : part()) all.push_back(std::move(row));
  all.push_back(pendulum_row());
  return all;
}

}  // namespace fleetsim::analytic
