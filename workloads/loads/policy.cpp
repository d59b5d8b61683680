#include "workloads/loads/policy.h"

#include <algorithm>

namespace fleetsim::loads {

Decider::Decider(const LoadConfig& load, const Sites& sites)
    : load_(load),
      sites_(sites),
      carbon_(load, sites, Signal::Of::carbon),
      cost_(load, sites, Signal::Of::cost) {}

Choice Decider::decide(Job& job, Instant now) const {
  switch (load_.policy) {
    case Policy::at_once:
      return {.place = 0};
    case Policy::cleanest:
    case Policy::cheapest:
    case Policy::forecast:
      return by_plan(job, now);
    case Policy::threshold:
      return by_threshold(job, now);
    case Policy::follow_sun:
      return after_the_sun(job, now);
    case Policy::capped:
      return by_caps(job, now);
  }
  check(false, "each policy is known");
  return {};
}

Choice Decider::by_plan(Job& job, Instant now) const {
  if (!job.schedule) {
    const Task task{now, job.left, job.deadline, job.at};
    if (load_.policy == Policy::forecast)
      job.schedule =
          plan(load_, Signal(load_, sites_, Signal::Of::carbon, now), Signal::Of::carbon, task);
    else if (load_.policy == Policy::cleanest)
      job.schedule = plan(load_, carbon_, Signal::Of::carbon, task);
    else
      job.schedule = plan(load_, cost_, Signal::Of::cost, task);
  }
  const std::vector<Stretch>& all = job.schedule->stretches;
  const auto next =
      std::find_if(all.begin(), all.end(), [&](const Stretch& s) { return s.to > now; });
  if (next == all.end()) return {.place = all.back().place};
  const bool moves = job.at && *job.at != next->place;
  const Duration way = moves ? load_.move(*job.at, next->place).time : Duration{};
  if (now + way < next->from) return {.until = {next->from.ns - way.ns}};
  if (next + 1 == all.end()) return {.place = next->place};
  return {.place = next->place, .until = next->to};
}

const StepSeries& Decider::grid(std::uint32_t place) const {
  return sites_.site(load_.places[place].region).grid().carbon;
}

bool Decider::clean(std::uint32_t place, Instant now) const {
  const StepSeries& carbon = grid(place);
  const Threshold& threshold = load_.threshold;
  double limit = threshold.below;
  if (threshold.past > Duration{}) {
    const Instant late = late_enough(carbon, now, threshold.past);
    limit = carbon.integral({late.ns - threshold.past.ns}, late) / seconds(threshold.past);
  }
  return carbon.at(now) <= limit;
}

std::uint32_t Decider::cleanest(Instant now) const {
  std::uint32_t best = 0;
  for (std::uint32_t place = 1; place < load_.places.size(); ++place)
    if (carbon_.rate(place, now) < carbon_.rate(best, now)) best = place;
  return best;
}

Instant Decider::next_change(Instant now) const {
  Instant next = end_of_time;
  for (std::uint32_t place = 0; place < load_.places.size(); ++place) {
    next = std::min(next, carbon_.next_change(place, now).value_or(end_of_time));
    next = std::min(next, grid(place).next_change(now).value_or(end_of_time));
  }
  return next;
}

// It never moves: where it begins it stays.
Choice Decider::by_threshold(const Job& job, Instant now) const {
  const std::uint32_t place = job.at.value_or(cleanest(now));
  if (job.running() && !load_.pausable) return {.place = place};
  const Instant change = next_change(now);
  if (clean(place, now)) return {.place = place, .until = load_.pausable ? change : end_of_time};
  const Duration to_pause = job.running() ? load_.pause : Duration{};
  const Instant latest{job.deadline.ns - job.left.ns - to_pause.ns};
  if (now >= latest) return {.place = place};
  return {.until = std::min(change, latest)};
}

// A job that has come to a place and not yet run there does not move on at once.
Choice Decider::after_the_sun(const Job& job, Instant now) const {
  const std::uint32_t best = cleanest(now);
  const Instant change = next_change(now);
  if (!job.at) return {.place = best, .until = change};
  const Duration lost = load_.pause + load_.move(*job.at, best).time;
  const bool gains = carbon_.rate(best, now) < (1 - load_.least_gain) * carbon_.rate(*job.at, now);
  const bool in_time = now + lost + job.left <= job.deadline;
  const bool moves = job.running() && best != *job.at && gains && in_time;
  return {.place = moves ? best : *job.at, .until = change};
}

Choice Decider::by_caps(const Job& job, Instant now) const {
  const Instant change = next_change(now);
  const double share = load_.caps->at(grid(0).at(now));
  const double slowdown = load_.places[0].draw(share).slowdown;
  const double all = seconds(job.left) * slowdown;
  const double span = change == end_of_time ? all : std::min(all, seconds(change - now));
  const double end = seconds(now - Instant{}) + span + (all - span) / slowdown;
  if (end > seconds(job.deadline - Instant{})) return {.place = 0};
  return {.place = 0, .share = share, .until = change};
}

}  // namespace fleetsim::loads
