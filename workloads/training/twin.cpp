#include "workloads/training/twin.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analytic/exact/checkpoint.h"
#include "analytic/exact/checkpoint_laws.h"
#include "analytic/exact/redundancy.h"
#include "workloads/training/energy_twin.h"
#include "workloads/training/fleet_twin.h"
#include "workloads/training/iron_law.h"
#include "workloads/training/lateness.h"
#include "workloads/training/metrics.h"
#include "workloads/training/prospect.h"
#include "workloads/training/slow_prospect.h"
#include "workloads/training/telling.h"
#include "workloads/training/twin_of_all.h"

namespace fleetsim::training {
namespace {

constexpr double worth_telling = 0.005;  // of a formula's distance from the exact one

// Seconds of writes that failures break, to first order half a write each, where fewer than one in
// ten jobs sees one.
double broken_writes(const Prospect& prospect, const JobConfig& job) {
  const double broken = prospect.rate * prospect.writing;
  Duration longest = job.checkpoint.write;
  for (const CheckpointLevel& level : job.checkpoint.deeper)
    longest = std::max(longest, level.write);
  return broken < 0.1 ? broken * seconds(longest) / 2 : 0;
}

// Of a job that ends within the run: how its time scatters, and what its devices spent it on.
void tell_whole(const Prospect& prospect, const JobConfig& job, const std::string& prefix,
                Twin& twin) {
  if (!prospect.in_parts) return;
  const std::string& broken = prospect.broken;
  tell_quietly(twin, prefix + "time_to_train.std", std::sqrt(prospect.variance), "c.var", broken);
  const double devices = job.all_devices();
  const auto hours = [&](const char* phase, double seconds) {
    tell_quietly(twin, prefix + "gpu_hours." + phase, devices * seconds / 3600, prospect.formula,
                 broken);
  };
  hours("useful", prospect.useful);
  hours("checkpoint", prospect.writing);
  // Where failures seldom break a write, no run may see one.
  twin.predictions.back().rounding = devices / 3600 * broken_writes(prospect, job);
  hours("lost", prospect.lost);
  hours("restart", prospect.restart);
  hours("stalled", prospect.detection);
  hours("queued", 0);
}

void tell_time(const Prospect& prospect, const JobConfig& job, const std::string& prefix,
               Twin& twin) {
  const double wall = prospect.wall();
  const std::string& broken = prospect.broken;
  const char* formula = prospect.formula;
  tell(twin, prefix + "goodput", prospect.goodput(), formula, broken);
  const auto share = [&](const char* name, double seconds) {
    tell_quietly(twin, prefix + name, seconds / wall * (1 - prospect.waiting), formula, broken);
  };
  tell_quietly(twin, prefix + "ettr", prospect.ettr(), formula, broken);
  share("fraction.useful", prospect.useful);
  tell_quietly(twin, prefix + "fraction.queued", prospect.waiting, formula, broken);
  if (prospect.in_parts) {
    share("availability", wall - prospect.restart - prospect.detection);
    share("fraction.checkpoint", prospect.writing);
    share("fraction.lost", prospect.lost);
    share("fraction.restart", prospect.restart);
    share("fraction.stalled", prospect.detection);
  }
  if (job.work) {
    tell_quietly(twin, prefix + "time_to_train", seconds(*job.work) / prospect.goodput(), formula,
                 broken);
    if (!prospect.finishes && broken.empty())
      twin.predictions.back().note = "extrapolated: the run ends before the job";
  }
  if (job.work && prospect.finishes) tell_whole(prospect, job, prefix, twin);
  if (job.step)
    tell_quietly(twin, prefix + "tokens_per_s",
                 prospect.goodput() * job.step->tokens / job.step->seconds, formula, broken);
}

// What people use in place of c.exact, where that is far off.
void add_first_order(const Prospect& prospect, const JobConfig& job, const FailurePlan& plan,
                     const std::string& prefix, Twin& twin) {
  if (prospect.rate == 0 || !prospect.in_parts || plan.spot) return;
  const double goodput = prospect.ettr();
  const auto far = [&](double value) { return std::abs(value / goodput - 1) > worth_telling; };
  if (far(prospect.first_order) && prospect.waiting == 0)
    twin.rivals.push_back({prefix + "goodput", prospect.first_order, "first-order Young-Daly",
                           "it assumes an interval far below the MTBF"});
  const double standing = seconds(plan.detection + job.restart + job.checkpoint.restore);
  const auto meta = analytic::expected_ettr({.nodes = 1,
                                             .failure_rate = prospect.rate,
                                             .restart = standing,
                                             .interval = seconds(job.checkpoint.interval),
                                             .write = seconds(job.checkpoint.write),
                                             .queue = 0});
  if (meta && far(meta->first_order))
    twin.rivals.push_back({prefix + "ettr", meta->first_order, "c.ettr",
                           "it is of first order in the failures of an interval"});
  if (meta && prospect.waiting > 0 && prospect.broken.empty() && far(meta->first_order))
    twin.rivals.push_back({prefix + "goodput", meta->first_order * (1 - prospect.waiting),
                           "E[ETTR] with its queue",
                           "it is of first order in the failures of an interval"});
}

// Other rules of thumb for the interval, where they are far from the best one.
void add_intervals(double write, double mtbf, CheckpointConfig::Rule rule,
                   const std::string& metric, Twin& twin) {
  using Rule = CheckpointConfig::Rule;
  const double best = *analytic::optimal_interval(write, mtbf);
  const auto add = [&](Rule other, double value, const char* formula, const char* assumption) {
    if (rule != other && std::abs(value / best - 1) > worth_telling)
      twin.rivals.push_back({metric, value, formula, assumption});
  };
  add(Rule::young, *analytic::young_interval(write, mtbf), "c.young",
      "it is of first order in the write over the MTBF");
  add(Rule::daly, *analytic::daly_interval(write, mtbf), "c.daly",
      "it is of higher order, but not exact");
}

// The interval that is best with the best number of near writes between two far ones.
void tell_best_pair(const Prospect& prospect, const std::string& metric, Twin& twin) {
  if (!prospect.levels) return;
  const auto best = analytic::two_level_optimum(*prospect.levels);
  if (best)
    twin.rivals.push_back(
        {metric, best->interval, "c.multi",
         fmt::format("it is the best for this MTBF, with every: {}", best->segments)});
}

void tell_interval(const Prospect& prospect, const JobConfig& job, const std::string& prefix,
                   Twin& twin) {
  using Rule = CheckpointConfig::Rule;
  const double write = seconds(job.checkpoint.write);
  const std::string metric = prefix + "checkpoint_interval";
  if (prospect.rate == 0 || write == 0) return;
  if (job.checkpoint.levels() > 1) return tell_best_pair(prospect, metric, twin);
  const double mtbf = 1 / prospect.rate;
  add_intervals(write, mtbf, job.checkpoint.rule, metric, twin);
  switch (job.checkpoint.rule) {
    case Rule::young:
      return tell(twin, metric, *analytic::young_interval(write, mtbf), "c.young", "");
    case Rule::daly:
      return tell(twin, metric, *analytic::daly_interval(write, mtbf), "c.daly", "");
    case Rule::exact:
      return tell(twin, metric, *analytic::optimal_interval(write, mtbf), "c.lambert", "");
    case Rule::adaptive:
      return tell(twin, metric, *analytic::optimal_interval(write, mtbf), "c.lambert",
                  "the interval follows the failures seen");
    case Rule::fixed:
      twin.rivals.push_back({metric, *analytic::optimal_interval(write, mtbf), "c.lambert",
                             "it is the best for this MTBF"});
  }
}

// The mean number of failures of a class from `begin` to `end` (s): at its rate if it does not grow
// old; by the cumulative hazard of each part, (t/eta)^k, if it is mended as old as before.
std::optional<double> expected_failures(const FailurePlan& plan, const ComponentPlan& part,
                                        std::uint32_t nodes, double begin, double end) {
  const double weight = plan.lemons.mean_weight();
  if (part.slow) return found_rate(plan, part, nodes) * (end - begin);
  const double parts = weight * part.per_node * nodes + part.shared;
  if (memoryless(part)) return parts * (end - begin) / part.life.mean();
  const auto* law = std::get_if<WeibullLaw>(&part.life.kind());
  if (law == nullptr || part.replaced || weight != 1) return std::nullopt;
  const auto hazard = [&](double t) {
    return std::pow((seconds(part.age) + t) / law->scale, law->shape);
  };
  return parts * (hazard(end) - hazard(begin));
}

// Failures by cause that a job should see, on all its clusters.
struct Expected {
  std::vector<double> by_cause{};
  double all = 0;
  std::string broken{};
};
Expected expected_by_cause(const TrainingConfig& config, const JobConfig& job, double begin,
                           double end) {
  Expected out;
  out.by_cause.resize(causes(config, job).size());
  for (const ClusterId where : job.clusters()) {
    const FailurePlan& plan = config.failures[where.index];
    std::size_t cause = 0;
    for (const ComponentPlan& c : plan.components) {
      if (c.corrupts) {
        ++cause;
        continue;
      }
      const std::optional<double> mean = expected_failures(plan, c, job.nodes, begin, end);
      if (!mean)
        out.broken = fmt::format("{} is new at first and its life is {}", c.name, c.life.name());
      out.all += mean.value_or(0);
      out.by_cause[cause++] += mean.value_or(0);
    }
    for (const Shock& shock : plan.shocks) {
      const double mean = shock_rate(shock, job.nodes) * (end - begin);
      out.all += mean;
      out.by_cause[cause++] += mean;
    }
  }
  return out;
}

void tell_failures(const TrainingConfig& config, const Prospect& prospect, const JobConfig& job,
                   const std::string& prefix, Twin& twin) {
  const FailurePlan& plan = config.failures[job.cluster.index];
  if (prospect.rate == 0) return;
  const auto told = told_causes(config, job);
  const bool several = !told.empty();
  const double begin = seconds(config.warm_up);
  const double end = prospect.finishes ? prospect.wall() : seconds(config.horizon);
  auto [by_cause, expected, broken] = expected_by_cause(config, job, begin, end);
  if (broken.empty() && slows(plan)) broken = slow_prospect_of(config, job.cluster, &job).broken;
  if (by_cause.size() > plan.components.size() + plan.shocks.size() || !plan.maintenance.empty())
    broken = prospect.broken;
  if (broken.empty() && plan.repair && prospect.broken.starts_with("a node"))
    broken = prospect.broken;
  if (broken.empty() && prospect.waiting > 0) broken = "nodes that are missing do not fail";
  const bool old = std::any_of(plan.components.begin(), plan.components.end(),
                               [](const auto& c) { return !c.corrupts && !memoryless(c); });
  const char* formula = old                    ? "f.weibull"
                        : slows(plan)          ? "f.slow"
                        : !plan.shocks.empty() ? "f.correlated"
                        : several              ? "f.series"
                                               : "f.mtbf";
  const double long_run = 1 / failure_rate(plan, job.nodes);
  tell(twin, prefix + "mtbf", broken.empty() ? (end - begin) / expected : long_run,
       broken.empty() ? formula : "f.series", broken);
  if (old && broken.empty())
    twin.rivals.push_back(
        {prefix + "mtbf", long_run, "f.series", "it takes lives for exponential"});
  if (broken.empty() && (prospect.finishes || prospect.broken.starts_with("only some jobs")))
    broken = prospect.broken;
  tell_quietly(twin, prefix + "failures", expected, old ? "f.weibull" : "f.mtbf", broken);
  for (const auto& [c, name] : told)
    tell_quietly(twin, prefix + "failures." + name, by_cause[c],
                 c < plan.components.size() ? "f.series" : "f.correlated", broken);
}

// Silent corruptions of a job: how many, and from each that is found the time and the work lost.
void tell_corruptions(const TrainingConfig& config, const Prospect& prospect, const JobConfig& job,
                      const std::string& prefix, Twin& twin) {
  const FailurePlan& plan = config.failures[job.cluster.index];
  if (corruption_rate(plan, job.nodes) == 0) return;
  const double begin = seconds(config.warm_up);
  const double end = prospect.finishes ? prospect.wall() : seconds(config.horizon);
  std::string broken;
  double expected = 0;
  for (const ComponentPlan& c : plan.components) {
    if (!c.corrupts) continue;
    const auto mean = expected_failures(plan, c, job.nodes, begin, end);
    if (mean) expected += *mean;
    if (!mean) broken = fmt::format("{} is new at first and its life is {}", c.name, c.life.name());
  }
  const bool by_nodes = prospect.broken.starts_with("a node");
  const bool by_end = prospect.finishes || prospect.broken.starts_with("only some jobs");
  if (broken.empty() && (by_nodes || by_end)) broken = prospect.broken;
  tell_quietly(twin, prefix + "corruptions", expected, "f.mtbf", broken);
  if (!prospect.verified) return;
  const BestChecks best = best_checks(job, plan);
  if (prospect.rate == 0 && best.every != job.checkpoint.verify.every)
    twin.rivals.push_back({prefix + "goodput", best.goodput, "f.sdc",
                           fmt::format("it is the best, with verify_every: {}", best.every)});
  const std::string unlike = prospect.finishes && prospect.broken.empty()
                                 ? "the first and the last check of a job come sooner"
                                 : prospect.broken;
  tell(twin, prefix + "wasted_by_corruption", prospect.verified->wasted, "f.sdc", unlike);
  tell_quietly(twin, prefix + "redone_by_corruption", prospect.verified->redone, "f.sdc", unlike);
}

// A cluster with one part that grows old: failures are a renewal process (c.weibull).
void tell_renewal(const TrainingConfig& config, const JobConfig& job, const std::string& prefix,
                  Twin& twin) {
  const FailurePlan& plan = config.failures[job.cluster.index];
  if (causes(plan).size() != 1 || !interrupts(plan, 0) || plan.lemons.count > 0 ||
      plan.components.size() != 1 || !job.further.empty() || job.redundancy > 1)
    return;
  if (plan.components[0].age > Duration{} || exposure(plan.components[0], job.nodes) != 1) return;
  const ComponentPlan& part = plan.components[0];
  const auto* law = std::get_if<WeibullLaw>(&part.life.kind());
  if (law == nullptr || !part.replaced || part.slow || plan.repair || job.work) return;
  if (!plan.maintenance.empty() || plan.spot) return;
  if (job.checkpoint.rule == CheckpointConfig::Rule::adaptive) return;
  if (job.checkpoint.drain > Duration{} || job.checkpoint.levels() > 1) return;
  const double standing = seconds(detection_of(plan, 0) + job.restart + job.checkpoint.restore);
  const auto form = analytic::checkpoint_weibull({.interval = seconds(job.checkpoint.interval),
                                                  .write = seconds(job.checkpoint.write),
                                                  .restart = standing,
                                                  .mtbf = part.life.mean(),
                                                  .shape = law->shape});
  if (!form) return;
  for (Prediction& prediction : twin.predictions)
    for (const char* name : {"goodput", "ettr", "fraction.useful"})
      if (prediction.metric == prefix + name)
        prediction = {prediction.metric, form->goodput, "c.weibull", ""};
}

// A job whose nodes have twins: interruptions are a renewal process (c.replica).
void tell_pairs(const TrainingConfig& config, const JobConfig& job, const std::string& prefix,
                Twin& twin) {
  if (job.redundancy == 1) return;
  const FailurePlan& plan = config.failures[job.cluster.index];
  std::string broken;
  for (const ComponentPlan& c : plan.components) {
    if (!memoryless(c)) broken = fmt::format("the life of {} is {}", c.name, c.life.name());
    if (c.shared > 0) broken = c.name + " stops both of a pair";
  }
  if (plan.lemons.count > 0) broken = "lemons fail more than others";
  const double life = job.nodes / failure_rate(plan, job.nodes), pairs = job.nodes / 2;
  const auto gap = analytic::replica_life(job.nodes / 2, life);
  const CheckpointConfig& saves = job.checkpoint;
  const bool plain = saves.drain == Duration{} && saves.levels() == 1 && !job.work &&
                     saves.rule != CheckpointConfig::Rule::adaptive;
  const auto form = analytic::checkpoint_replicated(
      {.interval = seconds(saves.interval),
       .write = seconds(saves.write),
       .restart = seconds(plan.detection + job.restart + saves.restore),
       .pairs = static_cast<std::int64_t>(pairs),
       .mtbf = life});
  for (Prediction& prediction : twin.predictions) {
    if (prediction.metric == prefix + "mtbf" && broken.empty() && gap)
      prediction = {prediction.metric, gap->time, "c.replica", ""};
    else if (prediction.metric == prefix + "mtbf")
      prediction = {prediction.metric, {}, "", "no closed form: " + broken};
    for (const char* name : {"goodput", "ettr", "fraction.useful"})
      if (prediction.metric == prefix + name && broken.empty() && plain && form)
        prediction = {prediction.metric, form->goodput, "c.replica", ""};
  }
}

// An elastic job beside the chain of its nodes; where failures take time, that is a bound. What
// they undo of an interval is the same for any number of replicas.
void tell_elastic(const TrainingConfig& config, const JobConfig& job, const Prospect& prospect,
                  const std::string& prefix, Twin& twin) {
  if (!job.min_replicas) return;
  const Throughput kept = elastic_throughput(config, job);
  const std::string metric = prefix + "goodput";
  if (!kept.broken.empty()) {
    twin.rivals.push_back(
        {metric, kept.share, "c.elastic", "it does not hold, for " + kept.broken});
    return;
  }
  for (Prediction& prediction : twin.predictions)
    if (prediction.metric == metric || prediction.metric == prefix + "fraction.useful")
      prediction = {prediction.metric, kept.share * prospect.ettr(), "c.elastic", ""};
}

// f.slow: who has slow nodes, and at which pace a job goes; that is its goodput too where failures
// and writes take no time.
void tell_slow(const TrainingConfig& config, const JobConfig& job, const Prospect& prospect,
               const std::string& prefix, Twin& twin) {
  if (!slows(config.failures[job.cluster.index])) return;
  const SlowProspect slow = slow_prospect_of(config, job.cluster, &job);
  tell_quietly(twin, prefix + "slow.fraction", slow.slowed, "f.slow", slow.broken);
  const std::string metric = prefix + "goodput";
  if (slow.takes_time || !slow.broken.empty() || job.work) {
    twin.rivals.push_back({metric, prospect.goodput() * slow.pace, "f.slow x c.exact",
                           "nodes that are found are no Poisson stream and restarts are not slow"});
    return;
  }
  for (Prediction& prediction : twin.predictions)
    if (prediction.metric == metric || prediction.metric == prefix + "fraction.useful")
      prediction = {prediction.metric, slow.pace, "f.slow", ""};
}

// The step by the ring formula, where nothing but ports is shared; and as the book has it.
void tell_step(const TrainingConfig& config, const JobConfig& job, const std::string& prefix,
               Twin& twin) {
  const ModelledStep& model = *job.step->model;
  bool hops = false;
  for (const ClusterId where : job.clusters())
    hops = hops || config.fleet->plan().clusters[where.index].hop_latency > Duration{};
  const char* unknown = hops              ? "each hop adds to the latency"
                        : model.straddles ? "experts are shared by parts of nodes"
                                          : "";
  const char* meet = "flows of a step share links";
  const std::string broken = model.flows_meet ? meet : unknown;
  const std::string all = broken.empty() ? model.outer_broken : broken;
  tell(twin, prefix + "step_time", model.by_ring.total(), "n.ring", all);
  tell_quietly(twin, prefix + "scaling_efficiency", model.by_ring.scaling(), "n.ring", all);
  if (model.by_ring.expert > 0)
    tell_quietly(twin, prefix + "step.expert", model.by_ring.expert, "n.tree",
                 model.experts_meet ? meet : unknown);
  if (!job.further.empty())
    tell_quietly(twin, prefix + "step.outer", model.by_ring.outer, "n.diloco", all);
  tell_step_quantiles(model, prefix, broken, twin);
  if (model.by_book > 0 && std::abs(model.by_book / job.step->seconds - 1) > worth_telling)
    twin.rivals.push_back(
        {prefix + "step_time", model.by_book, "DistributedModel",
         "it adds launches, its bubble holds no exchange, stages send for nothing "
         "and links are not shared"});
}

void tell_job(const TrainingConfig& config, std::size_t number, Twin& twin) {
  const JobConfig& job = config.jobs[number];
  const std::string prefix = prefix_of(config, number);
  const Prospect prospect = prospect_of(config, job);
  tell_time(prospect, job, prefix, twin);
  add_first_order(prospect, job, config.failures[job.cluster.index], prefix, twin);
  tell_interval(prospect, job, prefix, twin);
  tell_failures(config, prospect, job, prefix, twin);
  tell_corruptions(config, prospect, job, prefix, twin);
  tell_renewal(config, job, prefix, twin);
  tell_elastic(config, job, prospect, prefix, twin);
  tell_pairs(config, job, prefix, twin);
  tell_slow(config, job, prospect, prefix, twin);
  if (!job.step) return;
  if (job.step->model) tell_step(config, job, prefix, twin);
  tell_iron_law(prospect, job, iron_prefix_of(config, number), twin);
}

}  // namespace

Twin twin_of(const TrainingConfig& config) {
  Twin twin;
  for (std::size_t j = 0; j < config.jobs.size(); ++j) tell_job(config, j, twin);
  if (config.jobs.size() > 1) tell_of_all(config, twin);
  tell_of_nodes(config, twin);
  tell_of_energy(config, twin);
  return twin;
}

}  // namespace fleetsim::training
