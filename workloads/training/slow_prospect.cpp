#include "workloads/training/slow_prospect.h"

#include <fmt/format.h>

#include <algorithm>

#include "workloads/training/metrics.h"
#include "workloads/training/prospect.h"

namespace fleetsim::training {
namespace {

// What keeps the lives of nodes from being renewals that know nothing of each other.
std::string broken_by(const TrainingConfig& config, ClusterId cluster, double stay) {
  const FailurePlan& plan = config.failures[cluster.index];
  const auto slows_nodes = [](const ComponentPlan& c) { return c.slow && c.per_node > 0; };
  if (std::count_if(plan.components.begin(), plan.components.end(), slows_nodes) > 1)
    return "several classes make nodes slow";
  for (const ComponentPlan& c : plan.components)
    if (!memoryless(c)) return fmt::format("the life of {} is {}", c.name, c.life.name());
  if (plan.lemons.count > 0) return "lemons are slow more often than others";
  if (!plan.shocks.empty()) return "shocks break several nodes at once";
  if (!plan.script.empty()) return "some failures are scripted";
  if (!plan.maintenance.empty()) return "the cluster is switched off now and then";
  if (plan.repair && standby_of(config, cluster).short_share > rarely) return "nodes are missing";
  const double warm_up = seconds(config.warm_up), time = seconds(config.horizon) - warm_up;
  if (warm_up < 10 * stay && time < 1000 * stay) return "all nodes are whole at first";
  return "";
}

bool takes_time(const FailurePlan& plan, const JobConfig& job) {
  const Duration swap = plan.repair ? plan.swap : Duration{};
  const bool known = std::all_of(plan.components.begin(), plan.components.end(),
                                 [](const ComponentPlan& c) { return c.slow.has_value(); });
  const Duration detection = known ? Duration{} : plan.detection;
  const Duration each = detection + swap + job.restart + job.checkpoint.restore;
  const double rate = failure_rate(plan, job.nodes);
  return each + job.checkpoint.write > Duration{} ||
         seconds(job.checkpoint.interval) * rate > 1e-3 || job.checkpoint.levels() > 1;
}

}  // namespace

SlowProspect slow_prospect_of(const TrainingConfig& config, ClusterId cluster,
                              const JobConfig* job) {
  const FailurePlan& plan = config.failures[cluster.index];
  const auto part = std::find_if(plan.components.begin(), plan.components.end(),
                                 [](const ComponentPlan& c) { return c.slow && c.per_node > 0; });
  check(part != plan.components.end(), "some parts make nodes slow");
  if (!leaves_slow(plan, *part)) return {.broken = "slow nodes stay slow for ever"};
  const analytic::SlowNode node = slow_share(plan, *part);
  SlowProspect out{.broken = broken_by(config, cluster, node.stay)};
  out.mean_slow = node.slow * static_cast<double>(places_of(config, cluster).in_use);
  if (job == nullptr) return out;
  if (out.broken.empty() && !job->further.empty()) out.broken = "the job is on several clusters";
  const auto together = analytic::slow_job(job->nodes, node.slow, part->slow->factor);
  out.slowed = together.slowed;
  out.pace = together.pace;
  out.takes_time = takes_time(plan, *job);
  return out;
}

}  // namespace fleetsim::training
