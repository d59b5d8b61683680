#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "analytic/book/single.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// Robots: from the policy to the bus, and the maps and logs beside it (book section 4.11). SI base
// units.

// A policy that answers every 1/f_brain with n actions, played at f_ctrl: chunk = n/f_ctrl,
// headroom = chunk f_brain, at least 1 to keep up.
struct ActionChunk {
  std::int64_t chunk_size = 1;
  double control_hz = 0, brain_hz = 0;
};
struct ActionChunkOut {
  double chunk_duration = 0, brain_period = 0, headroom = 0;
};
Result<ActionChunkOut> calc_action_chunk_cadence(const ActionChunk& in);

// Weights streamed once a chunk of H actions: t = M_w/(BW eff), f = 1/t, step = t/H, f_eff = H/t.
struct ChunkStreaming {
  double model_bytes = 0, memory_bandwidth = 0;
  std::int64_t horizon = 1;
  double efficiency = 0.70;
};
struct ChunkStreamingOut {
  double stream_time = 0, inference_hz = 0, step_time = 0, effective_hz = 0;
};
Result<ChunkStreamingOut> calc_action_chunk_streaming_amortization(const ChunkStreaming& in);

// Control barrier: psi = L_f + L_g u + alpha h, safe iff psi >= 0.
struct Barrier {
  double lie_f = 0, lie_g = 0, control = 0, alpha = 0, barrier = 0;
};
struct BarrierOut {
  double psi = 0;
  bool safe = false;
};
Result<BarrierOut> calc_cbf_safety_margin(const Barrier& in);

// The control nearest to u with a.u <= b: u - a (a.u - b)/(a.a) where a.u > b, else u itself.
struct BarrierProjection {
  std::vector<double> control{}, normal{};  // u, a
  double bound = 0;                         // b
};
struct BarrierProjectionOut {
  std::vector<double> control{};
  double breach = 0, multiplier = 0;
};
Result<BarrierProjectionOut> calc_cbf_qp_orthogonal_projection(const BarrierProjection& in);

// n CAN FD frames a cycle: t = (oh_arb/arb + (8 payload + oh_data)/data) + gap, rates in bit/s;
// schedulable for n t <= cycle. Overheads in bits; the book's default leaves out the data phase's
// own framing, some 35 bits of a frame (checksum, length, fixed stuffing).
struct CanBus {
  std::int64_t n_frames = 1;
  double payload_bytes = 64, arbitration_rate = 1e6 / 8, data_rate = 5e6 / 8;  // byte/s
  double cycle_time = 1e-3, interframe_gap = 6e-6;                             // s
  double overhead_arbitration_bits = 32, overhead_data_bits = 0;
};
struct BusOut {
  double frame_time = 0, total_time = 0, utilization = 0;
  bool schedulable = false;
};
Result<BusOut> calc_canfd_bus_utilization(const CanBus& in);

// One EtherCAT frame through n slaves: tx = 8 (header + n bytes)/baud, forward = n hop.
struct EtherCat {
  std::int64_t n_slaves = 1;
  double bytes_per_slave = 32, baud = 100e6 / 8;  // byte/s
  double header_bytes = 64, hop_delay = 0.6e-6, cycle_time = 1e-3;
};
struct EtherCatOut {
  double transmission_time = 0, forwarding_time = 0, total_time = 0, margin = 0, utilization = 0;
};
Result<EtherCatOut> calc_ethercat_cycle_time(const EtherCat& in);

// n^3 cells of b bytes; k Gaussians of 56 bytes (low-order colour; 59 floats, 236 bytes, are the
// usual whole record: full_record).
struct VoxelGrid {
  std::int64_t side = 1;
  double bytes_per_voxel = 4;
};
Result<Single> calc_dense_voxel_grid_memory(const VoxelGrid& in);
struct GaussianScene {
  std::int64_t n_gaussians = 1;
  double bytes_per_gaussian = 56;
};
struct GaussianSceneOut {
  double bytes = 0, full_record = 0;
};
Result<GaussianSceneOut> calc_3dgs_memory_footprint(const GaussianScene& in);

// A teleoperated robot's log: n W H bpp fps of colour, depth likewise where all of its inputs are
// above zero, kinematics and touch beside.
struct TeleopLog {
  std::int64_t n_cameras = 1, width = 0, height = 0;
  double bytes_per_pixel = 3, fps = 30;
  std::int64_t n_depth = 0, depth_width = 0, depth_height = 0;
  double depth_bytes_per_pixel = 0, depth_fps = 0;
  double kinematics_rate = 0, tactile_rate = 0;  // byte/s
};
struct TeleopLogOut {
  double rgb_rate = 0, depth_rate = 0, total_rate = 0, storage_per_hour = 0;
};
Result<TeleopLogOut> calc_teleop_ingestion_budget(const TeleopLog& in);

// A distance field of V in voxels of side dv: dense = round(V/dv^3), active = round(dense
// sparsity), in blocks of 512 with a header each. Rays read 300 dense voxels or 6 sparse ones of 8
// bytes, the latter from cache at a rate `hit`. Rounding is half to even.
struct DistanceField {
  double volume = 0, voxel_size = 0, bytes_per_voxel = 4, sparsity = 0.03;
  std::int64_t block_voxels = 512;
  double header_bytes = 32, rays = 0, dense_samples = 300, sparse_samples = 6;
  double sample_bytes = 8, cache_hit = 0.95;
};
struct DistanceFieldOut {
  double dense_voxels = 0, active_voxels = 0, blocks = 0, dense_bytes = 0, sparse_bytes = 0;
  double dense_traffic = 0, sparse_traffic = 0;
};
Result<DistanceFieldOut> calc_tsdf_voxel_grid_budget(const DistanceField& in);

}  // namespace fleetsim::analytic
