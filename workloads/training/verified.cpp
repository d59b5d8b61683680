#include "workloads/training/verified.h"

#include <algorithm>
#include <cmath>

#include "analytic/exact/shocks.h"
#include "sim/check.h"
#include "workloads/training/corruption.h"

namespace fleetsim::training {
namespace {

// From a check that failed to its alarm, on average over the parts that corrupt, for the first that
// hits is one of them by its share of the rate.
struct Latency {
  double mean = 0, worked = 0;  // s: all of it, and what goes into work
  Duration longest{};
};

// The time goes into a write, and then into intervals from the begin of the pattern.
Duration worked_in(Duration latency, const Cadence& cadence) {
  if (latency < cadence.write) return {};
  const Duration left = latency - cadence.write;
  const std::int64_t whole = cadence.whole_in(left);
  return whole * cadence.interval + std::min(left - cadence.until(whole), cadence.interval);
}

Latency latency_of(const JobConfig& job, const FailurePlan& plan) {
  const Corruption checks(job.checkpoint);
  const Cadence cadence{job.checkpoint.interval, job.checkpoint.write, checks.pattern()};
  const double all = corruption_rate(plan, job.nodes);
  Latency out;
  for (std::uint32_t c = 0; c < plan.components.size(); ++c) {
    if (interrupts(plan, c)) continue;
    const Duration one = detection_of(plan, c);
    const double share = rate_of(plan, c, job.nodes) / all;
    out.mean += share * seconds(one);
    out.worked += share * seconds(worked_in(one, cadence));
    out.longest = std::max(out.longest, one);
  }
  return out;
}

// Mean and variance of a time.
struct Time {
  double mean = 0, variance = 0;
};
void add(Time& sum, const Time& one, double times) {
  sum.mean += times * one.mean;
  sum.variance += times * one.variance;
}

// Up to a check that passes, `length` after a restart; one that fails costs `again` more.
struct Tries {
  double rate = 0, write = 0, again = 0;

  Time from_restart(double length) const {  // Y: a geometric number of tries
    const double odds = std::expm1(rate * length), each = length + again;
    return {length + odds * each, each * each * odds * (1 + odds)};
  }
  Time from_pass(double length) const {  // X
    const double fails = -std::expm1(-rate * (length + write));
    const Time tries = from_restart(length);
    const double then = again + tries.mean;
    return {length + write + fails * then,
            fails * (tries.variance + then * then) - fails * fails * then * then};
  }
};

VerifiedWork work_of(const JobConfig& job, const Tries& tries, double length) {
  const CheckpointConfig& plan = job.checkpoint;
  const Duration of_group = std::int64_t{plan.verify.every} * plan.interval;
  const std::int64_t groups = (job.work->ns - 1) / of_group.ns;  // before the last
  const Duration rest = *job.work - groups * of_group;
  const std::int64_t writes = (rest.ns - 1) / plan.interval.ns;
  const double last = seconds(rest + writes * plan.write + plan.verify.time);
  Time sum{seconds(plan.write), 0};
  add(sum, groups > 0 ? tries.from_restart(length) : tries.from_restart(last), 1);
  add(sum, tries.from_pass(length), static_cast<double>(std::max<std::int64_t>(groups - 1, 0)));
  if (groups > 0) add(sum, tries.from_pass(last), 1);
  return {sum.mean, sum.variance};
}

double wasted_in(double rate, double length, double latency) {
  const auto form = analytic::silent_corruption({rate, length, latency});
  check(bool(form), "checks are some time apart");
  return form->wasted;
}

}  // namespace

VerifiedCost verified_cost(const JobConfig& job, const FailurePlan& plan) {
  const CheckpointConfig& checkpoint = job.checkpoint;
  const double rate = corruption_rate(plan, job.nodes);
  const Latency latency = latency_of(job, plan);
  const double every = checkpoint.verify.every, write = seconds(checkpoint.write);
  const double check = seconds(checkpoint.verify.time);
  const double restart = seconds(job.restart + checkpoint.restore);
  const double work = every * seconds(checkpoint.interval);
  const double length = work + (every - 1) * write + check;  // A
  const Tries tries{rate, write, latency.mean + restart};
  // The mean number of alarms until a check passes.
  const double alarms = -std::expm1(-rate * (length + write)) * std::exp(rate * length);
  VerifiedCost out;
  out.redone = work + latency.worked;
  out.group = {
      .useful = work,
      .lost = alarms * out.redone,
      .writing = every * write + check + alarms * (length - work + latency.mean - latency.worked),
      .restart = alarms * restart};
  const double in_whole = std::exp(-rate * length);
  out.wasted = in_whole * wasted_in(rate, length + write, latency.mean) +
               (1 - in_whole) * wasted_in(rate, length, latency.mean);
  if (job.work) out.work = work_of(job, tries, length);
  const std::uint32_t retain = checkpoint.verify.retain;
  out.kept = retain == 0 || retain >= least_retained(checkpoint, latency.longest);
  return out;
}

// A check costs less of the time the rarer it is, and what corruption undoes costs more: so the
// first best is the best.
BestChecks best_checks(const JobConfig& job, const FailurePlan& plan) {
  constexpr std::uint32_t most = 1'000'000;
  JobConfig tried = job;
  BestChecks best;
  for (std::uint32_t every = 1; every <= most; ++every) {
    tried.checkpoint.verify.every = every;
    const VerifiedGroup group = verified_cost(tried, plan).group;
    const double goodput = group.useful / group.wall();
    if (goodput <= best.goodput) break;
    best = {every, goodput};
  }
  return best;
}

}  // namespace fleetsim::training
