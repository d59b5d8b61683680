#include <limits>

#include "analytic/book/robot_control.h"
#include "analytic/book/robot_drive.h"
#include "analytic/book/robot_motion.h"
#include "analytic/book/robot_safety.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(RobotMotion, StoppingAndPermittedSpeedAreInverse) {
  Sweep sweep(1);
  for (int i = 0; i < 300; ++i) {
    const double v = sweep.log(1e-3, 100), tau = sweep.log(1e-3, 10), a = sweep.log(0.01, 20);
    const double d = good(calc_safe_stopping_distance({v, tau, a, 0.1, 0.3})).value;
    expect_relative(good(calc_max_permitted_velocity({d, tau, a, 0.1, 0.3})).value, v, 1e-9);
  }
  expect_relative(good(calc_safe_stopping_distance({2, 0.5, 4, 0, 0})).value, 1.5, 1e-14);
  EXPECT_EQ(good(calc_max_permitted_velocity({0.375, 1, 1, 0.125, 0.25})).value, 0);
  expect_error(calc_safe_stopping_distance({1, 0, 1, 0, 0}), "reaction_time");
  EXPECT_EQ(good(calc_sensor_to_actuator_latency({0.01, 0.02, 0.03, 0.04})).value, 0.1);
  EXPECT_EQ(good(calc_kinetic_energy({10, 2})).value, 20);
  expect_error(calc_kinetic_energy({0, 1}), "mass");
}

TEST(RobotMotion, PendulumFallsAsItsEquation) {
  EXPECT_NEAR(good(calc_inverted_pendulum_fall_time({1, 9.80665, {}, {}})).fall_time, 0.31933,
              1e-5);
  const PendulumFall out = good(calc_inverted_pendulum_fall_time({1, 9.80665, 0.02, 0.5}));
  // theta'' = g/l theta from rest, step by step.
  double angle = 0.02, speed = 0, now = 0;
  const double dt = 1e-6;
  for (; angle < 0.5; now += dt) {
    speed += 9.80665 * angle * dt / 2;
    angle += speed * dt;
    speed += 9.80665 * angle * dt / 2;
  }
  EXPECT_NEAR(now, *out.fall_time_exact, 1e-5);
  EXPECT_GT(out.fall_time, *out.fall_time_exact);  // 2x > x + sqrt(x^2 - 1)
  expect_relative(out.fall_time, std::sqrt(1 / 9.80665) * std::log(50), 1e-14);
  expect_error(calc_inverted_pendulum_fall_time({1, 9.8, 0.5, 0.5}), "final_angle");
  expect_error(calc_inverted_pendulum_fall_time({1, 9.8, 0, 0.5}), "initial_angle");
}

TEST(RobotMotion, Leases) {
  const WatchdogLeaseOut lease = good(calc_watchdog_lease_bound({1.5, 2, 4}));
  EXPECT_EQ(lease.braking_distance, 0.5);
  EXPECT_EQ(lease.drift_distance, 1);
  EXPECT_EQ(lease.lease, 0.5);
  expect_relative(good(calc_crypto_auth_deadline({1.5, 2, 4, 0.1, 0.05})).value, 0.35, 1e-14);
  expect_error(calc_watchdog_lease_bound({0.4, 2, 4}), "distance");
  expect_error(calc_crypto_auth_deadline({0.4, 2, 4, 0, 0}), "distance");
  EXPECT_EQ(good(calc_intent_drift_lease({1, 0.25, 0.5})).value, 1.5);
  expect_error(calc_intent_drift_lease({1, 1, 0.5}), "uncertainty");
  EXPECT_EQ(good(calc_spatial_information_age_displacement({2, 0.1})).value, 0.2);
}

TEST(RobotMotion, Contacts) {
  EXPECT_EQ(good(calc_contact_force({1000, 0.05})).value, 50);
  EXPECT_EQ(good(calc_contact_yield_deadline({140, 1000, 0.5})).value, 0.28);
  // All of the motion's energy in the spring: F^2/(2k) = m v^2/2.
  const double force = good(calc_transient_impact_force({0.5, 2000, 8})).value;
  expect_relative(force * force / (2 * 2000), good(calc_kinetic_energy({8, 0.5})).value, 1e-14);
  EXPECT_EQ(good(calc_tripwire_contact_force_accumulation({5, 1000, 0.5, 0.02})).value, 15);
  EXPECT_EQ(good(calc_passive_compliance_stiffness({65, 5, 0.03})).value, 2000);
  expect_error(calc_passive_compliance_stiffness({5, 5, 0.03}), "max_force");
}

TEST(RobotDrive, GearsAreBestWhereInertiasMatch) {
  const double best = good(calc_optimal_gear_ratio({1, 1e-4})).value;
  EXPECT_EQ(best, 100);
  const auto acceleration = [](double gear) {
    return good(calc_geared_joint_acceleration({gear, 0.5, 1, 1e-4})).value;
  };
  EXPECT_GT(acceleration(best), acceleration(best * 1.01));
  EXPECT_GT(acceleration(best), acceleration(best * 0.99));
  expect_relative(good(calc_reflected_inertia({100, 1e-4})).value, 1, 1e-14);
  expect_relative(good(calc_seam_acceleration_torque_jump({100, 1e-4, -3})).value, -3, 1e-14);
  expect_error(calc_reflected_inertia({0.5, 1}), "gear_ratio");
}

