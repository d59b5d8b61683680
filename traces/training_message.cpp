#include "traces/training_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "analytic/book/reliability.h"
#include "analytic/exact/checkpoint.h"
#include "sim/printable.h"
#include "sim/unit_text.h"
#include "traces/checkpoint_message.h"
#include "traces/failures_message.h"
#include "traces/outer_message.h"
#include "traces/spot_message.h"
#include "traces/step_message.h"
#include "workloads/training/corruption.h"
#include "workloads/training/draw.h"
#include "workloads/training/prospect.h"

namespace fleetsim {
namespace {

using namespace training;
class Reading {
 public:
  Reading(const Node& scenario, const NamedFleet& fleet, const Sites& sites, const Zoo& zoo,
          const Provenance& provenance)
      : scenario_(scenario),
        fleet_(fleet),
        sites_(sites),
        zoo_(zoo),
        provenance_(provenance) {}

  Result<ReadTraining> read(const std::vector<std::uint32_t>& others) {
    config_.fleet = fleet_.fleet;
    config_.others = others;
    config_.failures.resize(fleet_.hardware.size());
    if (scenario_.has("failures")) {
      auto plans = failures_of(scenario_.child("failures"), fleet_, zoo_, provenance_);
      if (!plans) return plans.error();
      config_.failures = *std::move(plans);
    }
    if (auto bad = add_spot(scenario_, provenance_, config_.failures); !bad) return bad.error();
    for (const Node& node : scenario_.children("training"))
      if (auto bad = job(node); !bad) return bad.error();
    look_at_severities();
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
    if (auto bad = read_step(node, {config_, fleet_, sites_, zoo_, provenance_}, out, warnings_);
        !bad)
      return bad;
    if (auto bad = work(node, out); !bad) return bad;
    if (auto bad = checkpoint(node, out); !bad) return bad;
    out.restart = from_seconds(node.child("restart").in("time", "s"));
    if (auto bad = elastic(node, out); !bad) return bad;
    if (auto bad = slow(node, out); !bad) return bad;
    if (auto bad = fits_spot(node, out, config_.failures, provenance_); !bad) return bad;
    look_at(node, out);
    config_.jobs.push_back(std::move(out));
    return Done{};
  }

  const ClusterPlan& cluster_of(const JobConfig& job) const {
    return fleet_.fleet->plan().clusters[job.cluster.index];
  }

  Status place(const Node& node, JobConfig& out) {
    const auto found =
        cluster_named(node.text("cluster"), node.path("cluster"), fleet_, provenance_);
    if (!found) return found.error();
    out.cluster = *found;
    const ClusterPlan& cluster = cluster_of(out);
    out.devices = cluster.devices;
    const std::uint32_t free = free_nodes(config_, out.cluster);
    out.nodes = node.has("nodes") ? static_cast<std::uint32_t>(node.count("nodes")) : cluster.nodes;
    if (out.nodes <= free) return regions(node, out);
    return error(node.path(node.has("nodes") ? "nodes" : "cluster"),
                 fmt::format("the job takes {} nodes; expected at most {}, which cluster {} has{}",
                             out.nodes, free, in_quotes(cluster.name),
                             free < cluster.nodes ? " left beside others" : ""));
  }

  Status regions(const Node& node, JobConfig& out) const {
    if (!node.has("outer")) return Done{};
    if (corruption_rate(config_.failures[out.cluster.index], out.nodes) > 0)
      return error(node.path("outer"),
                   "found beside parts that are CORRUPT; expected one of the two");
    for (const char* field : {"model", "step"})
      if (!node.has(field))
        return error(
            node.path("outer"),
            fmt::format("an exchange is a part of a step; expected the field \"{}\"", field));
    auto further = further_clusters(node.child("outer"), out, config_, fleet_, provenance_);
    if (!further) return further.error();
    out.further = *std::move(further);
    return Done{};
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
    const char* beside = plan.repair                            ? "failures.repair"
                         : !plan.shocks.empty()                 ? "failures.shock"
                         : !plan.script.empty()                 ? "failures.scripted"
                         : !plan.maintenance.empty()            ? "failures.maintenance"
                         : slows(plan)                          ? "parts that are SLOW"
                         : corruption_rate(plan, out.nodes) > 0 ? "parts that are CORRUPT"
                         : node.has("outer")                    ? "outer"
                         : node.has("elastic")                  ? "elastic"
                                                                : nullptr;
    if (beside == nullptr) return Done{};
    return bad(
        fmt::format("found 2 beside {}; expected it where nodes break one by one, and are "
                    "replaced when the job stops",
                    beside));
  }

