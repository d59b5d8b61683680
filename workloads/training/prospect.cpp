#include "workloads/training/prospect.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analytic/exact/checkpoint.h"
#include "analytic/exact/redundancy.h"
#include "workloads/training/metrics.h"

namespace fleetsim::training {
namespace {

constexpr double rarely = 1e-6;    // a share of time that no run can see
constexpr double surely = 6;       // standard deviations
constexpr double many_saves = 10;  // in a run, for its end not to matter

// One interval of `work` with its write.
struct Segment {
  double work = 0, write = 0, detection = 0, restart = 0, rate = 0;

  Prospect prospect() const {
    Prospect out{.rate = rate, .useful = work, .writing = write};
    if (rate == 0) return out;
    const auto exact = analytic::checkpoint_exact({work, write, detection + restart, 1 / rate});
    if (!exact) return {.rate = rate, .lost = std::numeric_limits<double>::infinity()};
    // Of the time that restarts take, tries to restart take e^{r/M} - 1 and tries to find out the
    // rest of e^{R/M} - 1.
    const double both = std::expm1((detection + restart) * rate);
    const double share = both > 0 ? std::expm1(restart * rate) / both : 0;
    out.lost = work * (exact->work - 1);
    out.writing = work * exact->writing;
    out.restart = work * exact->restarting * share;
    out.detection = work * exact->restarting * (1 - share);
    return out;
  }
  double variance() const {
    if (rate == 0) return 0;
    const auto time = analytic::checkpoint_segment({work, write, detection + restart, 1 / rate});
    return time ? time->variance : 0;
  }
};

void add(Prospect& sum, const Prospect& one, double times) {
  sum.useful += times * one.useful;
  sum.lost += times * one.lost;
  sum.writing += times * one.writing;
  sum.restart += times * one.restart;
  sum.detection += times * one.detection;
}

// Whether all failures make a job stand still for equally long.
bool alike(const FailurePlan& plan) {
  if (!plan.repair || plan.swap == Duration{}) return true;
  if (!plan.shocks.empty()) return false;
  return std::all_of(plan.components.begin(), plan.components.end(),
                     [](const ComponentPlan& c) { return c.replaced && c.shared == 0; });
}

// What keeps the failures of a job from being one Poisson stream of the same rate in each run.
std::string uneven_by(const TrainingConfig& config, const JobConfig& job) {
  const FailurePlan& plan = config.failures[job.cluster.index];
  const Places places = places_of(config, job.cluster);
  if (!plan.script.empty()) return "some failures are scripted";
  if (plan.lemons.count > 0 && (job.nodes < places.in_use || places.spares > 0))
    return "it is drawn how many nodes of the job are lemons";
  if (!plan.shocks.empty() && job.nodes < places.in_use) return "several jobs share its domains";
  return "";
}

std::string broken_by(const TrainingConfig& config, const JobConfig& job) {
  const FailurePlan& plan = config.failures[job.cluster.index];
  for (const ComponentPlan& c : plan.components)
    if (!memoryless(c)) return fmt::format("the life of {} is {}", c.name, c.life.name());
  const std::string uneven = uneven_by(config, job);
  if (!uneven.empty()) return uneven;
  if (job.checkpoint.rule == CheckpointConfig::Rule::adaptive) return "the interval adapts";
  if (!alike(plan)) return "only some failures swap a node";
  if (!plan.repair) return "";
  if (!plan.shocks.empty()) return "shocks break several nodes at once";
  const Standby standby = standby_of(config, job.cluster);
  if (standby.short_share > rarely)
    return fmt::format("a node is missing for {:.2g} % of the time (f.spares)",
                       100 * standby.short_share);
  return "";
}

}  // namespace

Prospect prospect_of(const TrainingConfig& config, const JobConfig& job) {
  const FailurePlan& plan = config.failures[job.cluster.index];
  const CheckpointConfig& checkpoint = job.checkpoint;
  const Duration swap = plan.repair ? plan.swap : Duration{};
  Segment segment{seconds(checkpoint.interval), seconds(checkpoint.write), seconds(plan.detection),
                  seconds(job.restart + swap), failure_rate(plan, job.nodes)};
  const double interval = segment.work, standing = segment.detection + segment.restart;
  const double watched = seconds(config.horizon - config.warm_up);
  Prospect out = segment.prospect();
  out.broken = broken_by(config, job);
  out.first_order = 1 - segment.write / interval - (interval / 2 + standing) * segment.rate;
  if (out.wall() * many_saves > watched && !job.work && out.broken.empty())
    out.broken = "the run is too short for ten checkpoints";
  if (!job.work) return out;

  Prospect whole{.rate = out.rate, .first_order = out.first_order, .broken = out.broken};
  const auto intervals = static_cast<double>((job.work->ns - 1) / checkpoint.interval.ns);
  add(whole, out, intervals);
  double variance = intervals * segment.variance();
  segment.work = seconds(*job.work) - intervals * interval;
  add(whole, segment.prospect(), 1);
  variance += segment.variance();
  const double slack = seconds(config.horizon) - whole.wall(),
               spread = surely * std::sqrt(variance);
  whole.finishes = slack >= spread;
  if (whole.finishes && config.warm_up > Duration{} && whole.broken.empty())
    whole.broken = "the warm-up leaves out a part of the job";
  if (whole.finishes) return whole;
  if (-slack < spread && out.broken.empty()) out.broken = "only some jobs are done by the horizon";
  if (out.wall() * many_saves > watched && out.broken.empty())
    out.broken = "the run is too short for ten checkpoints";
  return out;
}

Throughput elastic_throughput(const TrainingConfig& config, const JobConfig& job) {
  const FailurePlan& plan = config.failures[job.cluster.index];
  const Standby standby = standby_of(config, job.cluster);
  Throughput out{.broken = standby.broken};
  if (places_of(config, job.cluster).in_use != job.nodes) out.broken = "jobs share the nodes";
  const bool takes_time =
      plan.detection + plan.swap + job.restart + job.checkpoint.write > Duration{};
  const double rate = failure_rate(plan, job.nodes);
  if (seconds(config.horizon) < 300 * plan.repair->mean())
    out.broken = "all nodes are whole at first";
  if (takes_time || seconds(job.checkpoint.interval) * rate > 1e-3)
    out.broken = "failures and writes take time";
  if (standby.capacity.empty()) return out;
  out.share = 0;
  for (std::uint64_t m = 0; m <= job.nodes; ++m) {
    const std::uint64_t replicas = m * job.replicas / job.nodes;
    if (replicas >= *job.min_replicas)
      out.share += standby.capacity[m] * static_cast<double>(replicas) / job.replicas;
  }
  return out;
}

Standby standby_of(const TrainingConfig& config, ClusterId cluster) {
  const FailurePlan& plan = config.failures[cluster.index];
  const Places places = places_of(config, cluster);
  Standby out;
  for (const ComponentPlan& c : plan.components) {
    if (!c.replaced || c.per_node == 0) continue;
    out.node_rate += plan.lemons.mean_weight() * c.per_node / c.life.mean();
    if (!memoryless(c)) out.broken = fmt::format("the life of {} is {}", c.name, c.life.name());
  }
  if (plan.lemons.count > 0 && out.broken.empty()) out.broken = "lemons fail more than others";
  if (!plan.shocks.empty()) out.broken = "shocks break several nodes at once";
  if (!plan.script.empty()) out.broken = "some failures are scripted";
  const auto all = static_cast<std::int64_t>(places.in_use + places.spares);
  // With a crew for each node its chain does not depend on the law of repairs (BCMP 1975).
  if (plan.crews > 0 && plan.crews < all &&
      !std::holds_alternative<ExponentialLaw>(plan.repair->kind()) && out.broken.empty())
    out.broken = "crews are few and repairs are " + plan.repair->name();
  out.mean_active = static_cast<double>(places.in_use);
  if (out.node_rate == 0) return out;
  const auto fleet =
      analytic::fleet_with_spares({.active = static_cast<std::int64_t>(places.in_use),
                                   .spares = static_cast<std::int64_t>(places.spares),
                                   .crews = plan.crews > 0 ? plan.crews : all,
                                   .mttf = 1 / out.node_rate,
                                   .mttr = plan.repair->mean(),
                                   .warm = plan.spare_wear});
  check(bool(fleet), "a fleet of nodes has a steady state");
  out.short_share = fleet->short_share;
  out.mean_active = fleet->mean_active;
  out.mean_failed = fleet->mean_failed;
  out.capacity = fleet->capacity;
  return out;
}

}  // namespace fleetsim::training
