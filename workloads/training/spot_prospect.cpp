#include "workloads/training/spot_prospect.h"

#include <fmt/format.h>

#include <algorithm>

#include "analytic/exact/spot.h"
#include "sim/check.h"
#include "workloads/training/departure.h"

namespace fleetsim::training {
namespace {

constexpr double many_stays = 30;  // in a run, for its begin not to matter

std::string broken_by(const TrainingConfig& config, const JobConfig& job, const Spot& spot,
                      double goodput) {
  if (!job.further.empty()) return "several clusters go back at times of their own";
  if (config.failures[job.cluster.index].repair) return "nodes are in repair while they are away";
  if (!std::holds_alternative<ExponentialLaw>(spot.stay->kind()))
    return fmt::format("the time that capacity stays is {}", spot.stay->name());
  const double watched = seconds(config.horizon - config.warm_up);
  if (watched < many_stays * (spot.stay->mean() + spot.absence->mean()))
    return fmt::format("the run is too short for {:g} stays", many_stays);
  if (job.work && seconds(*job.work) < 2 * goodput * seconds(config.horizon))
    return "the job ends in the middle of a stay";
  return "";
}

}  // namespace

bool goes_away(const TrainingConfig& config, const JobConfig& job) {
  const std::vector<ClusterId> all = job.clusters();
  return std::any_of(all.begin(), all.end(), [&](ClusterId c) {
    const std::optional<Spot>& spot = config.failures[c.index].spot;
    return spot && spot->stay;
  });
}

Prospect on_spot(const TrainingConfig& config, const JobConfig& job, Prospect without) {
  Prospect out = std::move(without);
  const std::optional<Spot>& spot = config.failures[job.cluster.index].spot;
  if (!spot || !spot->stay) {
    if (out.broken.empty()) out.broken = "some of its clusters go back now and then";
    return out;
  }
  const FailurePlan& plan = config.failures[job.cluster.index];
  const analytic::SpotPlan in{.interval = seconds(job.checkpoint.interval),
                              .write = seconds(job.checkpoint.write),
                              .detection = seconds(plan.detection),
                              .restart = seconds(job.restart + job.checkpoint.restore),
                              .failure_rate = out.rate,
                              .stay = spot->stay->mean(),
                              .absence = spot->absence->mean(),
                              .saves = saves_in_time(*spot, job)};
  const auto shares = analytic::spot_training(in);
  check(bool(shares), "stays and absences take time");
  out.formula = "e.spot";
  out.finishes = false;
  out.waiting = shares->waiting;
  const double unit = in.interval / shares->useful;
  out.useful = in.interval;
  out.lost = shares->lost * unit;
  out.writing = shares->writing * unit;
  out.restart = shares->restart * unit;
  out.detection = shares->detection * unit;
  // It begins with a stay and no restart; a stay is cut where the run ends.
  out.begin = in.absence * shares->held + in.restart + in.interval + in.write;
  if (out.broken.empty()) out.broken = broken_by(config, job, *spot, shares->useful);
  return out;
}

}  // namespace fleetsim::training
