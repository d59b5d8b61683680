#include "traces/step_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analytic/book/distributed.h"
#include "analytic/book/training_memory.h"
#include "analytic/book/workload.h"
#include "sim/printable.h"
#include "sim/unit_text.h"
#include "traces/law_message.h"
#include "traces/outer_message.h"
#include "workloads/training/draw.h"
#include "workloads/training/experts.h"

namespace fleetsim {
namespace {

using namespace training;
std::string small_letters(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

class Reading {
 public:
  Reading(const StepContext& context, std::vector<std::string>& warnings)
      : config_(context.config),
        fleet_(context.fleet),
        sites_(context.sites),
        zoo_(context.zoo),
        provenance_(context.provenance),
        warnings_(warnings) {}

  Status step(const Node& node, JobConfig& out) {
    if (!node.has("model")) {
      if (node.has("step"))
        return error(node.path("step"), "a step needs a model; expected the field \"model\"");
      analytic::TrainingMemoryIn in{.batch_size = INT64_MAX};
      if (!node.has("parallelism") && !node.has("elastic")) return Done{};
      const Status fits = spread(node, out, in);
      out.replicas = static_cast<std::uint32_t>(in.dp_size);
      return fits;
    }
    const auto model = zoo_.model(analytic::Value(node.text("model")));
    if (!model) return error(node.path("model"), model.error().message);
    const auto precision = analytic::precision_named(node.text("precision"));
    check(precision.has_value(), "each precision of the schema is known");
    const auto parameters = analytic::parameters_of(*model);
    if (!parameters) return error(node.path("model"), parameters.error().message);
    analytic::TrainingMemoryIn in{
        .model = *model,
        .hardware = fleet_.hardware[out.cluster.index].accelerator,
        .batch_size = static_cast<std::int64_t>(node.count("global_batch")),
        .seq_len = static_cast<std::int64_t>(node.count("seq_len")),
        .precision = *precision};
    if (auto bad = spread(node, out, in); !bad) return bad;
    out.replicas = static_cast<std::uint32_t>(in.dp_size);
    if (auto bad = memory(node, in); !bad) return bad;
    const double tokens = static_cast<double>(in.batch_size) * static_cast<double>(in.seq_len);
    StepConfig step{
        .parameters = *parameters,
        .tokens = tokens,
        .flops = 6 * model->active_parameters.value_or(*parameters) * tokens,
        .peak = static_cast<double>(out.nodes) * out.devices * in.hardware.flops_at(*precision)};
    const double usual = 0.4;
    step.seconds = step.flops * out.redundancy /
                   (step.peak * (node.has("efficiency") ? node.number("efficiency") : usual));
    out.step = step;
    if (node.has("step")) return modelled(node, in, out);
    out.step->stretch = capped_time(sites_.node(out.cluster), out);
    out.step->seconds *= out.step->stretch;
    return Done{};
  }

 private:
  Error error(const std::string& path, const std::string& what) const {
    return provenance_.error(path, what);
  }

  static std::uint32_t working_nodes(const JobConfig& job) { return job.nodes / job.redundancy; }

  // Fills how the model is spread, and tells whether it can be.
  Status spread(const Node& node, const JobConfig& job, analytic::TrainingMemoryIn& in) const {
    const Node plan = node.child("parallelism");
    const std::uint32_t nodes = working_nodes(job);
    const auto devices = static_cast<std::int64_t>(nodes) * job.devices;
    const std::int64_t context = context_of(node);
    in.tp_size = static_cast<std::int64_t>(plan.count("tensor"));
    in.pp_size = static_cast<std::int64_t>(plan.count("pipeline"));
    in.dp_size = plan.has("data")
                     ? static_cast<std::int64_t>(plan.count("data"))
                     : std::max<std::int64_t>(1, devices / (in.tp_size * in.pp_size * context));
    in.ep_size = static_cast<std::int64_t>(plan.count("expert"));
    in.gradient_accumulation_steps = static_cast<std::int64_t>(plan.count("microbatches"));
    in.zero_stage = static_cast<std::int64_t>(plan.count("zero_stage"));
    in.activation_checkpointing = small_letters(plan.text("recomputation"));
    const std::int64_t product = in.tp_size * in.pp_size * in.dp_size * context;
    if (product != devices)
      return error(
          plan.path(),
          fmt::format("tensor x pipeline x data{} = {} x {} x {}{} = {}; expected {}, the "
                      "devices of {} nodes",
                      context > 1 ? " x context" : "", in.tp_size, in.pp_size, in.dp_size,
                      context > 1 ? fmt::format(" x {}", context) : "", product, devices, nodes));
    if (in.batch_size < in.dp_size)
      return error(node.path("global_batch"),
                   fmt::format("found {} for {} replicas; expected a sequence each at least",
                               in.batch_size, in.dp_size));
    return shares(plan, in);
  }

  static std::int64_t context_of(const Node& job) {
    return static_cast<std::int64_t>(job.child("parallelism").count("context"));
  }

  // Whether sequences and experts divide evenly. Experts lie on ranks of data and context.
  Status shares(const Node& plan, const analytic::TrainingMemoryIn& in) const {
    const auto context = static_cast<std::int64_t>(plan.count("context"));
    const std::int64_t ranks = in.dp_size * context, experts = in.model.experts.value_or(0);
    if (in.seq_len % context != 0)
      return error(plan.path("context"),
                   fmt::format("found {}; expected a divisor of {}, the tokens of a sequence",
                               context, in.seq_len));
    if (in.ep_size == 1) return Done{};
    if (experts == 0)
      return error(plan.path("expert"),
                   fmt::format("found {} where {} has no experts; expected 1", in.ep_size,
                               in.model.name.empty() ? "the job" : in_quotes(in.model.name)));
    for (const auto& [whole, what] :
         {std::pair{ranks, "data x context"}, {experts, "the experts of a layer"}})
      if (whole % in.ep_size != 0)
        return error(plan.path("expert"), fmt::format("found {}; expected a divisor of {}, {}",
                                                      in.ep_size, whole, what));
    return Done{};
  }

  // A step term by term; that of the slowest cluster, for which the others wait.
  Status modelled(const Node& job, const analytic::TrainingMemoryIn& in, JobConfig& out) const {
    if (auto bad = slowest(job, in, out); !bad) return bad;
    StepConfig& step = *out.step;
    step.seconds = step.model->terms.total();
    if (job.has("outer"))
      if (auto bad = outer(job, in, out); !bad) return bad;
    step.stretch = step.seconds / step.model->at_full_power.total();
    return Done{};
  }

  Status slowest(const Node& job, const analytic::TrainingMemoryIn& in, JobConfig& out) const {
    if (job.has("efficiency"))
      return error(job.path("efficiency"), "found beside step; expected one of the two");
    for (const ClusterId where : out.clusters()) {
      auto model = on_links(job, in, out, where);
      if (!model) return model.error();
      std::optional<ModelledStep>& most = out.step->model;
      StepTerms full = model->at_full_power;
      if (most && most->at_full_power.total() > full.total()) full = most->at_full_power;
      if (!most || model->terms.total() > most->terms.total()) most = *std::move(model);
      most->at_full_power = full;
    }
    return Done{};
  }

  Status outer(const Node& job, const analytic::TrainingMemoryIn& in, JobConfig& out) const {
    const double regions = static_cast<double>(out.clusters().size());
    for (double StepConfig::*sum : {&StepConfig::tokens, &StepConfig::flops, &StepConfig::peak})
      *out.step.*sum *= regions;
    const double bytes = *parameters_of(in.model) * analytic::bytes_of(in.precision);
    return add_outer(job.child("outer"), static_cast<std::int64_t>(std::ceil(bytes)), fleet_,
                     provenance_, out);
  }

  // The same on the devices of a cluster that the job is placed on.
  Result<ModelledStep> on_links(const Node& job, const analytic::TrainingMemoryIn& in,
                                const JobConfig& out, ClusterId where) const {
    const Node node = job.child("step");
    auto plan = step_plan(job, in, out, where);
    if (!plan) return plan.error();
    const ExchangeTimes times = placed_times(*plan, *fleet_.fleet, true);
    const auto full = terms_of(*plan, times);
    plan->stretch = sites_.node(where).time_factor(Activity::compute, plan->efficiency);
    const auto terms = terms_of(*plan, times);
    const auto alone = terms_of(*plan, placed_times(*plan, *fleet_.fleet, false));
    const ClusterPlan& cluster = fleet_.fleet->plan().clusters[where.index];
    const auto by_ring = terms_of(*plan, ring_times(*plan, cluster));
    if (!terms) return error(node.path("jitter"), terms.error().message);
    check(alone && by_ring && full, "a step has the same jitter on all links");
    const bool in_book = in.ep_size == 1 && plan->context == 1 && out.further.empty();
    const double straggler = terms->straggler / terms->total();
    ModelledStep model{.terms = *terms,
                       .at_full_power = *full,
                       .by_ring = *by_ring,
                       .use = plan->efficiency,
                       .by_book = in_book ? by_book(job, in, out, *plan, straggler) : 0,
                       .flows_meet = alone->total() != terms->total(),
                       .experts_meet = alone->expert != terms->expert,
                       .straddles = straddles(*plan, out.devices)};
    if (plan->jitter) model.late = LateReplicas{*plan->jitter, plan->data};
    return model;
  }

  Result<StepPlan> step_plan(const Node& message, const analytic::TrainingMemoryIn& in,
                             const JobConfig& job, ClusterId where) const {
    const Node node = message.child("step");
    const auto stage_layers =
        static_cast<double>(layers_of(in.model)) / static_cast<double>(in.pp_size);
    const double bytes = analytic::bytes_of(in.precision);
    const std::int64_t context = context_of(message);
    const double microbatch =  // tokens of it on a device
        job.step->tokens /
        static_cast<double>(in.dp_size * context * in.gradient_accumulation_steps);
    const auto whole = [](double x) { return static_cast<std::int64_t>(std::ceil(x)); };
    const double shared = static_cast<double>(in.tp_size * in.pp_size);
    const double hidden = microbatch * bytes * static_cast<double>(hidden_dim_of(in.model));
    const ExpertSplit split =
        in.ep_size > 1 ? *expert_split(in.model) : ExpertSplit{*parameters_of(in.model), 0};
    const auto visited = static_cast<double>(in.model.active_experts.value_or(1));
    StepPlan plan{.flops = job.step->flops,
                  .passes = in.activation_checkpointing == "full" ? 4.0 : 3.0,
                  .peak = job.step->peak / (static_cast<double>(job.nodes) * job.devices),
                  .efficiency = node.number("efficiency"),
                  .layers = std::ceil(stage_layers),
                  .tensor = static_cast<std::uint32_t>(in.tp_size),
                  .pipeline = static_cast<std::uint32_t>(in.pp_size),
                  .data = static_cast<std::uint32_t>(in.dp_size),
                  .microbatches = static_cast<std::uint32_t>(in.gradient_accumulation_steps),
                  .chunks = static_cast<std::uint32_t>(node.count("chunks")),
                  .context = static_cast<std::uint32_t>(context),
                  .expert = static_cast<std::uint32_t>(in.ep_size),
                  .zero_stage = static_cast<std::uint32_t>(in.zero_stage),
                  .hidden_bytes = whole(hidden),
                  .gradient_bytes = whole(split.dense * bytes / shared),
                  .expert_gradient_bytes =
                      whole(split.experts * bytes / (shared * static_cast<double>(in.ep_size))),
                  .routed_bytes = whole(hidden * visited / static_cast<double>(in.tp_size)),
                  .key_bytes = whole(microbatch * key_bytes(in.model, bytes, in.tp_size)),
                  .overlap = node.number("overlap")};
    if (plan.chunks > 1 && plan.pipeline == 1)
      return error(node.path("chunks"), "found without a pipeline to interleave; expected 1");
    if (plan.chunks > stage_layers)
      return error(node.path("chunks"), fmt::format("found {}; expected at most {:.0f}, the layers "
                                                    "of a stage",
                                                    plan.chunks, std::floor(stage_layers)));
    if (node.has("jitter")) {
      auto law = law_of(node.child("jitter"), "1", provenance_);
      if (!law) return law.error();
      plan.jitter = *std::move(law);
    }
    std::uint32_t first = 0;  // jobs take the nodes of a cluster in their order
    for (const JobConfig& other : config_.jobs)
      if (other.is_on(where)) first += other.nodes;
    const DeviceId begin = fleet_.fleet->device(where, first, 0);
    for (std::uint32_t i = 0; i < working_nodes(job) * job.devices; ++i)
      plan.ranks.push_back({begin.index + i});
    return plan;
  }

  // Keys and values of a token in a layer that one of `tensor` devices holds: those of its heads,
  // of which it has one at least, or the latent vector that all heads share.
  static double key_bytes(const analytic::Model& model, double bytes, std::int64_t tensor) {
    const auto layers = static_cast<double>(layers_of(model));
    const double all = kv_bytes_per_token(model, bytes) / layers;
    if (all != grouped_kv_bytes_per_token(model, bytes) / layers) return all;
    const std::int64_t heads = kv_heads_of(model), own = (heads + tensor - 1) / tensor;
    return all * static_cast<double>(own) / static_cast<double>(heads);
  }

  // The same step as the book has it: one NIC a device, nothing shared; 0 where it cannot tell.
  double by_book(const Node& message, const analytic::TrainingMemoryIn& in, const JobConfig& job,
                 const StepPlan& plan, double straggler_share) const {
    const Node node = message.child("step");
    const ClusterPlan& cluster = fleet_.fleet->plan().clusters[job.cluster.index];
    analytic::Fleet fleet{.node = fleet_.hardware[job.cluster.index], .nodes = working_nodes(job)};
    fleet.node.accelerators = job.devices;
    fleet.node.intra_node_bandwidth = cluster.device_rate;
    fleet.fabric.bandwidth = cluster.port_rate * cluster.ports / cluster.devices;
    fleet.fabric.latency = seconds(cluster.fabric_latency);
    const auto step =
        analytic::distributed({.model = in.model,
                               .fleet = fleet,
                               .batch_size = in.batch_size,
                               .precision = in.precision,
                               .efficiency = plan.efficiency / plan.stretch,
                               .tp_size = in.tp_size,
                               .pp_size = in.pp_size,
                               .v_stages = static_cast<std::int64_t>(node.count("chunks")),
                               .microbatch_count = in.gradient_accumulation_steps,
                               .zero_stage = in.zero_stage,
                               .activation_recomputation = in.activation_checkpointing == "full",
                               .overlap_comm = true,
                               .overlap_efficiency = node.number("overlap"),
                               .straggler_factor = 1 / (1 - straggler_share),
                               .seq_len = in.seq_len});
    return step ? step->step_latency_total : 0;
  }

  // Weights, gradients and optimizer states must fit each device, whatever activations do.
  Status memory(const Node& node, const analytic::TrainingMemoryIn& in) {
    const std::int64_t context = context_of(node);
    const auto need = held_by_device(in, context);
    if (!need) return error(node.path("model"), need.error().message);
    const auto bytes = [](double n) { return format_measure(n, "B"); };
    if (need->states > need->available)
      return error(node.path("parallelism"),
                   fmt::format("weights, gradients and optimizer states take {} of a device's {}, "
                               "{} too much; expected {}",
                               bytes(need->states), bytes(need->available),
                               bytes(need->states - need->available), remedy(in, context, *need)));
    if (need->total > need->available)
      warnings_.push_back(
          fmt::format("{}: with the activations of its microbatches in flight a device holds {}, "
                      "of {} there are; more microbatches or FULL recomputation need less",
                      node.path("parallelism"), bytes(need->total), bytes(need->available)));
    return Done{};
  }

  // The least that would make the states fit.
  static std::string remedy(analytic::TrainingMemoryIn in, std::int64_t context,
                            const DeviceMemory& need) {
    for (in.zero_stage = in.zero_stage + 1; in.zero_stage <= 3; ++in.zero_stage) {
      const auto less = held_by_device(in, context);
      if (less && less->states <= need.available)
        return fmt::format("zero_stage {} for one", in.zero_stage);
    }
    const double shards = static_cast<double>(in.tp_size * in.pp_size);
    return fmt::format("tensor x pipeline of {:.0f} at least",
                       std::ceil(shards * need.states / need.available));
  }

  const TrainingConfig& config_;
  const NamedFleet& fleet_;
  const Sites& sites_;
  const Zoo& zoo_;
  const Provenance& provenance_;
  std::vector<std::string>& warnings_;
};

}  // namespace

Status read_step(const Node& job, const StepContext& context, JobConfig& out,
                 std::vector<std::string>& warnings) {
  return Reading(context, warnings).step(job, out);
}

}  // namespace fleetsim
