#include <fmt/format.h>

#include "analytic/book/distributed.h"
#include "analytic/book/label.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {
namespace {

Fields parallelism(const DistributedOut& out) {
  return {{"dp", out.dp}, {"tp", out.tp}, {"pp", out.pp}, {"ep", out.ep}};
}

Fields node_profile(const DistributedOut& out) {
  return {{"latency_ms", out.node_latency * 1e3},
          {"mfu", out.node_mfu},
          {"memory_footprint_gb", out.memory_footprint / 1e9},
          {"bottleneck", std::string(out.bottleneck)},
          {"feasible", out.feasible}};
}

std::vector<std::string> remarks(const DistributedIn& in, const DistributedOut& out) {
  std::vector<std::string> notes;
  const std::int64_t priced = out.local_batch * out.dp;
  if (priced != in.batch_size)
    notes.push_back(fmt::format("batch_size {} over {} replicas: {} samples are priced, {} each",
                                in.batch_size, out.dp, priced, out.local_batch));
  if (!out.feasible)
    notes.push_back(fmt::format(
        "out of memory: {:.4g} GB are required and {:.4g} GB available a device; use more tp_size "
        "or pp_size, a higher zero_stage, or activation_recomputation",
        out.memory_footprint / 1e9, in.fleet.node.accelerator.memory_capacity / 1e9));
  if (in.model.layers && in.pp_size > *in.model.layers)
    notes.push_back(fmt::format("pp_size {} is more than the model's {} layers: stages are empty",
                                in.pp_size, *in.model.layers));
  return notes;
}

std::vector<InputSpec> distributed_inputs() {
  using In = DistributedIn;
  return {input<&In::model>("model", "", "what is trained", required),
          input<&In::fleet>("fleet", "", "on what", required),
          input<&In::batch_size>("batch_size", "1", "samples a step, of all replicas"),
          input<&In::precision>("precision", "", "how numbers are stored"),
          input<&In::efficiency>("efficiency", "1", "share of the peak that kernels reach"),
          input<&In::tp_size>("tp_size", "1", "tensor parallelism"),
          input<&In::pp_size>("pp_size", "1", "pipeline parallelism"),
          input<&In::ep_size>("ep_size", "1", "expert parallelism"),
          input<&In::v_stages>("v_stages", "1", "virtual stages a device (interleaved schedule)"),
          input<&In::microbatch_count>("microbatch_count", "1", "of a replica's batch"),
          input<&In::zero_stage>("zero_stage", "1", "ZeRO sharding, 0 to 3"),
          input<&In::is_lora>("is_lora", "", "train adapters of rank 16 only"),
          input<&In::activation_recomputation>("activation_recomputation", "",
                                               "a fourth pass instead of memory"),
          input<&In::overlap_comm>("overlap_comm", "", "hide the all-reduce behind the passes"),
          input<&In::overlap_efficiency>("overlap_efficiency", "1", "share of it that is hidden"),
          input<&In::congestion_factor>("congestion_factor", "1", "times all communication"),
          input<&In::straggler_factor>("straggler_factor", "1", "times the step"),
          input<&In::moe_routing_imbalance_factor>("moe_routing_imbalance_factor", "1",
                                                   "times the exchange of experts"),
          input<&In::gradient_accumulation_steps>("gradient_accumulation_steps", "1",
                                                  "batches between all-reduces"),
          input<&In::seq_len>("seq_len", "1", "tokens a sample")};
}

std::vector<OutputSpec> distributed_outputs() {
  using Out = DistributedOut;
  return {
      output<&Out::feasible>("feasible", "", "whether a replica's share fits a device"),
      object<Out, parallelism>("parallelism", "", "how the fleet is split"),
      output<&Out::dp>("dp", "1", "replicas"),
      output<&Out::tp>("tp", "1", "tensor parallelism"),
      output<&Out::pp>("pp", "1", "pipeline parallelism"),
      output<&Out::ep>("ep", "1", "expert parallelism"),
      output<&Out::local_batch>("local_batch", "1", "samples a replica"),
      object<Out, node_profile>("node_profile", "", "one replica alone"),
      output<&Out::node_latency>("node_latency", "ms", "arithmetic and launches of a replica"),
      output<&Out::node_mfu>("node_mfu", "1", "of those alone"),
      output<&Out::memory_footprint>("memory_footprint", "GB", "held by a device"),
      label<&Out::bottleneck>("bottleneck", "of a replica alone"),
      output<&Out::dp_communication_latency>("dp_communication_latency", "ms", "gradients"),
      output<&Out::tp_communication_latency>("tp_communication_latency", "ms", "activations"),
      output<&Out::ep_communication_latency>("ep_communication_latency", "ms", "experts"),
      output<&Out::communication_latency>("communication_latency", "ms", "all, none hidden"),
      output<&Out::exposed_dp>("exposed_dp", "ms", "gradients, what is not hidden"),
      output<&Out::pipeline_bubble_latency>("pipeline_bubble_latency", "ms", "idle stages"),
      output<&Out::bubble_fraction>("bubble_fraction", "1", "of compute and bubble"),
      output<&Out::step_latency_total>("step_latency_total", "ms", "one step"),
      output<&Out::scaling_efficiency>("scaling_efficiency", "1", "replica alone over step"),
      output<&Out::effective_throughput>("effective_throughput", "1/s", "samples, of the fleet"),
      output<&Out::fleet_mfu>("fleet_mfu", "1", "node_mfu scaling_efficiency"),
      output<&Out::comm_fraction>("comm_fraction", "1", "exposed communication of the step"),
      output<&Out::tp_share_of_step>("tp_share_of_step", "1", "activations of the step"),
      output<&Out::exposed_dp_share_of_step>("exposed_dp_share_of_step", "1",
                                             "gradients of the step"),
      output<&Out::node_latency_exact>("node_latency_exact", "ms",
                                       "launches of the stage's own layers, each microbatch"),
      output<&Out::dp_communication_exact>("dp_communication_exact", "ms",
                                           "once a step; ZeRO-3 gathers weights"),
      output<&Out::exposed_dp_exact>("exposed_dp_exact", "ms",
                                     "of it, what the backward passes cannot hide"),
      output<&Out::ep_communication_exact>("ep_communication_exact", "ms",
                                           "four exchanges a layer"),
      output<&Out::step_latency_exact>("step_latency_exact", "ms", "of the four"),
      output<&Out::fleet_mfu_exact>("fleet_mfu_exact", "1", "model flop of that step")};
}

Solver moe_row() {
  using In = MoeRoutingIn;
  using Out = MoeRoutingOut;
  return {.name = "MoERoutingModel",
          .short_name = "moe_routing",
          .kind = Solver::Kind::model,
          .title = "What routing tokens to experts sends, and how long that takes",
          .walls = {14},
          .equations = {"bytes = batch S Hd bpp k (e/k), e = min(E, k imbalance)",
                        "T = (ep-1)/ep bytes/beta + (ep-1) alpha"},
          .assumptions = {"one imbalance factor stands for router and dispatcher",
                          "one exchange over the fabric"},
          .inputs = {input<&In::model>("model", "", "a mixture of experts", required),
                     input<&In::batch_size>("batch_size", "1", "samples", required),
                     input<&In::seq_len>("seq_len", "1", "tokens a sample", required),
                     input<&In::precision>("precision", "", "of activations"),
                     input<&In::ep_size>("ep_size", "1", "devices that share the experts"),
                     input<&In::routing_imbalance_factor>("routing_imbalance_factor", "1",
                                                          "busiest expert over the mean"),
                     input<&In::fleet>("fleet", "", "whose fabric carries it")},
          .outputs = {output<&Out::effective_active_experts>("effective_active_experts", "1",
                                                             "at work a token"),
                      output<&Out::effective_active_parameters>("effective_active_parameters", "1",
                                                                "at work a token"),
                      output<&Out::routing_multiplier>("routing_multiplier", "1", "e/k"),
                      output<&Out::token_dispatch_bytes>("token_dispatch_bytes", "MB",
                                                         "that leave a device"),
                      output<&Out::all_to_all_latency>("all_to_all_latency", "ms",
                                                       "with a fleet and ep_size above 1")},
          .run = run_as<In, Out, moe_routing>};
}

}  // namespace

std::vector<Solver> distributed_rows() {
  return {
      {.name = "DistributedModel",
       .short_name = "distributed",
       .kind = Solver::Kind::model,
       .title = "One training step of a fleet: arithmetic, collectives, pipeline and memory",
       .walls = {14},
       .equations = {"compute = k ops S b / (tp pp ep F eta) + launches",
                     "step = compute + t_dp (1 - overlap) + t_tp + t_ep + bubble",
                     "bubble = compute (pp-1)/(v m)"},
       .assumptions =
           {"one NIC a device; no link is shared and no topology enters",
            "tensor and expert parallel exchanges are never hidden",
            "no transfers between stages; virtual stages cost no communication",
            "three launches a layer, of all layers on each stage; node_latency_exact has those "
            "of the stage's own",
            "ZeRO-3 gathers nothing and accumulation divides the all-reduce: see "
            "dp_communication_exact",
            "experts exchange once a step over the fabric: see ep_communication_exact",
            "the latency of tensor parallelism is paid once a layer, whatever the microbatches"},
       .inputs = distributed_inputs(),
       .outputs = distributed_outputs(),
       .run = run_with_remarks<DistributedIn, DistributedOut, distributed, remarks>},
      moe_row()};
}

}  // namespace fleetsim::analytic
