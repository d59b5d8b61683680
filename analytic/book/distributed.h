#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "analytic/book/constants.h"
#include "analytic/catalogue.h"
#include "analytic/precision.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// DistributedModel, wall 14 (book section 5.18): one training step of a fleet of N accelerators, g
// a node, split into dp replicas of tp x pp x ep.
struct DistributedIn {
  Model model{};
  Fleet fleet{};
  std::int64_t batch_size = 1;  // of all replicas together
  Precision precision = Precision::fp16;
  double efficiency = calibration::compute_efficiency;
  std::int64_t tp_size = 1, pp_size = 1, ep_size = 1, v_stages = 1, microbatch_count = 1;
  std::int64_t zero_stage = 0;
  bool is_lora = false, activation_recomputation = false, overlap_comm = false;
  double overlap_efficiency = calibration::overlap_efficiency;
  double congestion_factor = 1, straggler_factor = 1, moe_routing_imbalance_factor = 1;
  std::int64_t gradient_accumulation_steps = 1, seq_len = 2048;
};

struct DistributedOut {
  bool feasible = true;
  std::int64_t dp = 1, tp = 1, pp = 1, ep = 1, local_batch = 1;
  // One replica: its arithmetic alone.
  double node_latency = 0, node_mfu = 0, memory_footprint = 0;
  std::string_view bottleneck = "Compute";
  double dp_communication_latency = 0, tp_communication_latency = 0;
  double ep_communication_latency = 0, communication_latency = 0, exposed_dp = 0;
  double pipeline_bubble_latency = 0, bubble_fraction = 0;
  double step_latency_total = 0, scaling_efficiency = 0, effective_throughput = 0;
  double fleet_mfu = 0, comm_fraction = 0;
  double tp_share_of_step = 0, exposed_dp_share_of_step = 0;
  // Beside the book's: see below.
  double node_latency_exact = 0, dp_communication_exact = 0, ep_communication_exact = 0;
  double exposed_dp_exact = 0, step_latency_exact = 0, fleet_mfu_exact = 0;
};

// dp = N/(tp pp ep), b = max(1, floor(batch/dp)) samples of S tokens a replica, k = 3 passes (4
// with recomputation), L layers, F the peak, eta the efficiency. The step:
//
//   compute = k ops S b / (tp pp ep F eta) + 3 L 10 us + dispatch_tax
//   memory  = [P (2 bpp + 12), ZeRO by dp]/(tp pp ep) + activations/tp + buffers
//             for ceil(b/m) min(pp, m) samples, ceil(L/pp) layers; selective, or full recomputation
//   t_dp    = all-reduce of P bpp/(tp pp) bytes over dp: within a node; else hierarchical over the
//             max(1, floor(g/(tp pp ep))) ranks a node; else a ring of nodes
//   t_tp    = ceil(L/pp) 4 ring(b S Hd bpp, tp), within a node where tp <= g
//   t_ep    = all_to_all(b S Hd bpp top_k imbalance, ep) over the fabric
//   bubble  = compute (pp-1)/(v m)           bubble_fraction = (pp-1)/(v m + pp - 1)
//   step    = (compute + t_dp (1 - overlap) + t_tp + t_ep + bubble) straggler
//
// (Narayanan et al. 2021; Rajbhandari et al. 2020.) Congestion multiplies the three times,
// accumulation divides t_dp, adapters (is_lora) send 1% of the gradients.
// scaling_efficiency = compute/step, throughput = dp b/compute scaling, fleet_mfu = node_mfu
// scaling. What is no transformer runs whole on each device as SingleNodeModel has it.
//
// Beside the book's, under their own names:
//
//   node_latency_exact      launches of the stage's own ceil(L/pp) layers, k for each microbatch
//   dp_communication_exact  once a step, however many batches are accumulated; ZeRO-3 gathers the
//                           weights twice and scatters gradients once: 3/2 of an all-reduce
//   exposed_dp_exact        overlap hides no more than the backward passes last
//   ep_communication_exact  two exchanges forward and two backward in each layer, within a node
//                           where tp ep <= g
//   step_latency_exact      of these, and fleet_mfu_exact = 3 ops S b / (tp pp ep F step)
Result<DistributedOut> distributed(const DistributedIn& in);

// MoERoutingModel (book section 5.19): with k experts a token of E, imbalance f and e = min(E, k f)
// of them at work, bytes = batch S Hd bpp k (e/k):
//
//   dispatched = bytes (ep-1)/ep       latency = all_to_all(bytes, ep) over the fabric
struct MoeRoutingIn {
  Model model{};
  std::int64_t batch_size = 1, seq_len = 2048;
  Precision precision = Precision::fp16;
  std::int64_t ep_size = 1;
  double routing_imbalance_factor = 1;
  std::optional<Fleet> fleet{};
};
struct MoeRoutingOut {
  double effective_active_experts = 0;
  std::optional<double> effective_active_parameters{};
  double routing_multiplier = 1;
  double token_dispatch_bytes = 0;
  std::optional<double> all_to_all_latency{};  // with a fleet and more than one rank
};
Result<MoeRoutingOut> moe_routing(const MoeRoutingIn& in);

// Links of a fleet as collectives see them: one NIC a device, nothing shared.
struct FleetLinks {
  double intra_bandwidth = 0, intra_latency = links::device_latency;
  double fabric_bandwidth = 0, fabric_latency = links::fabric_latency;
};
FleetLinks links_of(const Fleet& fleet);

}  // namespace fleetsim::analytic
