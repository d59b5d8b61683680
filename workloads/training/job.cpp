#include "workloads/training/job.h"

#include <algorithm>

#include "analytic/exact/checkpoint.h"
#include "sim/check.h"

namespace fleetsim::training {

Job::Job(const JobConfig& config, double failure_rate, Instant now)
    : config_(config),
      start_(now),
      first_rate_(failure_rate),
      replicas_(config.replicas),
      beat_(config.checkpoint.interval),
      corruption_(config.checkpoint) {
  line_.interval = config.checkpoint.interval;
  line_.write = config.checkpoint.write;
  line_.work = config.work;
  line_.drain = config.checkpoint.drain;
  line_.deeper = config.checkpoint.verify.every > 0 ? corruption_.pattern()
                                                    : std::span(config.checkpoint.deeper);
  kept_.resize(config.checkpoint.levels());
  begin(now, {}, {});
}

void Job::begin(Instant now, Duration detection, Duration restart) {
  state_ = State::running;
  line_.begin = now;
  line_.detection = detection;
  line_.restart = restart;
  clock_.start(line_.ready());
}

Line::Spent Job::spent(Instant now) const {
  const Instant own = clock_.own(now), halt = corruption_.halt(line_);
  Line::Spent out = line_.spent(std::min(own, halt));
  if (own < halt) return out;
  out.stalled = out.stalled + (own - halt);
  if (out.saved == *line_.work) {  // by a last write that takes no time, and is not made
    --out.saves;
    out.open = out.saved - out.saves * line_.interval;
    out.saved = out.saves * line_.interval;
  }
  return out;
}

Ledger Job::ledger(Instant now) const {
  Ledger out = booked_;
  if (state_ == State::running) {
    const Line::Spent spent = this->spent(now);
    out.add(Phase::useful, part_of(spent.saved));
    out.add(Phase::checkpoint, spent.write);
    out.add(Phase::lost, spent.open);
    out.add(Phase::restart, spent.restart);
    out.add(Phase::stalled, spent.stalled + (spent.saved - part_of(spent.saved)));
    out.add(Phase::stalled, now - clock_.own(now));
  }
  if (state_ == State::standing) {
    const Instant known = std::clamp(known_, since_, now);
    out.add(Phase::stalled, known - since_);
    out.add(Phase::queued, now - known);
  }
  return out;
}

// Notes what the line has saved. A write to a level leaves a copy at those above.
void Job::keep(Instant now) {
  if (state_ != State::running || now < line_.ready()) return;
  const Cadence cadence = line_.cadence();
  const std::int64_t newest = line_.number + spent(now).saves;
  corruption_.wrote(newest);
  const Duration before = booked_[Phase::useful];
  for (std::size_t i = 0; i < kept_.size(); ++i) {
    if (i < source_) kept_[i] = kept_[source_];
    const std::int64_t number = newest - newest % cadence.every(i);
    if (number > line_.number)
      kept_[i] = {number, before + part_of((number - line_.number) * line_.interval)};
  }
  source_ = 0;
}

void Job::fall_back(double severity) {
  const CheckpointConfig& plan = config_.checkpoint;
  while (source_ + 1 < kept_.size() && severity >= plan.survival_of(source_)) ++source_;
  go_back(kept_[source_]);
}

void Job::go_back(const Kept& to) {
  const Duration lost = booked_[Phase::useful] - to.work;
  booked_.add(Phase::lost, lost);
  booked_.add(Phase::useful, Duration{} - lost);
  line_.number = to.number;
}

void Job::strike(Instant now, Duration detection, double severity) {
  keep(now);
  booked_ = ledger(now);
  fall_back(severity);
  corruption_.interrupted(now, line_.number);
  stand(now, now + detection);
  ++failures_;
}

void Job::pause(Instant now) {
  check(state_ == State::running, "only a job that runs is paused");
  keep(now);
  const Line::Spent spent = this->spent(now);
  const Duration unsaved = spent.write - spent.saving;
  booked_ = ledger(now);
  booked_.add(Phase::lost, Duration{} - spent.open);
  booked_.add(Phase::checkpoint, Duration{} - unsaved);
  booked_.add(Phase::queued, spent.open + unsaved);
  fall_back(0);
  stand(now, now);
}

// As if it had begun where the work that is open did, with that for its interval.
bool Job::save(Instant now) {
  if (state_ != State::running || now < line_.ready()) return false;
  const Line::Spent spent = this->spent(now);
  const bool at_work = spent.open > Duration{} && spent.open < line_.interval;
  if (!at_work || done() <= now + line_.write) return false;
  keep(now);
  const Instant begun = now + (Duration{} - spent.open);
  interval_area_ = interval_area(begun);
  booked_ = ledger(now);
  booked_.add(Phase::lost, Duration{} - spent.open);
  line_.number = kept_[0].number;
  if (line_.work) line_.work = *line_.work - spent.saved;
  line_.interval = spent.open;
  begin(begun, {}, {});
  return true;
}

// REQUIRES: the books are made until now.
void Job::stand(Instant now, Instant known) {
  interval_area_ = interval_area(now);
  state_ = State::standing;
  since_ = now;
  known_ = known;
}

void Job::corrupt(Instant now, Duration latency) {
  if (state_ == State::running) corruption_.strike(line_, now, latency);
}

// Whoever stands still already goes on to do so, and has less to go back to.
void Job::undo(Instant now) {
  const bool runs = state_ == State::running;
  const Duration open = runs ? spent(now).open : Duration{};
  keep(now);
  booked_ = ledger(now);
  const Duration before = booked_[Phase::useful];
  const std::int64_t back = corruption_.fall_back(now);
  kept_[0] = {back, back * line_.interval};
  go_back(kept_[0]);
  corruption_.undid(open + before - kept_[0].work);
  stand(now, runs ? now : known_);
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
  check(state_ == State::running && spent(now).open == Duration{}, "all it did is saved");
  keep(now);
  line_.number = kept_[0].number;
  booked_ = ledger(now);
  stand(now, now);
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
  line_.interval = beat_;
  if (config_.checkpoint.rule == CheckpointConfig::Rule::adaptive) adapt(now);
  begin(now, std::max(Duration{}, known_ - now),
        swap + config_.restart + config_.checkpoint.restore_from(source_));
  corruption_.resumed(line_);
}

// The best interval for the failures seen so far, the first belief counting as one of them.
void Job::adapt(Instant now) {
  const double seen = seconds(now - start_) + 1 / first_rate_;
  const double mtbf = seen / static_cast<double>(failures_ + 1);
  const Result<double> best = analytic::optimal_interval(seconds(config_.checkpoint.write), mtbf);
  check(bool(best), "writes and times between failures are positive");
  line_.interval = beat_ = std::max(from_seconds(*best), line_.drain);
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
  const bool goes_on = state_ == State::running && !corruption_.spoilt();
  return goes_on ? clock_.wall(line_.done()) : end_of_time;
}

Instant Job::next_saved(Instant t) const {
  if (state_ != State::running) return end_of_time;
  const Instant saved = line_.next_saved(clock_.own(t));
  return corruption_.clean_at(saved) ? std::max(t, clock_.wall(saved)) : end_of_time;
}

double Job::interval_area(Instant now) const {
  const Instant end = state_ == State::finished ? since_ : now;
  const Instant from = state_ == State::running ? line_.begin : since_;
  return interval_area_ + seconds(beat_) * seconds(end - from);
}

}  // namespace fleetsim::training