  Status elastic(const Node& node, JobConfig& out) const {
    if (!node.has("elastic")) return Done{};
    if (node.has("outer"))
      return error(node.path("elastic"), "found beside outer; expected one of the two");
    const auto least = static_cast<std::uint32_t>(node.child("elastic").count("min_data"));
    if (least > out.replicas)
      return error(node.child("elastic").path("min_data"),
                   fmt::format("found {}; expected at most {}, the replicas of the job", least,
                               out.replicas));
    const auto expert = static_cast<std::int64_t>(node.child("parallelism").count("expert"));
    if (static_cast<std::int64_t>(node.child("parallelism").count("context")) % expert != 0)
      return error(node.path("elastic"),
                   fmt::format("found where replicas share experts {} ways; expected an expert "
                               "that divides context",
                               expert));
    if (!config_.failures[out.cluster.index].repair)
      return error(node.path("elastic"),
                   "found where parts are replaced on the spot; expected failures.repair");
    const std::string strategy = node.child("checkpoint").text("strategy");
    if (strategy != "SYNC")
      return error(node.path("elastic"),
                   fmt::format("found beside checkpoints with the strategy {}; expected SYNC, for "
                               "replicas regroup where all work is saved",
                               strategy));
    if (out.checkpoint.verify.every > 0)
      return error(node.path("elastic"),
                   "found beside checkpoint.verify_every; expected one of the two");
    out.min_replicas = least;
    return Done{};
  }

  // A drain goes on beside the work, at a pace of its own; and replicas that regroup would leave
  // their slow nodes.
  Status slow(const Node& node, const JobConfig& out) const {
    if (!slows(config_.failures[out.cluster.index])) return Done{};
    if (out.checkpoint.drain > Duration{})
      return error(node.child("checkpoint").path("strategy"),
                   "found ASYNC where nodes may be slow; expected SYNC or MULTI");
    if (out.min_replicas)
      return error(node.path("elastic"),
                   "found where nodes may be slow; expected failures without the effect SLOW");
    return Done{};
  }

  Status work(const Node& node, JobConfig& out) {
    if (node.has("work") && node.has("tokens"))
      return error(node.path("work"), "found beside tokens; expected one of the two");
    if (node.has("work")) {
      const double stretch =
          out.step ? out.step->stretch : capped_time(sites_.node(out.cluster), out);
      return works_for(stretch * node.in("work", "s"), "under its cap it takes ", node.path("work"),
                       out);
    }
    if (!node.has("tokens")) return Done{};
    if (!out.step)
      return error(node.path("tokens"), "tokens need a model; expected the field \"model\"");
    return works_for(node.number("tokens") / out.step->tokens * out.step->seconds, "they take ",
                     node.path("tokens"), out);
  }

  Status works_for(double time, const char* what, const std::string& path, JobConfig& out) const {
    if (time > seconds(longest_duration))
      return error(path, what + format_measure(time, "s") + "; expected less than 146 years");
    out.work = from_seconds(time);
    return Done{};
  }

  Status checkpoint(const Node& node, JobConfig& out) {
    const double corrupted = corruption_rate(config_.failures[out.cluster.index], out.nodes);
    CheckpointContext job{.nodes = out.nodes,
                          .failure_rate = interruption_rate(config_, out),
                          .corruptible = corrupted > 0};
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
    look_at_retained(node.child("checkpoint"), job.checkpoint, failures);
    const double rate = interruption_rate(config_, job);
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

  // Too few checkpoints to have a clean one left at an alarm.
  void look_at_retained(const Node& node, const CheckpointConfig& plan,
                        const FailurePlan& failures) {
    if (plan.verify.retain == 0) return;
    Duration latency{};
    for (std::uint32_t c = 0; c < failures.components.size(); ++c)
      if (!interrupts(failures, c)) latency = std::max(latency, detection_of(failures, c));
    const std::int64_t least = least_retained(plan, latency);
    if (plan.verify.retain >= least) return;
    warnings_.push_back(fmt::format(
        "{}: found {}; expected {} at least: else no checkpoint that is known to be clean is left "
        "when corruption is known, and the job begins from the start",
        node.path("retain"), plan.verify.retain, least));
  }

  // A severity matters to jobs with levels of checkpoints only.
  void look_at_severities() {
    const auto& jobs = config_.jobs;
    const bool used = std::any_of(jobs.begin(), jobs.end(),
                                  [](const JobConfig& job) { return job.checkpoint.levels() > 1; });
    if (used || !scenario_.has("failures")) return;
    const Node failures = scenario_.child("failures");
    for (const char* kind : {"component", "shock"})
      for (const Node& node : failures.children(kind))
        if (node.has("severity"))
          warnings_.push_back(node.path("severity") +
                              " has no use where no job has levels of checkpoints (MULTI)");
  }

  const Node& scenario_;
  const NamedFleet& fleet_;
  const Sites& sites_;
  const Zoo& zoo_;
  const Provenance& provenance_;
  std::set<std::string> names_;
  TrainingConfig config_;
  std::vector<std::string> warnings_;
};

}  // namespace

Result<ReadTraining> training_of(const Node& scenario, const NamedFleet& fleet, const Sites& sites,
                                 const Zoo& zoo, const Provenance& provenance,
                                 const std::vector<std::uint32_t>& others) {
  return Reading(scenario, fleet, sites, zoo, provenance).read(others);
}

}  // namespace fleetsim
