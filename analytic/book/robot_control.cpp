#include "analytic/book/robot_control.h"

#include <fmt/format.h>

#include <cmath>

#include "analytic/book/arguments.h"

namespace fleetsim::analytic {
namespace {

double real(std::int64_t n) {
  return static_cast<double>(n);
}

double product(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

Result<ActionChunkOut> calc_action_chunk_cadence(const ActionChunk& in) {
  Arguments arguments("calc_action_chunk_cadence");
  arguments.at_least_one("chunk_size", in.chunk_size)
      .positive("control_hz", in.control_hz)
      .positive("brain_hz", in.brain_hz);
  if (!arguments.fine()) return arguments.error();
  const double chunk = real(in.chunk_size) / in.control_hz;
  return ActionChunkOut{chunk, 1 / in.brain_hz, chunk * in.brain_hz};
}

Result<ChunkStreamingOut> calc_action_chunk_streaming_amortization(const ChunkStreaming& in) {
  Arguments arguments("calc_action_chunk_streaming_amortization");
  arguments.positive("model_bytes", in.model_bytes)
      .positive("memory_bandwidth", in.memory_bandwidth)
      .at_least_one("horizon", in.horizon)
      .efficiency(in.efficiency);
  if (!arguments.fine()) return arguments.error();
  const double time = in.model_bytes / (in.memory_bandwidth * in.efficiency);
  const double step = time / real(in.horizon);
  return ChunkStreamingOut{time, 1 / time, step, 1 / step};
}

Result<BarrierOut> calc_cbf_safety_margin(const Barrier& in) {
  const double psi = in.lie_f + in.lie_g * in.control + in.alpha * in.barrier;
  Arguments arguments("calc_cbf_safety_margin");
  arguments.nonnegative("alpha", in.alpha)
      .need(std::isfinite(psi), "lie_f", in.lie_f, "such that psi is finite, as all arguments");
  if (!arguments.fine()) return arguments.error();
  return BarrierOut{psi, psi >= 0};
}

Result<BarrierProjectionOut> calc_cbf_qp_orthogonal_projection(const BarrierProjection& in) {
  if (in.control.size() != in.normal.size())
    return Error{
        fmt::format("calc_cbf_qp_orthogonal_projection: control has {} numbers and normal {}; "
                    "both must have the same",
                    in.control.size(), in.normal.size())};
  const double square = product(in.normal, in.normal);
  const double breach = product(in.normal, in.control) - in.bound;
  Arguments arguments("calc_cbf_qp_orthogonal_projection");
  arguments
      .need(square > 0 && std::isfinite(square), "normal", std::sqrt(square),
            "of a length above zero and finite")
      .need(std::isfinite(breach), "bound", in.bound, "finite, as all of control");
  if (!arguments.fine()) return arguments.error();
  if (breach <= 0) return BarrierProjectionOut{in.control, breach, 0};
  BarrierProjectionOut out{in.control, breach, breach / square};
  for (std::size_t i = 0; i < out.control.size(); ++i)
    out.control[i] -= out.multiplier * in.normal[i];
  return out;
}

Result<BusOut> calc_canfd_bus_utilization(const CanBus& in) {
  Arguments arguments("calc_canfd_bus_utilization");
  arguments.at_least_one("n_frames", in.n_frames)
      .nonnegative("payload_bytes", in.payload_bytes)
      .positive("arbitration_rate", in.arbitration_rate)
      .positive("data_rate", in.data_rate)
      .positive("cycle_time", in.cycle_time)
      .nonnegative("interframe_gap", in.interframe_gap)
      .nonnegative("overhead_arbitration_bits", in.overhead_arbitration_bits)
      .nonnegative("overhead_data_bits", in.overhead_data_bits);
  if (!arguments.fine()) return arguments.error();
  const double frame = in.overhead_arbitration_bits / 8 / in.arbitration_rate +
                       (in.payload_bytes + in.overhead_data_bits / 8) / in.data_rate +
                       in.interframe_gap;
  const double total = real(in.n_frames) * frame;
  const double utilization = total / in.cycle_time;
  return BusOut{frame, total, utilization, utilization <= 1};
}

Result<EtherCatOut> calc_ethercat_cycle_time(const EtherCat& in) {
  Arguments arguments("calc_ethercat_cycle_time");
  arguments.at_least_one("n_slaves", in.n_slaves)
      .nonnegative("bytes_per_slave", in.bytes_per_slave)
      .positive("baud", in.baud)
      .nonnegative("header_bytes", in.header_bytes)
      .nonnegative("hop_delay", in.hop_delay)
      .positive("cycle_time", in.cycle_time);
  if (!arguments.fine()) return arguments.error();
  EtherCatOut out;
  out.transmission_time = (in.header_bytes + real(in.n_slaves) * in.bytes_per_slave) / in.baud;
  out.forwarding_time = real(in.n_slaves) * in.hop_delay;
  out.total_time = out.transmission_time + out.forwarding_time;
  out.margin = in.cycle_time - out.total_time;
  out.utilization = out.total_time / in.cycle_time;
  return out;
}

Result<Single> calc_dense_voxel_grid_memory(const VoxelGrid& in) {
  Arguments arguments("calc_dense_voxel_grid_memory");
  arguments.at_least_one("side", in.side).positive("bytes_per_voxel", in.bytes_per_voxel);
  if (!arguments.fine()) return arguments.error();
  return Single{real(in.side) * real(in.side) * real(in.side) * in.bytes_per_voxel};
}

Result<GaussianSceneOut> calc_3dgs_memory_footprint(const GaussianScene& in) {
  Arguments arguments("calc_3dgs_memory_footprint");
  arguments.at_least_one("n_gaussians", in.n_gaussians)
      .positive("bytes_per_gaussian", in.bytes_per_gaussian);
  if (!arguments.fine()) return arguments.error();
  constexpr double floats = 3 + 4 + 3 + 1 + 48;  // place, turn, scale, opacity, colour of order 3
  return GaussianSceneOut{real(in.n_gaussians) * in.bytes_per_gaussian,
                          real(in.n_gaussians) * floats * 4};
}

Result<TeleopLogOut> calc_teleop_ingestion_budget(const TeleopLog& in) {
  Arguments arguments("calc_teleop_ingestion_budget");
  arguments.at_least_one("n_cameras", in.n_cameras)
      .at_least_one("width", in.width)
      .at_least_one("height", in.height)
      .positive("bytes_per_pixel", in.bytes_per_pixel)
      .positive("fps", in.fps)
      .nonnegative("n_depth", real(in.n_depth))
      .nonnegative("depth_width", real(in.depth_width))
      .nonnegative("depth_height", real(in.depth_height))
      .nonnegative("depth_bytes_per_pixel", in.depth_bytes_per_pixel)
      .nonnegative("depth_fps", in.depth_fps)
      .nonnegative("kinematics_rate", in.kinematics_rate)
      .nonnegative("tactile_rate", in.tactile_rate);
  if (!arguments.fine()) return arguments.error();
  TeleopLogOut out;
  out.rgb_rate =
      real(in.n_cameras) * real(in.width) * real(in.height) * in.bytes_per_pixel * in.fps;
  out.depth_rate = real(in.n_depth) * real(in.depth_width) * real(in.depth_height) *
                   in.depth_bytes_per_pixel * in.depth_fps;
  out.total_rate = out.rgb_rate + out.depth_rate + in.kinematics_rate + in.tactile_rate;
  out.storage_per_hour = out.total_rate * 3600;
  return out;
}

Result<DistanceFieldOut> calc_tsdf_voxel_grid_budget(const DistanceField& in) {
  Arguments arguments("calc_tsdf_voxel_grid_budget");
  arguments.positive("volume", in.volume)
      .positive("voxel_size", in.voxel_size)
      .positive("bytes_per_voxel", in.bytes_per_voxel)
      .fraction("sparsity", in.sparsity)
      .at_least_one("block_voxels", in.block_voxels)
      .nonnegative("header_bytes", in.header_bytes)
      .nonnegative("rays", in.rays)
      .nonnegative("dense_samples", in.dense_samples)
      .nonnegative("sparse_samples", in.sparse_samples)
      .nonnegative("sample_bytes", in.sample_bytes)
      .fraction("cache_hit", in.cache_hit);
  if (!arguments.fine()) return arguments.error();
  DistanceFieldOut out;
  out.dense_voxels = std::nearbyint(in.volume / (in.voxel_size * in.voxel_size * in.voxel_size));
  out.active_voxels = std::nearbyint(out.dense_voxels * in.sparsity);
  out.blocks = std::ceil(out.active_voxels / real(in.block_voxels));
  out.dense_bytes = out.dense_voxels * in.bytes_per_voxel;
  out.sparse_bytes = out.blocks * (real(in.block_voxels) * in.bytes_per_voxel + in.header_bytes);
  out.dense_traffic = in.rays * in.dense_samples * in.sample_bytes;
  out.sparse_traffic = in.rays * in.sparse_samples * in.sample_bytes * (1 - in.cache_hit);
  return out;
}

}  // namespace fleetsim::analytic
