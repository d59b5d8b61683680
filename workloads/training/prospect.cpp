#include "workloads/training/prospect.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analytic/exact/checkpoint.h"
#include "analytic/exact/checkpoint_laws.h"
#include "analytic/exact/redundancy.h"
#include "analytic/exact/stock.h"
#include "analytic/queueing/numeric.h"
#include "workloads/training/metrics.h"
#include "workloads/training/spot_prospect.h"

namespace fleetsim::training {
namespace {

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

// One interval with a drain (c.async). Failures come in all states alike, at rate 1/M, and each
// begins a restart, which the next may break: so 1 - e^{-R/M} of all time is restarts. The rest is
// as without a drain, but that more of it is lost.
void add_drain(Segment s, double drain, Prospect& out) {
  out.formula = "c.async";
  if (s.rate == 0) return;
  const double standing = s.detection + s.restart, mtbf = 1 / s.rate;
  const auto cost = analytic::checkpoint_async({s.work, s.write, drain, standing, mtbf});
  if (!cost) return;
  const double wall = s.work * cost->expected_time_per_work;
  const double up = wall * std::exp(-standing * s.rate);
  out.detection = -wall * std::expm1(-s.detection * s.rate);
  out.restart = wall - up - out.detection;
  out.writing = up * std::expm1(s.write * s.rate) / std::expm1((s.work + s.write) * s.rate);
  out.lost = up - out.useful - out.writing;
}

// The whole of a job that ends, with a drain. From one save to the next takes `a`, or `b` after a
// restart: (1 - e^{-a/M}) M e^{(R+b)/M} on average. The first save is as after a restart; the last
// write waits for the drain before it.
double time_with_drain(const Segment& s, double drain, double whole, double last) {
  const double standing = s.detection + s.restart;
  const auto mean = [&](double a, double b) {
    return s.rate == 0 ? a : -std::expm1(-a * s.rate) * std::exp((standing + b) * s.rate) / s.rate;
  };
  const double after = s.write + drain;
  if (whole == 0) return mean(last + after, last + after);
  return mean(s.work + after, s.work + after) +
         (whole - 1) * mean(s.work + s.write, s.work + after) +
         mean(std::max(last, drain) + s.write, last + after);
}

// How many failures of a job a level survives: those of a severity that is known, or drawn.
double survivors(const FailurePlan& plan, std::uint32_t nodes, double survives) {
  double sum = 0, all = 0;
  for (std::uint32_t c = 0; c < plan.components.size() + plan.shocks.size(); ++c) {
    if (!interrupts(plan, c)) continue;
    const std::optional<double> severity = severity_of(plan, c);
    const double rate = rate_of(plan, c, nodes);
    sum += rate * (severity ? (*severity < survives ? 1 : 0) : survives);
    all += rate;
  }
  return all > 0 ? sum / all : survives;
}

// A mean interval of several levels (c.multi), which tells only how long it takes.
void add_levels(Segment s, const CheckpointConfig& plan, double survive, Prospect& out) {
  out.formula = "c.multi";
  out.in_parts = false;
  if (plan.deeper.size() > 1 && out.broken.empty()) out.broken = "there are more than two levels";
  const CheckpointLevel& far = plan.deeper[0];
  const double every = far.every;
  out.writing = ((every - 1) * s.write + seconds(far.write)) / every;
  if (s.rate == 0) return;
  const analytic::TwoLevelPlan two{
      .interval = s.work,
      .local_write = s.write,
      .global_write = seconds(far.write),
      .local_share = survive,
      .local_restart = s.detection + s.restart,
      .global_restart = s.detection + s.restart + seconds(far.restore - plan.restore),
      .mtbf = 1 / s.rate,
      .segments = far.every};
  if (plan.deeper.size() == 1) out.levels = two;
  const auto cost = analytic::checkpoint_two_level(two);
  if (!cost) return;
  out.lost = s.work * cost->expected_time_per_work - s.work;
  out.writing = out.restart = out.detection = 0;
}

// A mean interval of a group with a check at its end, and all that silent corruption adds to it.
void add_checks(const JobConfig& job, const FailurePlan& plan, Prospect& out) {
  const double every = job.checkpoint.verify.every;
  out.writing += seconds(job.checkpoint.verify.time) / every;
  if (corruption_rate(plan, job.nodes) == 0) return;
  out.verified = verified_cost(job, plan);
  const VerifiedGroup& group = out.verified->group;
  if (out.rate > 0) return;
  out.formula = "f.sdc";
  if (!out.verified->kept && out.broken.empty())
    out.broken = "no checkpoint that is known to be clean is kept until the alarm";
  out.lost = group.lost / every;
  out.writing = group.writing / every;
  out.restart = group.restart / every;
}

// Whether all failures make a job stand still for equally long.
bool alike(const FailurePlan& plan) {
  if (!plan.repair || plan.swap == Duration{}) return true;
  if (!plan.shocks.empty()) return false;
  return std::all_of(plan.components.begin(), plan.components.end(), [](const ComponentPlan& c) {
    return c.corrupts || (c.replaced && c.shared == 0);
  });
}

// How long it takes to know of failures, as one number D: each begins a restart anew, so what
// counts is the mean over causes of e^{-D/M}.
double detection_in(const TrainingConfig& config, const JobConfig& job) {
  const FailurePlan& plan = config.failures[job.cluster.index];  // its clusters break alike
  const double rate = failure_rate(config, job), here = failure_rate(plan, job.nodes);
  double kept = 0;
  bool same = true;
  for (std::uint32_t c = 0; c < plan.components.size() + plan.shocks.size(); ++c) {
    if (!interrupts(plan, c)) continue;
    same &= detection_of(plan, c) == plan.detection;
    kept += rate_of(plan, c, job.nodes) / here * std::exp(-seconds(detection_of(plan, c)) * rate);
  }
  return same ? seconds(plan.detection) : -std::log(kept) / rate;
}

// What keeps the failures of a job on a cluster from being one Poisson stream of the same rate in
// each run.
std::string uneven_by(const TrainingConfig& config, const JobConfig& job, ClusterId where) {
  const FailurePlan& plan = config.failures[where.index];
  const Places places = places_of(config, where);
  if (!plan.script.empty()) return "some failures are scripted";
  if (plan.lemons.count > 0 && (job.nodes < places.in_use || places.spares > 0))
    return "it is drawn how many nodes of the job are lemons";
  if (!plan.shocks.empty() && job.nodes < places.in_use) return "several jobs share its domains";
  return "";
}

std::string broken_on(const TrainingConfig& config, const JobConfig& job, ClusterId where) {
  const FailurePlan& plan = config.failures[where.index];
  for (const ComponentPlan& c : plan.components)
    if (!memoryless(c)) return fmt::format("the life of {} is {}", c.name, c.life.name());
  if (slows(plan)) return "some node is slow for a part of the time";
  if (!plan.maintenance.empty()) return "the cluster is switched off now and then";
  if (job.redundancy > 1) return "the more pairs are wounded, the sooner one dies";
  const std::string uneven = uneven_by(config, job, where);
  if (!uneven.empty()) return uneven;
  if (job.checkpoint.rule == CheckpointConfig::Rule::adaptive) return "the interval adapts";
  if (!alike(plan)) return "only some failures swap a node";
  const bool silent = corruption_rate(plan, job.nodes) > 0;
  if (silent && job.checkpoint.verify.every > 0 && failure_rate(plan, job.nodes) > 0)
    return "silent corruption comes beside other failures";
  if (job.checkpoint.levels() > 1 && seconds(plan.detection) != detection_in(config, job))
    return "causes of failures are not known equally soon";
  if (!plan.repair) return "";
  if (!plan.shocks.empty()) return "shocks break several nodes at once";
  const Standby standby = standby_of(config, where);
  const bool queues = plan.detection == Duration{} && !job.min_replicas && !job.work &&
                      job.further.empty() && standby.broken.empty() &&
                      places_of(config, where).in_use == job.nodes;
  if (standby.short_share > rarely && !queues)
    return fmt::format("a node is missing for {:.2g} % of the time (f.spares)",
                       100 * standby.short_share);
  return "";
}

// The streams of several clusters are one again: rates add.
std::string broken_by(const TrainingConfig& config, const JobConfig& job) {
  for (const ClusterId where : job.clusters()) {
    const std::string broken = broken_on(config, job, where);
    if (!broken.empty()) return broken;
  }
  return "";
}

// A job that waits while nodes are missing is the same as one that never does, but for that time:
// it falls back at once, and from when it goes on until the next failure passes an exponential
// time, whoever stands by (c.ettr with the wait of f.spares). REQUIRES: nothing is broken.
void add_waits(const TrainingConfig& config, const JobConfig& job, Prospect& out) {
  const FailurePlan& plan = config.failures[job.cluster.index];
  if (!plan.repair || job.min_replicas) return;
  const double missing = standby_of(config, job.cluster).short_share;
  if (missing <= rarely) return;
  out.waiting = missing;
  out.formula = "c.ettr";
  if (seconds(config.horizon - config.warm_up) < 300 * plan.repair->mean())
    out.broken = "all nodes are whole at first";
}

// All of a job that ends: what one interval goes into, for each of them; the last may be shorter.
struct Whole {
  Prospect prospect;
  double variance = 0;
};
Whole whole_of(const Prospect& one, Segment segment, const JobConfig& job) {
  Whole out{.prospect = one};
  const CheckpointConfig& plan = job.checkpoint;
  const auto intervals = static_cast<double>((job.work->ns - 1) / plan.interval.ns);
  const double last = seconds(*job.work) - intervals * segment.work;
  out.variance = intervals * segment.variance();
  Prospect& sum = out.prospect;
  sum.useful = sum.lost = sum.writing = sum.restart = sum.detection = 0;
  if (plan.drain > Duration{}) {
    sum.in_parts = false;
    sum.useful = seconds(*job.work);
    sum.lost = time_with_drain(segment, seconds(plan.drain), intervals, last) - sum.useful;
    return out;
  }
  add(sum, one, intervals);
  if (plan.levels() > 1) {
    add(sum, one, last / segment.work);
    return out;
  }
  if (one.verified) {
    sum.in_parts = false;
    sum.useful = seconds(*job.work);
    sum.lost = one.verified->work->wall - sum.useful;
    sum.writing = sum.restart = sum.detection = 0;
    out.variance = one.verified->work->variance;
    return out;
  }
  segment.work = last;
  add(sum, segment.prospect(), 1);
  out.variance += segment.variance();
  return out;
}

}  // namespace

double interruption_rate(const TrainingConfig& config, const JobConfig& job) {
  const double all = failure_rate(config, job);
  if (job.redundancy == 1) return all;
  const double shared = failure_rate(config.failures[job.cluster.index], 0);
  const double one = (all - shared) / job.nodes;
  return shared + (one > 0 ? 1 / analytic::replica_life(job.nodes / 2, 1 / one)->time : 0);
}

Prospect prospect_of(const TrainingConfig& config, const JobConfig& job) {
  const FailurePlan& plan = config.failures[job.cluster.index];
  const CheckpointConfig& checkpoint = job.checkpoint;
  const Duration swap = plan.repair ? plan.swap : Duration{};
  Segment segment{seconds(checkpoint.interval), seconds(checkpoint.write),
                  detection_in(config, job), seconds(job.restart + checkpoint.restore + swap),
                  interruption_rate(config, job)};
  const double interval = segment.work, standing = segment.detection + segment.restart;
  const double watched = seconds(config.horizon - config.warm_up);
  Prospect out = segment.prospect();
  out.broken = broken_by(config, job);
  if (checkpoint.drain > Duration{}) add_drain(segment, seconds(checkpoint.drain), out);
  if (!checkpoint.deeper.empty())
    add_levels(segment, checkpoint, survivors(plan, job.nodes, checkpoint.survives), out);
  if (checkpoint.verify.every > 0) add_checks(job, plan, out);
  if (out.broken.empty()) add_waits(config, job, out);
  if (goes_away(config, job)) return on_spot(config, job, std::move(out));
  const std::int64_t every = checkpoint.deeper.empty() ? std::max(checkpoint.verify.every, 1u)
                                                       : checkpoint.deeper.back().every;
  const double group = static_cast<double>(every);
  out.first_order = 1 - segment.write / interval - (interval / 2 + standing) * segment.rate;
  if (out.wall() * group * many_saves > watched && !job.work && out.broken.empty())
    out.broken = "the run is too short for ten checkpoints";
  if (!job.work) return out;

  auto [whole, variance] = whole_of(out, segment, job);
  const double slack = seconds(config.horizon) - whole.wall();
  const double spread = surely * std::sqrt(variance);
  whole.variance = variance;
  whole.finishes = slack >= spread;
  if (whole.finishes && whole.broken.empty() &&
      job.work->ns % (checkpoint.interval.ns * every) != 0 && !checkpoint.deeper.empty())
    whole.broken = "the job ends between two writes to the last level";
  if (whole.finishes && config.warm_up > Duration{} && whole.broken.empty())
    whole.broken = "the warm-up leaves out a part of the job";
  if (whole.finishes) return whole;
  if (-slack < spread && out.broken.empty()) out.broken = "only some jobs are done by the horizon";
  if (out.wall() * group * many_saves > watched && out.broken.empty())
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

namespace {

// f.stock: where spares always take over and crews abound, demand is Poisson. More nodes are out
// than there are spares for at most the share of time in which so many demands came within the lead
// time and repair of a part: orders that overtake each other only help.
void add_stock(const FailurePlan& plan, const Places& places, Standby& out) {
  const double demand = out.node_rate * static_cast<double>(places.in_use);
  const double mttr = plan.repair->mean() + seconds(plan.burn_in), lead = plan.lead_time->mean();
  out.waiting = analytic::stock_of_parts(demand, lead, *plan.stock).waiting;
  out.short_share = analytic::poisson_upper(places.spares + 1, demand * (lead + mttr));
  out.mean_active = static_cast<double>(places.in_use);
  out.mean_failed = demand * mttr + out.waiting;
  out.capacity.clear();
  if (!out.broken.empty()) return;
  if (out.short_share > rarely) out.broken = "nodes may be missing, so demand for parts varies";
  if (plan.crews > 0) out.broken = "parts may wait for crews";
  if (plan.spare_wear > 0) out.broken = "spares that wear demand parts too";
}

}  // namespace

Standby standby_of(const TrainingConfig& config, ClusterId cluster) {
  const FailurePlan& plan = config.failures[cluster.index];
  const Places places = places_of(config, cluster);
  Standby out;
  for (const ComponentPlan& c : plan.components) {
    if (!c.replaced || c.per_node == 0) continue;
    if (c.slow) {
      out.node_rate += found_rate(plan, c, 1);
      out.broken = "nodes are slow before they go to repair";
      continue;
    }
    out.node_rate += plan.lemons.mean_weight() * c.per_node / c.life.mean();
    if (!memoryless(c)) out.broken = fmt::format("the life of {} is {}", c.name, c.life.name());
  }
  if (plan.lemons.count > 0 && out.broken.empty()) out.broken = "lemons fail more than others";
  if (!plan.shocks.empty()) out.broken = "shocks break several nodes at once";
  if (!plan.script.empty()) out.broken = "some failures are scripted";
  if (!plan.maintenance.empty()) out.broken = "the cluster is switched off now and then";
  if (plan.spot && plan.spot->stay)
    out.broken = "the cluster is rented, and goes back now and then";
  const auto all = static_cast<std::int64_t>(places.in_use + places.spares);
  // With a crew for each node its chain does not depend on the law of repairs (BCMP 1975).
  if (plan.crews > 0 && plan.crews < all &&
      !std::holds_alternative<ExponentialLaw>(plan.repair->kind()) && out.broken.empty())
    out.broken = "crews are few and repairs are " + plan.repair->name();
  if (plan.crews > 0 && plan.crews < all && plan.burn_in > Duration{} && out.broken.empty())
    out.broken = "crews are few and nodes are tested after repair";
  out.mean_active = static_cast<double>(places.in_use);
  if (out.node_rate == 0) return out;
  const auto fleet =
      analytic::fleet_with_spares({.active = static_cast<std::int64_t>(places.in_use),
                                   .spares = static_cast<std::int64_t>(places.spares),
                                   .crews = plan.crews > 0 ? plan.crews : all,
                                   .mttf = 1 / out.node_rate,
                                   .mttr = plan.repair->mean() + seconds(plan.burn_in),
                                   .warm = plan.spare_wear});
  check(bool(fleet), "a fleet of nodes has a steady state");
  out.short_share = fleet->short_share;
  out.mean_active = fleet->mean_active;
  out.mean_failed = fleet->mean_failed;
  out.capacity = fleet->capacity;
  if (plan.stock) add_stock(plan, places, out);
  return out;
}

}  // namespace fleetsim::training
