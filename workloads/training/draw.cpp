#include "workloads/training/draw.h"

#include <algorithm>

namespace fleetsim::training {
namespace {

double waiting_watts(const NodePower& node) {
  return node.node(Activity::communication, 0).total();
}

double busy_watts(const NodePower& node, const JobConfig& job) {
  return node.node(Activity::compute, use_of(job)).total();
}

// Share of a step in which its devices do arithmetic.
double busy_share(const NodePower& node, const JobConfig& job) {
  if (!job.step || !job.step->model) return 1;
  const double busy = job.step->model->at_full_power.compute * capped_time(node, job);
  return std::min(1.0, busy / job.step->seconds);
}

}  // namespace

double use_of(const JobConfig& job) {
  if (!job.step) return 1;
  const StepConfig& step = *job.step;
  if (step.model) return step.model->use;
  const double at_full_power = step.seconds / step.stretch;
  return std::min(1.0, step.flops * job.redundancy / (step.peak * at_full_power));
}

double capped_time(const NodePower& node, const JobConfig& job) {
  return node.time_factor(Activity::compute, use_of(job));
}

PhaseWatts phase_watts(const NodePower& node, const JobConfig& job) {
  const double busy = busy_share(node, job);
  const double work = busy * busy_watts(node, job) + (1 - busy) * waiting_watts(node);
  PhaseWatts out;
  out.fill(node.node(Activity::idle, 0).total());
  const auto set = [&](Phase phase, double watts) { out[static_cast<std::size_t>(phase)] = watts; };
  set(Phase::useful, work);
  set(Phase::lost, work);
  set(Phase::checkpoint, node.node(Activity::checkpoint, 0).total());
  set(Phase::restart, node.node(Activity::restart, 0).total());
  return out;
}

Swing swing_of(const NodePower& node, const JobConfig& job) {
  const double busy = busy_watts(node, job);
  const bool waits = job.step && job.step->model;
  const auto [least, most] = std::minmax(
      {busy, waits ? waiting_watts(node) : busy, node.node(Activity::checkpoint, 0).total(),
       node.node(Activity::restart, 0).total(), node.node(Activity::idle, 0).total()});
  return {.most = most, .least = least};
}

}  // namespace fleetsim::training
