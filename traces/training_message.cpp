#include "traces/training_message.h"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "analytic/book/distributed.h"
#include "analytic/book/reliability.h"
#include "analytic/book/training_memory.h"
#include "analytic/book/workload.h"
#include "analytic/exact/checkpoint.h"
#include "sim/nearest.h"
#include "sim/printable.h"
#include "sim/unit_text.h"
#include "traces/checkpoint_message.h"
#include "traces/failures_message.h"
#include "traces/law_message.h"
#include "workloads/training/prospect.h"

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
  Reading(const Node& scenario, const NamedFleet& fleet, const Zoo& zoo,
          const Provenance& provenance)
      : scenario_(scenario),
        fleet_(fleet),
        zoo_(zoo),
        provenance_(provenance) {}

  Result<ReadTraining> read() {
    config_.fleet = fleet_.fleet;
    config_.failures.resize(fleet_.hardware.size());
    if (scenario_.has("failures")) {
      auto plans = failures_of(scenario_.child("failures"), fleet_, zoo_, provenance_);
      if (!plans) return plans.error();
      config_.failures = *std::move(plans);
    }
    for (const Node& node : scenario_.children("training"))
      if (auto bad = job(node); !bad) return bad.error();
    return ReadTraining{std::move(config_), std::move(warnings_)};
  }

 private:
  Error error(const std::string& path, const std::string& what) const {
    return provenance_.error(path, what);
  }

  Status job(const Node& node) {
    const std::string name = node.text("name");
    if (!names_.insert(name).second)
      return error(node.path("name"), "found " + in_quotes(name) + " twice; expected another name");
    JobConfig out{.name = name, .cluster = {}, .step = {}, .work = {}, .checkpoint = {}};
    if (auto bad = place(node, out); !bad) return bad;
    if (auto bad = redundancy(node, out); !bad) return bad;
    if (auto bad = step(node, out); !bad) return bad;
    if (auto bad = work(node, out); !bad) return bad;
    if (auto bad = checkpoint(node, out); !bad) return bad;
    out.restart = from_seconds(node.child("restart").in("time", "s"));
    if (auto bad = elastic(node, out); !bad) return bad;
    look_at(node, out);
    config_.jobs.push_back(std::move(out));
    return Done{};
  }

  const ClusterPlan& cluster_of(const JobConfig& job) const {
    return fleet_.fleet->plan().clusters[job.cluster.index];
  }

  Status place(const Node& node, JobConfig& out) {
    const auto found = fleet_.clusters.find(node.text("cluster"));
    if (found == fleet_.clusters.end()) {
      std::vector<std::string> names;
      for (const auto& [known, ignored] : fleet_.clusters) names.push_back(known);
      return error(node.path("cluster"), "found " + in_quotes(node.text("cluster")) +
                                             "; expected the name of a cluster" +
                                             did_you_mean(node.text("cluster"), names));
    }
    out.cluster = found->second;
    const ClusterPlan& cluster = cluster_of(out);
    out.devices = cluster.devices;
    std::uint32_t free = cluster.nodes;
    for (const JobConfig& other : config_.jobs)
      if (other.cluster == out.cluster) free -= other.nodes;
    out.nodes = node.has("nodes") ? static_cast<std::uint32_t>(node.count("nodes")) : cluster.nodes;
    if (out.nodes <= free) return Done{};
    return error(node.path(node.has("nodes") ? "nodes" : "cluster"),
                 fmt::format("the job takes {} nodes; expected at most {}, which cluster {} has{}",
                             out.nodes, free, in_quotes(cluster.name),
                             free < cluster.nodes ? " left beside the jobs before" : ""));
  }

  // Twins stay dead until their job is interrupted, so nodes must neither come back by themselves
  // nor go several at once.
  Status redundancy(const Node& node, JobConfig& out) const {
    out.redundancy = static_cast<std::uint32_t>(node.count("redundancy"));
    if (out.redundancy == 1) return Done{};
    const auto bad = [&](const std::string& what) { return error(node.path("redundancy"), what); };
    if (out.nodes % out.redundancy != 0)
      return bad(fmt::format("found 2 for {} nodes; expected an even number of them", out.nodes));
    const FailurePlan& plan = config_.failures[out.cluster.index];
    const char* beside = plan.repair            ? "failures.repair"
                         : !plan.shocks.empty() ? "failures.shock"
                         : !plan.script.empty() ? "failures.script"
                         : node.has("elastic")  ? "elastic"
                                                : nullptr;
    if (beside == nullptr) return Done{};
    return bad(
        fmt::format("found 2 beside {}; expected it where nodes break one by one, and are "
                    "replaced when the job stops",
                    beside));
  }

  static std::uint32_t working_nodes(const JobConfig& job) { return job.nodes / job.redundancy; }

  // Fills how the model is spread, and tells whether it can be.
  Status spread(const Node& node, const JobConfig& job, analytic::TrainingMemoryIn& in) const {
    const Node plan = node.child("parallelism");
    const std::uint32_t nodes = working_nodes(job);
    const auto devices = static_cast<std::int64_t>(nodes) * job.devices;
    in.tp_size = static_cast<std::int64_t>(plan.count("tensor"));
    in.pp_size = static_cast<std::int64_t>(plan.count("pipeline"));
    in.dp_size = plan.has("data") ? static_cast<std::int64_t>(plan.count("data"))
                                  : std::max<std::int64_t>(1, devices / (in.tp_size * in.pp_size));
    in.gradient_accumulation_steps = static_cast<std::int64_t>(plan.count("microbatches"));
    in.zero_stage = static_cast<std::int64_t>(plan.count("zero_stage"));
    in.activation_checkpointing = small_letters(plan.text("recomputation"));
    const std::int64_t product = in.tp_size * in.pp_size * in.dp_size;
    if (product != devices)
      return error(plan.path(),
                   fmt::format("tensor x pipeline x data = {} x {} x {} = {}; expected {}, the "
                               "devices of {} nodes",
                               in.tp_size, in.pp_size, in.dp_size, product, devices, nodes));
    if (in.batch_size < in.dp_size)
      return error(node.path("global_batch"),
                   fmt::format("found {} for {} replicas; expected a sequence each at least",
                               in.batch_size, in.dp_size));
    return Done{};
  }

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
    const auto precision = analytic::precision_named(small_letters(node.text("precision")));
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
        .tokens = tokens,
        .flops = 6 * model->active_parameters.value_or(*parameters) * tokens,
        .peak = static_cast<double>(out.nodes) * out.devices * in.hardware.flops_at(*precision)};
    const double usual = 0.4;
    step.seconds = step.flops * out.redundancy /
                   (step.peak * (node.has("efficiency") ? node.number("efficiency") : usual));
    out.step = step;
    return node.has("step") ? modelled(node, in, out) : Done{};
  }

  // A step term by term, on the devices that the job is placed on.
  Status modelled(const Node& job, const analytic::TrainingMemoryIn& in, JobConfig& out) const {
    const Node node = job.child("step");
    if (job.has("efficiency"))
      return error(job.path("efficiency"), "found beside step; expected one of the two");
    const auto plan = step_plan(node, in, out);
    if (!plan) return plan.error();
    const auto terms = terms_of(*plan, placed_times(*plan, *fleet_.fleet, true));
    const auto alone = terms_of(*plan, placed_times(*plan, *fleet_.fleet, false));
    const auto by_ring = terms_of(*plan, ring_times(*plan, cluster_of(out)));
    if (!terms) return error(node.path("jitter"), terms.error().message);
    check(alone && by_ring, "a step has the same jitter on all links");
    out.step->seconds = terms->total();
    out.step->model = {.terms = *terms,
                       .by_ring = *by_ring,
                       .by_book = by_book(node, in, out, terms->straggler / terms->total()),
                       .flows_meet = alone->total() != terms->total()};
    return Done{};
  }

  Result<StepPlan> step_plan(const Node& node, const analytic::TrainingMemoryIn& in,
                             const JobConfig& job) const {
    const auto stage_layers =
        static_cast<double>(layers_of(in.model)) / static_cast<double>(in.pp_size);
    const double bytes = analytic::bytes_of(in.precision);
    const double microbatch =
        job.step->tokens / static_cast<double>(in.dp_size * in.gradient_accumulation_steps);
    const auto whole = [](double x) { return static_cast<std::int64_t>(std::ceil(x)); };
    StepPlan plan{
        .flops = job.step->flops,
        .passes = in.activation_checkpointing == "full" ? 4.0 : 3.0,
        .peak = job.step->peak / (static_cast<double>(job.nodes) * job.devices),
        .efficiency = node.number("efficiency"),
        .layers = std::ceil(stage_layers),
        .tensor = static_cast<std::uint32_t>(in.tp_size),
        .pipeline = static_cast<std::uint32_t>(in.pp_size),
        .data = static_cast<std::uint32_t>(in.dp_size),
        .microbatches = static_cast<std::uint32_t>(in.gradient_accumulation_steps),
        .chunks = static_cast<std::uint32_t>(node.count("chunks")),
        .zero_stage = static_cast<std::uint32_t>(in.zero_stage),
        .hidden_bytes = whole(microbatch * bytes * static_cast<double>(hidden_dim_of(in.model))),
        .gradient_bytes =
            whole(*parameters_of(in.model) * bytes / static_cast<double>(in.tp_size * in.pp_size)),
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
      if (other.cluster == job.cluster) first += other.nodes;
    const DeviceId begin = fleet_.fleet->device(job.cluster, first, 0);
    for (std::uint32_t i = 0; i < working_nodes(job) * job.devices; ++i)
      plan.ranks.push_back({begin.index + i});
    return plan;
  }

  // The same step as the book has it: one NIC a device, nothing shared; 0 where it cannot tell.
  double by_book(const Node& node, const analytic::TrainingMemoryIn& in, const JobConfig& job,
                 double straggler_share) const {
    const ClusterPlan& cluster = cluster_of(job);
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
                               .efficiency = node.number("efficiency"),
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

  Status elastic(const Node& node, JobConfig& out) const {
    if (!node.has("elastic")) return Done{};
    const auto least = static_cast<std::uint32_t>(node.child("elastic").count("min_data"));
    if (least > out.replicas)
      return error(node.child("elastic").path("min_data"),
                   fmt::format("found {}; expected at most {}, the replicas of the job", least,
                               out.replicas));
    if (!config_.failures[out.cluster.index].repair)
      return error(node.path("elastic"),
                   "found where parts are replaced on the spot; expected failures.repair");
    const std::string strategy = node.child("checkpoint").text("strategy");
    if (strategy != "SYNC")
      return error(node.path("elastic"),
                   fmt::format("found beside checkpoints with the strategy {}; expected SYNC, for "
                               "replicas regroup where all work is saved",
                               strategy));
    out.min_replicas = least;
    return Done{};
  }

  // Weights, gradients and optimizer states must fit each device, whatever activations do.
  Status memory(const Node& node, const analytic::TrainingMemoryIn& in) {
    const auto need = analytic::training_memory_model(in);
    if (!need) return error(node.path("model"), need.error().message);
    const double states = need->weights + need->gradients + need->optimizer_state;
    const auto bytes = [](double n) { return format_measure(n, "B"); };
    if (states > need->available_memory)
      return error(node.path("parallelism"),
                   fmt::format("weights, gradients and optimizer states take {} of a device's {}, "
                               "{} too much; expected {}",
                               bytes(states), bytes(need->available_memory),
                               bytes(states - need->available_memory), remedy(in, *need)));
    if (!need->feasible_exact)
      warnings_.push_back(
          fmt::format("{}: with the activations of its microbatches in flight a device holds {}, "
                      "of {} there are; more microbatches or FULL recomputation need less",
                      node.path("parallelism"), bytes(need->total_memory_exact),
                      bytes(need->available_memory)));
    return Done{};
  }

  // The least that would make the states fit.
  static std::string remedy(analytic::TrainingMemoryIn in,
                            const analytic::TrainingMemoryOut& need) {
    for (in.zero_stage = in.zero_stage + 1; in.zero_stage <= 3; ++in.zero_stage) {
      const auto less = analytic::training_memory_model(in);
      if (less && less->weights + less->gradients + less->optimizer_state <= need.available_memory)
        return fmt::format("zero_stage {} for one", in.zero_stage);
    }
    const double states = need.weights + need.gradients + need.optimizer_state;
    const double shards = static_cast<double>(in.tp_size * in.pp_size);
    return fmt::format("tensor x pipeline of {:.0f} at least",
                       std::ceil(shards * states / need.available_memory));
  }

  Status work(const Node& node, JobConfig& out) {
    if (node.has("work") && node.has("tokens"))
      return error(node.path("work"), "found beside tokens; expected one of the two");
    if (node.has("work")) out.work = from_seconds(node.in("work", "s"));
    if (!node.has("tokens")) return Done{};
    if (!out.step)
      return error(node.path("tokens"), "tokens need a model; expected the field \"model\"");
    const double time = node.number("tokens") / out.step->tokens * out.step->seconds;
    if (time > seconds(longest_duration))
      return error(node.path("tokens"),
                   "they take " + format_measure(time, "s") + "; expected less than 146 years");
    out.work = from_seconds(time);
    return Done{};
  }

  Status checkpoint(const Node& node, JobConfig& out) {
    CheckpointContext job{
        .nodes = out.nodes,
        .failure_rate = interruption_rate(config_.failures[out.cluster.index], out)};
    if (node.has("model")) {
      analytic::CheckpointIn in{.model = *zoo_.model(analytic::Value(node.text("model")))};
      const auto size = analytic::checkpoint_model(in);
      if (!size) return error(node.path("model"), size.error().message);
      job.state = size->checkpoint_size;
    }
    auto read = checkpoint_of(node.child("checkpoint"), job, provenance_, warnings_);
    if (!read) return read.error();
    out.checkpoint = *std::move(read);
    return Done{};
  }

  // Plans that hardly get anywhere.
  void look_at(const Node& node, const JobConfig& job) {
    const FailurePlan& failures = config_.failures[job.cluster.index];
    const double rate = interruption_rate(failures, job);
    if (rate == 0) return;
    const double interval = seconds(job.checkpoint.interval), write = seconds(job.checkpoint.write);
    const double standing = seconds(failures.detection + job.restart + job.checkpoint.restore);
    const auto exact = analytic::checkpoint_exact({interval, write, standing, 1 / rate});
    const bool sync = job.checkpoint.drain == Duration{} && job.checkpoint.levels() == 1;
    const std::string goodput = fmt::format("a goodput of {}{}", sync ? "" : "at most ",
                                            exact ? format_measure(exact->goodput, "1") : "0");
    const std::string mtbf = "the MTBF of " + format_measure(1 / rate, "s");
    if (interval * rate > 1)
      warnings_.push_back(fmt::format(
          "{}: {} is beyond {}: c.exact gives {}; its best interval is {}",
          node.path("checkpoint.interval"), format_measure(interval, "s"), mtbf, goodput,
          write > 0 ? format_measure(*analytic::optimal_interval(write, 1 / rate), "s") : "none"));
    if (standing * rate > 1)
      warnings_.push_back(
          fmt::format("{}: detection and restart take {}, beyond {}: c.exact gives "
                      "{}, and the job may never be done",
                      node.path("restart.time"), format_measure(standing, "s"), mtbf, goodput));
  }

  const Node& scenario_;
  const NamedFleet& fleet_;
  const Zoo& zoo_;
  const Provenance& provenance_;
  std::set<std::string> names_;
  TrainingConfig config_;
  std::vector<std::string> warnings_;
};

}  // namespace

Result<ReadTraining> training_of(const Node& scenario, const NamedFleet& fleet, const Zoo& zoo,
                                 const Provenance& provenance) {
  return Reading(scenario, fleet, zoo, provenance).read();
}

}  // namespace fleetsim
