#include "analytic/book/formula.h"
#include "analytic/book/robot_control.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {
namespace {

std::vector<Solver> policy_rows() {
  using A = ActionChunk;
  using AO = ActionChunkOut;
  using S = ChunkStreaming;
  using SO = ChunkStreamingOut;
  std::vector<Solver> rows;
  rows.push_back(formula<calc_action_chunk_cadence>(
      "calc_action_chunk_cadence", "whether a policy keeps up with its controller",
      "chunk = n/f_ctrl, headroom = chunk f_brain",
      {input<&A::chunk_size>("chunk_size", "1", "n, actions an answer", required),
       input<&A::control_hz>("control_hz", "Hz", "f_ctrl", required),
       input<&A::brain_hz>("brain_hz", "Hz", "f_brain, answers a second", required)},
      {output<&AO::chunk_duration>("chunk_duration", "ms", "that an answer lasts"),
       output<&AO::brain_period>("brain_period", "ms", "between answers"),
       output<&AO::headroom>("headroom", "1", "at least 1 to keep up")}));
  rows.push_back(formula<calc_action_chunk_streaming_amortization>(
      "calc_action_chunk_streaming_amortization", "rate of actions when weights stream",
      "t = Mw/(BW eff), f_eff = H/t",
      {input<&S::model_bytes>("model_bytes", "GB", "Mw", required),
       input<&S::memory_bandwidth>("memory_bandwidth", "GB/s", "BW", required),
       input<&S::horizon>("horizon", "1", "H, actions a pass", required),
       input<&S::efficiency>("efficiency", "1", "share of BW reached")},
      {output<&SO::stream_time>("stream_time", "ms", "of a pass"),
       output<&SO::inference_hz>("inference_hz", "Hz", "passes"),
       output<&SO::step_time>("step_time", "ms", "of an action"),
       output<&SO::effective_hz>("effective_hz", "Hz", "actions")}));
  return rows;
}

std::vector<Solver> barrier_rows() {
  using B = Barrier;
  using BO = BarrierOut;
  using P = BarrierProjection;
  using PO = BarrierProjectionOut;
  std::vector<Solver> rows;
  rows.push_back(formula<calc_cbf_safety_margin>(
      "calc_cbf_safety_margin", "margin of a control barrier", "psi = Lf + Lg u + alpha h",
      {input<&B::lie_f>("lie_f", "1", "Lf", required),
       input<&B::lie_g>("lie_g", "1", "Lg", required),
       input<&B::control>("control", "1", "u", required),
       input<&B::alpha>("alpha", "1", "alpha", required),
       input<&B::barrier>("barrier", "1", "h", required)},
      {output<&BO::psi>("psi", "1", "margin"), output<&BO::safe>("safe", "", "psi >= 0")}));
  rows.push_back(formula<calc_cbf_qp_orthogonal_projection>(
      "calc_cbf_qp_orthogonal_projection", "nearest control that keeps to a bound",
      "u - a (a.u - b)/(a.a) where a.u > b",
      {input<&P::control>("control", "1", "u", required),
       input<&P::normal>("normal", "1", "a", required),
       input<&P::bound>("bound", "1", "b", required)},
      {output<&PO::control>("control", "1", "kept to the bound"),
       output<&PO::breach>("breach", "1", "a.u - b of what was asked"),
       output<&PO::multiplier>("multiplier", "1", "0 where nothing was changed")}));
  return rows;
}

Solver can_row() {
  using C = CanBus;
  using O = BusOut;
  Solver row = formula<calc_canfd_bus_utilization>(
      "calc_canfd_bus_utilization", "load of a CAN FD bus",
      "t = oh_arb/arb + (8 payload + oh_data)/data + gap; rho = n t/cycle",
      {input<&C::n_frames>("n_frames", "1", "n, a cycle", required),
       input<&C::payload_bytes>("payload_bytes", "B", "of a frame"),
       input<&C::arbitration_rate>("arbitration_rate", "Mb/s", "arb"),
       input<&C::data_rate>("data_rate", "Mb/s", "data"),
       input<&C::cycle_time>("cycle_time", "ms", "of the controller"),
       input<&C::interframe_gap>("interframe_gap", "us", "gap"),
       input<&C::overhead_arbitration_bits>("overhead_arbitration_bits", "1", "oh_arb"),
       input<&C::overhead_data_bits>("overhead_data_bits", "1", "oh_data")},
      {output<&O::frame_time>("frame_time", "us", "t"),
       output<&O::total_time>("total_time", "us", "n t"),
       output<&O::utilization>("utilization", "1", "rho"),
       output<&O::schedulable>("schedulable", "", "rho <= 1")});
  row.assumptions = {"oh_data = 0 leaves out checksum, length and stuffing: some 35 bits a frame"};
  return row;
}

Solver ethercat_row() {
  using E = EtherCat;
  using O = EtherCatOut;
  return formula<calc_ethercat_cycle_time>(
      "calc_ethercat_cycle_time", "cycle of an EtherCAT ring", "8 (header + n bytes)/baud + n hop",
      {input<&E::n_slaves>("n_slaves", "1", "n", required),
       input<&E::bytes_per_slave>("bytes_per_slave", "B", "in the frame"),
       input<&E::baud>("baud", "Mb/s", "of the line"),
       input<&E::header_bytes>("header_bytes", "B", "of the frame"),
       input<&E::hop_delay>("hop_delay", "us", "of a slave"),
       input<&E::cycle_time>("cycle_time", "ms", "of the controller")},
      {output<&O::transmission_time>("transmission_time", "us", "of the frame"),
       output<&O::forwarding_time>("forwarding_time", "us", "of the slaves"),
       output<&O::total_time>("total_time", "us", "of both"),
       output<&O::margin>("margin", "us", "left of the cycle"),
       output<&O::utilization>("utilization", "1", "of the cycle")});
}

std::vector<Solver> scene_rows() {
  using V = VoxelGrid;
  using G = GaussianScene;
  using O = GaussianSceneOut;
  std::vector<Solver> rows;
  rows.push_back(formula<calc_dense_voxel_grid_memory>(
      "calc_dense_voxel_grid_memory", "memory of a dense cube of voxels", "n^3 b",
      {input<&V::side>("side", "1", "n, voxels", required),
       input<&V::bytes_per_voxel>("bytes_per_voxel", "B", "b")},
      single("bytes", "B", "of the cube")));
  rows.push_back(formula<calc_3dgs_memory_footprint>(
      "calc_3dgs_memory_footprint", "memory of a scene of Gaussians", "k b",
      {input<&G::n_gaussians>("n_gaussians", "1", "k", required),
       input<&G::bytes_per_gaussian>("bytes_per_gaussian", "B", "b: 56 holds low-order colour")},
      {output<&O::bytes>("bytes", "B", "of the scene"),
       output<&O::full_record>("full_record", "B", "at the usual 236 bytes each")}));
  return rows;
}

Solver teleop_row() {
  using T = TeleopLog;
  using O = TeleopLogOut;
  return formula<calc_teleop_ingestion_budget>(
      "calc_teleop_ingestion_budget", "what a teleoperated robot logs",
      "n W H bpp fps (+ depth) + kinematics + tactile",
      {input<&T::n_cameras>("n_cameras", "1", "n", required),
       input<&T::width>("width", "1", "W, pixels", required),
       input<&T::height>("height", "1", "H, pixels", required),
       input<&T::bytes_per_pixel>("bytes_per_pixel", "B", "bpp"),
       input<&T::fps>("fps", "Hz", "frames a second"),
       input<&T::n_depth>("n_depth", "1", "depth cameras"),
       input<&T::depth_width>("depth_width", "1", "pixels"),
       input<&T::depth_height>("depth_height", "1", "pixels"),
       input<&T::depth_bytes_per_pixel>("depth_bytes_per_pixel", "B", "of depth"),
       input<&T::depth_fps>("depth_fps", "Hz", "frames of depth a second"),
       input<&T::kinematics_rate>("kinematics_rate", "MB/s", "of joints"),
       input<&T::tactile_rate>("tactile_rate", "MB/s", "of touch")},
      {output<&O::rgb_rate>("rgb_rate", "MB/s", "of colour"),
       output<&O::depth_rate>("depth_rate", "MB/s", "of depth"),
       output<&O::total_rate>("total_rate", "MB/s", "of all"),
       output<&O::storage_per_hour>("storage_per_hour", "GB", "written in an hour")});
}

Solver field_row() {
  using D = DistanceField;
  using O = DistanceFieldOut;
  return formula<calc_tsdf_voxel_grid_budget>(
      "calc_tsdf_voxel_grid_budget", "memory and traffic of a distance field",
      "dense = V/dv^3; blocks = ceil(dense sparsity/512)",
      {input<&D::volume>("volume", "m^3", "V", required),
       input<&D::voxel_size>("voxel_size", "m", "dv", required),
       input<&D::bytes_per_voxel>("bytes_per_voxel", "B", "of a voxel"),
       input<&D::sparsity>("sparsity", "1", "share near a surface"),
       input<&D::block_voxels>("block_voxels", "1", "of a block"),
       input<&D::header_bytes>("header_bytes", "B", "of a block"),
       input<&D::rays>("rays", "1", "cast"),
       input<&D::dense_samples>("dense_samples", "1", "voxels read a ray, dense"),
       input<&D::sparse_samples>("sparse_samples", "1", "voxels read a ray, sparse"),
       input<&D::sample_bytes>("sample_bytes", "B", "read a voxel"),
       input<&D::cache_hit>("cache_hit", "1", "of sparse reads")},
      {output<&O::dense_voxels>("dense_voxels", "1", "of the volume"),
       output<&O::active_voxels>("active_voxels", "1", "near a surface"),
       output<&O::blocks>("blocks", "1", "that hold them"),
       output<&O::dense_bytes>("dense_bytes", "MB", "if dense"),
       output<&O::sparse_bytes>("sparse_bytes", "MB", "in blocks"),
       output<&O::dense_traffic>("dense_traffic", "MB", "of all rays, dense"),
       output<&O::sparse_traffic>("sparse_traffic", "MB", "of all rays, past the cache")});
}

}  // namespace

std::vector<Solver> robot_control_rows() {
  std::vector<Solver> all;
  for (const auto part : {policy_rows, barrier_rows, scene_rows})
    for (Solver& row : part()) all.push_back(std::move(row));
  for (const auto one : {can_row, ethercat_row, teleop_row, field_row}) all.push_back(one());
  return all;
}

}  // namespace fleetsim::analytic