TEST(RobotDrive, Supply) {
  EXPECT_EQ(good(calc_actuator_thermal_power({10, 0.2, 0.5})).value, 10);
  EXPECT_EQ(good(calc_voltage_droop({50, 0.01})).value, 0.5);
  expect_relative(good(calc_inductive_voltage_droop({1e-6, 50, 1e-5})).value, 5, 1e-14);
  EXPECT_EQ(good(calc_alpha_power_gate_delay_stretch({0.9, 0.9, 0.42, 1.3})).value, 1);
  EXPECT_GT(good(calc_alpha_power_gate_delay_stretch({0.9, 0.8, 0.42, 1.3})).value, 1);
  // Alpha 2 by hand: [0.8/0.16] / [1/0.36].
  expect_relative(good(calc_alpha_power_gate_delay_stretch({1, 0.8, 0.4, 2})).value, 5 * 0.36,
                  1e-13);
  expect_error(calc_alpha_power_gate_delay_stretch({0.9, 0.42, 0.42, 1.3}), "drooped_voltage");
}

TEST(RobotDrive, WearAndTime) {
  const HarmonicDriveOut gear =
      good(calc_harmonic_drive_fatigue_consumption({2 * std::acos(-1.0), 5e6, 5e7}));
  expect_relative(gear.revolutions, 5e6, 1e-14);
  expect_relative(gear.life_fraction, 0.1, 1e-14);
  expect_relative(good(calc_coulomb_stiction_deadband({0.01, 2, 1})).deadband, 0.01 * std::log(2),
                  1e-14);
  EXPECT_EQ(good(calc_coulomb_stiction_deadband({0.01, 1, 1})).deadband, infinity);
  EXPECT_EQ(good(calc_quintic_blend_duration({-8, 100})).value, 0.15);
  // 10 t^3 - 15 t^4 + 6 t^5 is steepest in the middle: 30/16 = 1.875.
  EXPECT_EQ(30 * 0.25 - 60 * 0.125 + 30 * 0.0625, good(calc_quintic_blend_duration({1, 1})).value);
  expect_relative(good(calc_thermal_cooling_recovery_time({100, 85, 25, 55})).value,
                  100 * std::log(2), 1e-14);
  expect_error(calc_thermal_cooling_recovery_time({100, 85, 55, 55}), "cooled_temperature");
}

TEST(RobotControl, Cadence) {
  const ActionChunkOut chunk = good(calc_action_chunk_cadence({50, 50, 2}));
  EXPECT_EQ(chunk.chunk_duration, 1);
  EXPECT_EQ(chunk.headroom, 2);
  const ChunkStreamingOut stream =
      good(calc_action_chunk_streaming_amortization({14e9, 200e9, 50, 0.7}));
  expect_relative(stream.stream_time, 0.1, 1e-14);
  expect_relative(stream.effective_hz, 500, 1e-13);
  expect_error(calc_action_chunk_cadence({0, 1, 1}), "chunk_size");
}

TEST(RobotControl, Barriers) {
  EXPECT_TRUE(good(calc_cbf_safety_margin({-1, 2, 0.25, 0.5, 1})).safe);
  EXPECT_FALSE(good(calc_cbf_safety_margin({-1, 2, 0.2, 0.5, 1})).safe);
  const BarrierProjectionOut out = good(calc_cbf_qp_orthogonal_projection({{3, 4}, {1, 0}, 2}));
  EXPECT_EQ(out.control, (std::vector<double>{2, 4}));
  EXPECT_EQ(out.multiplier, 1);
  // The nearest point of the half-plane: no grid point within it is nearer.
  const std::vector<double> u = {1, 2}, a = {0.6, -1.1};
  const BarrierProjectionOut near = good(calc_cbf_qp_orthogonal_projection({u, a, -3}));
  const double best = std::hypot(near.control[0] - 1, near.control[1] - 2);
  for (int i = -100; i <= 100; ++i)
    for (int j = -100; j <= 100; ++j) {
      const double x = 1 + i * 0.03, y = 2 + j * 0.03;
      if (0.6 * x - 1.1 * y > -3) continue;
      EXPECT_GE(std::hypot(x - 1, y - 2), best - 1e-12);
    }
  EXPECT_EQ(good(calc_cbf_qp_orthogonal_projection({u, a, 5})).control, u);
  expect_error(calc_cbf_qp_orthogonal_projection({{1}, {1, 2}, 0}), "same");
  expect_error(calc_cbf_qp_orthogonal_projection({{1}, {0}, 0}), "normal");
}

