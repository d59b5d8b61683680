#include "analytic/book/distributed.h"

#include <fmt/format.h>

#include <algorithm>

#include "analytic/book/arguments.h"
#include "analytic/book/communication.h"
#include "analytic/book/single_node.h"
#include "analytic/book/workload.h"

namespace fleetsim::analytic {
namespace {

std::int64_t ceil_div(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

// The arguments with what follows from them, each worked out once.
struct Plan {
  const DistributedIn& in;
  FleetLinks links{};
  std::int64_t shards = 1, dp = 1, local_batch = 1, node_size = 1, stage_layers = 1;
  double parameters = 0, ops = 0, passes = 3, bytes = 2, peak = 0;
  double tokens = 0;        // of a replica's batch
  double hidden_bytes = 0;  // of the activations of those between two layers
};

Status in_domain(const DistributedIn& in) {
  Arguments arguments("DistributedModel");
  arguments.at_least_one("tp_size", in.tp_size)
      .at_least_one("pp_size", in.pp_size)
      .at_least_one("ep_size", in.ep_size)
      .at_least_one("batch_size", in.batch_size)
      .at_least_one("v_stages", in.v_stages)
      .at_least_one("microbatch_count", in.microbatch_count)
      .at_least_one("gradient_accumulation_steps", in.gradient_accumulation_steps)
      .at_least_one("seq_len", in.seq_len)
      .efficiency(in.efficiency)
      .fraction("overlap_efficiency", in.overlap_efficiency)
      .positive("congestion_factor", in.congestion_factor)
      .at_least_one("straggler_factor", in.straggler_factor)
      .at_least_one("moe_routing_imbalance_factor", in.moe_routing_imbalance_factor)
      .need(in.zero_stage >= 0 && in.zero_stage <= 3, "zero_stage",
            static_cast<double>(in.zero_stage), "0, 1, 2 or 3")
      .at_least_one("fleet: nodes", in.fleet.nodes)
      .at_least_one("fleet: accelerators_per_node", in.fleet.node.accelerators)
      .positive("fleet: fabric bandwidth", in.fleet.fabric.bandwidth)
      .positive("fleet: fabric oversubscription_ratio", in.fleet.fabric.oversubscription)
      .nonnegative("fleet: fabric latency", in.fleet.fabric.latency.value_or(0))
      .positive("fleet: intra_node_bw", in.fleet.node.intra_node_bandwidth)
      .positive("fleet: memory capacity", in.fleet.node.accelerator.memory_capacity)
      .positive("fleet: peak_flops", in.fleet.node.accelerator.flops_at(in.precision));
  if (!arguments.fine()) return arguments.error();
  return Done{};
}

// tp pp ep, without overflow of what is more than there are devices.
Result<std::int64_t> shards_of(const DistributedIn& in) {
  const std::int64_t devices = in.fleet.accelerators();
  std::int64_t shards = in.tp_size;
  for (const std::int64_t size : {in.pp_size, in.ep_size})
    shards = shards > devices / size ? devices + 1 : shards * size;
  if (shards > devices)
    return Error{fmt::format(
        "DistributedModel: tp_size {} x pp_size {} x ep_size {} is more than the fleet's {} "
        "accelerators",
        in.tp_size, in.pp_size, in.ep_size, devices)};
  if (devices % shards != 0)
    return Error{fmt::format(
        "DistributedModel: tp_size {} x pp_size {} x ep_size {} must divide the fleet's {} "
        "accelerators",
        in.tp_size, in.pp_size, in.ep_size, devices)};
  return shards;
}

Result<Plan> plan_of(const DistributedIn& in) {
  if (const Status status = in_domain(in); !status) return status.error();
  const Result<std::int64_t> shards = shards_of(in);
  if (!shards) return shards.error();
  const Result<double> parameters = parameters_of(in.model);
  if (!parameters) return parameters.error();
  const Result<double> ops = total_ops(in.model);
  if (!ops) return ops.error();
  if (!is_transformer(in.model) && *shards > 1)
    return Error{"DistributedModel: tp_size, pp_size and ep_size above 1 need a transformer"};
  Plan plan{.in = in};
  plan.links = links_of(in.fleet);
  plan.shards = *shards;
  plan.dp = in.fleet.accelerators() / plan.shards;
  plan.local_batch = std::max<std::int64_t>(1, in.batch_size / plan.dp);
  plan.node_size = in.fleet.node.accelerators;
  plan.stage_layers = ceil_div(layers_of(in.model), in.pp_size);
  plan.parameters = *parameters;
  plan.ops = *ops;
  plan.passes = in.activation_recomputation ? 4 : 3;
  plan.bytes = bytes_of(in.precision);
  plan.peak = in.fleet.node.accelerator.flops_at(in.precision);
  plan.tokens = static_cast<double>(in.seq_len) * static_cast<double>(plan.local_batch);
  plan.hidden_bytes = plan.tokens * static_cast<double>(hidden_dim_of(in.model)) * plan.bytes;
  return plan;
}

// What one device of a replica holds, by TrainingMemoryModel's rules: Adam, sequence parallelism,
// and as many microbatches in flight as the pipeline is deep.
Result<double> replica_memory(const Plan& plan) {
  const DistributedIn& in = plan.in;
  const auto dp = static_cast<double>(plan.dp);
  const double own = plan.parameters / static_cast<double>(plan.shards);
  double trained = own;
  if (in.is_lora) {
    const double rank = 16, hidden = static_cast<double>(hidden_dim_of(in.model));
    const double adapters = 8 * rank * hidden * static_cast<double>(layers_of(in.model));
    trained *= std::min(1.0, adapters / plan.parameters);
  }
  double weights = own * plan.bytes, gradients = trained * plan.bytes;
  double optimizer = trained * calibration::optimizer_bytes_adam;
  if (in.zero_stage >= 1) optimizer /= dp;
  if (in.zero_stage >= 2) gradients /= dp;
  if (in.zero_stage >= 3) weights /= dp;
  const std::int64_t held =
      ceil_div(plan.local_batch, in.microbatch_count) * std::min(in.pp_size, in.microbatch_count);
  const Result<double> activations =
      activation_bytes({.layers = plan.stage_layers,
                        .hidden_dim = hidden_dim_of(in.model),
                        .heads = in.model.heads,
                        .seq_len = static_cast<double>(in.seq_len),
                        .batch = static_cast<double>(held),
                        .bytes_per_element = plan.bytes},
                       in.activation_recomputation ? Recompute::full : Recompute::selective);
  if (!activations) return activations.error();
  double buffers = calibration::communication_buffer_share * gradients;
  if (in.pp_size > 1)
    buffers += 2 * static_cast<double>(held) * static_cast<double>(in.seq_len) *
               static_cast<double>(hidden_dim_of(in.model)) * plan.bytes;
  return weights + gradients + optimizer + *activations / static_cast<double>(in.tp_size) + buffers;
}

// One model-parallel replica, or one device for what is no transformer.
Status price_replica(const Plan& plan, DistributedOut& out) {
  const DistributedIn& in = plan.in;
  const Device& device = in.fleet.node.accelerator;
  if (!is_transformer(in.model)) {
    const Result<SingleNodeOut> node =
        single_node({.model = in.model,
                     .hardware = device,
                     .batch_size = plan.local_batch,
                     .precision = in.precision,
                     .efficiency = in.efficiency,
                     .is_training = true,
                     .seq_len = in.seq_len,
                     .zero_stage = in.zero_stage,
                     .dp_size = plan.dp,
                     .is_lora = in.is_lora,
                     .activation_recomputation = in.activation_recomputation});
    if (!node) return node.error();
    out.node_latency = out.node_latency_exact = node->latency;
    out.node_mfu = node->mfu;
    out.memory_footprint = node->memory_footprint;
    out.feasible = node->feasible;
    out.bottleneck = node->bottleneck;
    return Done{};
  }
  const Result<double> memory = replica_memory(plan);
  if (!memory) return memory.error();
  const double pass = plan.ops * plan.tokens / static_cast<double>(plan.shards);
  const double arithmetic = plan.passes * pass / (plan.peak * in.efficiency);
  const double launches = plan.passes * static_cast<double>(plan.stage_layers) *
                          static_cast<double>(in.microbatch_count);
  out.node_latency = arithmetic +
                     3 * static_cast<double>(layers_of(in.model)) * calibration::layer_tax +
                     device.dispatch_tax;
  out.node_latency_exact = arithmetic + launches * calibration::layer_tax + device.dispatch_tax;
  out.node_mfu = 3 * pass / out.node_latency / plan.peak;
  out.memory_footprint = *memory;
  out.feasible = *memory <= device.memory_capacity;
  return Done{};
}

// Gradients over the dp replicas, where their ranks lie.
double data_parallel_time(const Plan& plan) {
  const DistributedIn& in = plan.in;
  if (plan.dp == 1) return 0;
  const FleetLinks& l = plan.links;
  double gradients = plan.parameters * plan.bytes / static_cast<double>(in.tp_size * in.pp_size);
  if (in.is_lora) gradients *= calibration::lora_gradient_share;
  const std::int64_t ranks = std::max<std::int64_t>(1, plan.node_size / plan.shards);
  if (plan.dp <= ranks)
    return ring_allreduce_time({gradients, plan.dp, l.intra_bandwidth, l.intra_latency});
  if (ranks == 1)
    return ring_allreduce_time({gradients, plan.dp, l.fabric_bandwidth, l.fabric_latency});
  return hierarchical_allreduce_time({.message_bytes = gradients,
                                      .n_nodes = ceil_div(plan.dp, ranks),
                                      .gpus_per_node = ranks,
                                      .intra_node_bw = l.intra_bandwidth,
                                      .inter_node_bw = l.fabric_bandwidth,
                                      .intra_node_lat = links::device_latency,
                                      .inter_node_lat = l.fabric_latency});
}

// Two all-reduces forward and two backward in each layer of a stage (Shoeybi et al. 2019).
double tensor_parallel_time(const Plan& plan) {
  const std::int64_t tp = plan.in.tp_size;
  if (tp == 1) return 0;
  const FleetLinks& l = plan.links;
  const bool within = tp <= plan.node_size;
  const double once =
      ring_allreduce_time({plan.hidden_bytes, tp, within ? l.intra_bandwidth : l.fabric_bandwidth,
                           within ? l.intra_latency : l.fabric_latency});
  return static_cast<double>(plan.stage_layers) * 4 * once;
}

double exchange_time(const Plan& plan, bool within) {
  const FleetLinks& l = plan.links;
  const double payload = plan.hidden_bytes *
                         static_cast<double>(plan.in.model.active_experts.value_or(1)) *
                         plan.in.moe_routing_imbalance_factor;
  return all_to_all_time({payload, plan.in.ep_size, within ? l.intra_bandwidth : l.fabric_bandwidth,
                          within ? l.intra_latency : l.fabric_latency});
}

void price_communication(const Plan& plan, DistributedOut& out) {
  const DistributedIn& in = plan.in;
  const double reduce = data_parallel_time(plan) * in.congestion_factor;
  out.dp_communication_latency = reduce / static_cast<double>(in.gradient_accumulation_steps);
  out.dp_communication_exact = in.zero_stage == 3 ? 1.5 * reduce : reduce;
  out.tp_communication_latency = tensor_parallel_time(plan) * in.congestion_factor;
  if (in.ep_size > 1) {
    const bool within = in.tp_size * in.ep_size <= plan.node_size;
    out.ep_communication_latency = exchange_time(plan, false) * in.congestion_factor;
    out.ep_communication_exact = 4 * static_cast<double>(plan.stage_layers) *
                                 exchange_time(plan, within) * in.congestion_factor;
  }
  out.communication_latency =
      out.dp_communication_latency + out.tp_communication_latency + out.ep_communication_latency;

  const double hidden = in.overlap_comm ? in.overlap_efficiency : 0;
  const double backward = out.node_latency_exact * (plan.passes - 1) / plan.passes;
  out.exposed_dp = out.dp_communication_latency * (1 - hidden);
  out.exposed_dp_exact =
      out.dp_communication_exact - std::min(out.dp_communication_exact * hidden, backward);
}

void assemble(const Plan& plan, DistributedOut& out) {
  const DistributedIn& in = plan.in;
  const double slots = static_cast<double>(in.v_stages) * static_cast<double>(in.microbatch_count);
  const auto waiting = static_cast<double>(in.pp_size - 1);
  out.bubble_fraction = waiting / (slots + waiting);
  out.pipeline_bubble_latency = out.node_latency * waiting / slots;
  out.step_latency_total = (out.node_latency + out.exposed_dp + out.tp_communication_latency +
                            out.ep_communication_latency + out.pipeline_bubble_latency) *
                           in.straggler_factor;
  out.scaling_efficiency = out.node_latency / out.step_latency_total;
  out.effective_throughput = static_cast<double>(plan.dp) *
                             (static_cast<double>(plan.local_batch) / out.node_latency) *
                             out.scaling_efficiency;
  out.fleet_mfu = out.node_mfu * out.scaling_efficiency;
  out.tp_share_of_step = out.tp_communication_latency / out.step_latency_total;
  out.exposed_dp_share_of_step = out.exposed_dp / out.step_latency_total;
  out.comm_fraction = out.tp_share_of_step + out.exposed_dp_share_of_step +
                      out.ep_communication_latency / out.step_latency_total;
  out.step_latency_exact = (out.node_latency_exact * (1 + waiting / slots) + out.exposed_dp_exact +
                            out.tp_communication_latency + out.ep_communication_exact) *
                           in.straggler_factor;
  out.fleet_mfu_exact = out.node_mfu * out.node_latency / out.step_latency_exact;
}

}  // namespace

FleetLinks links_of(const Fleet& fleet) {
  const std::optional<Link>& device = fleet.node.accelerator.device_link;
  return {.intra_bandwidth = fleet.node.intra_node_bandwidth,
          .intra_latency =
              device ? device->latency.value_or(links::device_latency) : links::device_latency,
          .fabric_bandwidth = fleet.fabric.bandwidth / fleet.fabric.oversubscription,
          .fabric_latency = fleet.fabric.latency.value_or(links::fabric_latency)};
}

Result<DistributedOut> distributed(const DistributedIn& in) {
  const Result<Plan> plan = plan_of(in);
  if (!plan) return plan.error();
  DistributedOut out{.dp = plan->dp,
                     .tp = in.tp_size,
                     .pp = in.pp_size,
                     .ep = in.ep_size,
                     .local_batch = plan->local_batch};
  if (const Status status = price_replica(*plan, out); !status) return status.error();
  price_communication(*plan, out);
  assemble(*plan, out);
  return out;
}

Result<MoeRoutingOut> moe_routing(const MoeRoutingIn& in) {
  const double experts = static_cast<double>(in.model.experts.value_or(0));
  Arguments arguments("MoERoutingModel");
  arguments.at_least_one("model: experts", experts)
      .at_least_one("batch_size", in.batch_size)
      .at_least_one("seq_len", in.seq_len)
      .at_least_one("ep_size", in.ep_size)
      .at_least_one("routing_imbalance_factor", in.routing_imbalance_factor);
  if (in.fleet)
    arguments.positive("fleet: fabric bandwidth", in.fleet->fabric.bandwidth)
        .positive("fleet: fabric oversubscription_ratio", in.fleet->fabric.oversubscription)
        .nonnegative("fleet: fabric latency", in.fleet->fabric.latency.value_or(0));
  if (!arguments.fine()) return arguments.error();

  const double top = std::max(1.0, static_cast<double>(in.model.active_experts.value_or(1)));
  MoeRoutingOut out;
  out.effective_active_experts = std::min(experts, top * in.routing_imbalance_factor);
  out.routing_multiplier = out.effective_active_experts / top;
  if (in.model.active_parameters)
    out.effective_active_parameters = *in.model.active_parameters * out.routing_multiplier;
  const double payload = static_cast<double>(in.batch_size) * static_cast<double>(in.seq_len) *
                         static_cast<double>(hidden_dim_of(in.model)) * bytes_of(in.precision) *
                         top * out.routing_multiplier;
  out.token_dispatch_bytes = payload * ring_collective_data_factor(in.ep_size);
  if (in.fleet && in.ep_size > 1) {
    const FleetLinks links = links_of(*in.fleet);
    out.all_to_all_latency =
        all_to_all_time({payload, in.ep_size, links.fabric_bandwidth, links.fabric_latency});
  }
  return out;
}

}  // namespace fleetsim::analytic
