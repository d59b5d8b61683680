#include "workloads/training/job.h"

#include <algorithm>

#include "analytic/exact/checkpoint.h"
#include "sim/check.h"

namespace fleetsim::training {

Job::Job(const JobConfig& config, double failure_rate, Instant now)
    : config_(config),
      start_(now),
      first_rate_(failure_rate),
      replicas_(config.replicas) {
  line_.interval = config.checkpoint.interval;
  line_.write = config.checkpoint.write;
  line_.work = config.work;
  begin(now, {}, {});
}

void Job::begin(Instant now, Duration detection, Duration restart) {
  state_ = State::running;
  line_.begin = now;
  line_.detection = detection;
  line_.restart = restart;
}

Ledger Job::ledger(Instant now) const {
  Ledger out = booked_;
  if (state_ == State::running) {
    const Line::Spent spent = line_.spent(now);
    out.add(Phase::useful, part_of(spent.saved));
    out.add(Phase::checkpoint, spent.write);
    out.add(Phase::lost, spent.open);
    out.add(Phase::restart, spent.restart);
    out.add(Phase::stalled, spent.stalled + (spent.saved - part_of(spent.saved)));
  }
  if (state_ == State::standing) {
    const Instant known = std::clamp(known_, since_, now);
    out.add(Phase::stalled, known - since_);
    out.add(Phase::queued, now - known);
  }
  return out;
}

void Job::strike(Instant now, Duration detection) {
  booked_ = ledger(now);
  interval_area_ = interval_area(now);
  state_ = State::standing;
  since_ = now;
  known_ = now + detection;
  ++failures_;
}

// Whole nanoseconds of the second give those of the first back: floor(ceil(x d/r) r/d) = x.
Duration Job::part_of(Duration time) const {
  const std::int64_t of = config_.replicas;
  return {time.ns / of * replicas_ + time.ns % of * replicas_ / of};
}
Duration Job::time_for(Duration work) const {
  const std::int64_t of = config_.replicas, by = replicas_;
  return {work.ns / by * of + (work.ns % by * of + by - 1) / by};
}

void Job::regroup(Instant now, Duration swap, std::uint32_t replicas) {
  check(state_ == State::running && line_.spent(now).open == Duration{}, "all it did is saved");
  booked_ = ledger(now);
  interval_area_ = interval_area(now);
  state_ = State::standing;
  since_ = known_ = now;
  use(replicas);
  resume(now, swap);
}

void Job::use(std::uint32_t replicas) {
  check(stands() && replicas > 0, "a job that stands still has replicas to go on with");
  replicas_ = replicas;
}

void Job::resume(Instant now, Duration swap) {
  check(state_ == State::standing, "only a job that stands still is resumed");
  booked_ = ledger(now);
  interval_area_ = interval_area(now);
  if (config_.work) line_.work = time_for(*config_.work - booked_[Phase::useful]);
  if (config_.checkpoint.rule == CheckpointConfig::Rule::adaptive) adapt(now);
  begin(now, std::max(Duration{}, known_ - now), swap + config_.restart);
}

// The best interval for the failures seen so far, the first belief counting as one of them.
void Job::adapt(Instant now) {
  const double seen = seconds(now - start_) + 1 / first_rate_;
  const double mtbf = seen / static_cast<double>(failures_ + 1);
  const Result<double> best = analytic::optimal_interval(seconds(config_.checkpoint.write), mtbf);
  check(bool(best), "writes and times between failures are positive");
  line_.interval = from_seconds(*best);
}

void Job::finish(Instant now) {
  check(now == done(), "a job is finished when it is done");
  booked_ = ledger(now);
  interval_area_ = interval_area(now);
  since_ = now;
  state_ = State::finished;
  check(booked_[Phase::useful] == *config_.work, "all its work is saved");
  check(booked_.total() == now - start_, "the phases sum to the wall time");
}

Instant Job::done() const {
  return state_ == State::running ? line_.done() : end_of_time;
}

Instant Job::next_saved(Instant t) const {
  return state_ == State::running ? line_.next_saved(t) : end_of_time;
}

double Job::interval_area(Instant now) const {
  const Instant end = state_ == State::finished ? since_ : now;
  const Instant from = state_ == State::running ? line_.begin : since_;
  return interval_area_ + seconds(line_.interval) * seconds(end - from);
}

}  // namespace fleetsim::training