TEST(RobotControl, Buses) {
  const BusOut can = good(calc_canfd_bus_utilization({}));
  expect_relative(can.frame_time, 32e-6 + 102.4e-6 + 6e-6, 1e-13);
  EXPECT_TRUE(can.schedulable);
  CanBus eight;
  eight.n_frames = 8;
  EXPECT_FALSE(good(calc_canfd_bus_utilization(eight)).schedulable);  // 1.12 ms a millisecond
  EtherCat ring;
  ring.n_slaves = 12;
  const EtherCatOut out = good(calc_ethercat_cycle_time(ring));
  expect_relative(out.transmission_time, 8 * (64 + 384) / 100e6, 1e-13);
  expect_relative(out.total_time, 35.84e-6 + 7.2e-6, 1e-13);
  expect_relative(out.margin, 1e-3 - out.total_time, 1e-13);
  ring.n_slaves = 0;
  expect_error(calc_ethercat_cycle_time(ring), "n_slaves");
}

TEST(RobotControl, MapsAndLogs) {
  EXPECT_EQ(good(calc_dense_voxel_grid_memory({512, 4})).value, 536'870'912);
  const GaussianSceneOut scene = good(calc_3dgs_memory_footprint({1'000'000, 56}));
  EXPECT_EQ(scene.bytes, 56e6);
  EXPECT_EQ(scene.full_record, 236e6);
  TeleopLog log;
  log.n_cameras = 3, log.width = 640, log.height = 480;
  EXPECT_EQ(good(calc_teleop_ingestion_budget(log)).total_rate, 3.0 * 640 * 480 * 3 * 30);
  log.n_depth = 1, log.depth_width = 640, log.depth_height = 480, log.depth_bytes_per_pixel = 2;
  EXPECT_EQ(good(calc_teleop_ingestion_budget(log)).depth_rate, 0);  // no rate: no depth
  log.depth_fps = 15, log.kinematics_rate = 1e5;
  const TeleopLogOut out = good(calc_teleop_ingestion_budget(log));
  EXPECT_EQ(out.depth_rate, 640.0 * 480 * 2 * 15);
  EXPECT_EQ(out.storage_per_hour, 3600 * (out.rgb_rate + out.depth_rate + 1e5));
  DistanceField field;
  field.volume = 64, field.voxel_size = 0.02, field.rays = 1000;
  const DistanceFieldOut tsdf = good(calc_tsdf_voxel_grid_budget(field));
  EXPECT_EQ(tsdf.dense_voxels, 8e6);
  EXPECT_EQ(tsdf.active_voxels, 240'000);
  EXPECT_EQ(tsdf.blocks, 469);
  EXPECT_EQ(tsdf.sparse_bytes, 469 * (512 * 4 + 32.0));
  expect_relative(tsdf.dense_traffic / tsdf.sparse_traffic, 1000, 1e-12);
}

TEST(RobotSafety, TestingWithoutFailures) {
  expect_relative(good(calc_empirical_testing_exposure({1e-6, 0.95})).value, 2.995732e6, 1e-6);
  // The rule of three, and the sample that gives the bound back.
  const double bound = good(calc_clopper_pearson_zero_failure_bound({300, 0.95})).value;
  expect_relative(std::pow(bound, 300), 0.05, 1e-12);
  EXPECT_EQ(good(calc_zero_failure_sample_size({0.99, 0.95})).value, 299);
  EXPECT_GE(good(calc_clopper_pearson_zero_failure_bound({299, 0.95})).value, 0.99);
  EXPECT_LT(good(calc_clopper_pearson_zero_failure_bound({298, 0.95})).value, 0.99);
  expect_error(calc_empirical_testing_exposure({1, 1}), "confidence");
}

TEST(RobotSafety, DataAndProcesses) {
  Demonstrations plan;
  plan.n_demonstrations = 1000;
  const DemonstrationsOut out = good(calc_demonstration_collection_yield(plan));
  expect_relative(out.yield, 0.675, 1e-14);
  EXPECT_EQ(out.attempts, 1482);
  expect_relative(out.hours, 1482 * 60 / 0.6, 1e-14);
  expect_relative(out.days, 1482 * 60 / 0.6 / 28'800, 1e-14);
  expect_relative(good(calc_shielded_system_hazard_rate({1e-3, 0.99, 1e-6})).value, 1.1e-5, 1e-12);
  EXPECT_EQ(good(calc_process_containment_time_to_breach({100, 40, 5, 2})).time_to_breach, 20);
  EXPECT_EQ(good(calc_process_containment_time_to_breach({100, 40, 2, 2})).time_to_breach,
            infinity);
  EXPECT_EQ(good(calc_process_containment_time_to_breach({100, 100, 2, 1})).time_to_breach, 0);
  const ThermalRunawayOut heat = good(calc_process_thermal_runaway_lease({500, 1000, 30}));
  EXPECT_EQ(heat.heating_rate, 0.5);
  EXPECT_EQ(heat.lease, 60);
}

}  // namespace
}  // namespace fleetsim::analytic
