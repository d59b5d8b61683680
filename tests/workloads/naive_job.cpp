#include "tests/workloads/naive_job.h"

#include <algorithm>

namespace fleetsim::training {

void NaiveJob::step() {
  while (left_ == 0 && phase_ != Phase::stand && phase_ != Phase::halt && phase_ != Phase::done) {
    if (phase_ == Phase::start)
      enter(Phase::restart, restart_);
    else if (phase_ == Phase::restart)
      work_on();
    else if (phase_ == Phase::work && checked())
      enter(Phase::check, config_.checkpoint.verify.time.ns);
    else if (phase_ == Phase::work)
      begin_write(false);
    else if (phase_ == Phase::check)
      end_check();
    else
      end_write();
  }
}

void NaiveJob::end_check() {
  if (bad_ && !alarm_) {
    alarm_ = now_ + bad_->latency;
    alarm_since_ = bad_->since;
  }
  if (bad_ && last())
    phase_ = Phase::halt;
  else
    begin_write(!bad_);
}

void NaiveJob::end_write() {
  kept_.push_back(writing_);
  const std::size_t retain = config_.checkpoint.verify.retain;
  if (retain > 0 && kept_.size() > retain) kept_.erase(kept_.begin());
  if (writing_.verified) saved_at_ = now_;
  if (last())
    phase_ = Phase::done;
  else
    work_on();
}

void NaiveJob::undo() {
  const std::int64_t before = phase_ == Phase::stand ? saved() : state_;
  while (!kept_.empty() && !kept_.back().verified) kept_.pop_back();
  if (phase_ != Phase::stand) stand(now_);
  restore();
  ++alarms;
  wasted += now_ - alarm_since_;
  redone += before - state_;
  alarm_.reset();
}

void NaiveJob::pass_time() {
  using To = training::Phase;
  const auto spend = [this](To to) { spent_.add(to, Duration{1}); };
  if (phase_ == Phase::start || phase_ == Phase::halt) spend(To::stalled);
  if (phase_ == Phase::restart) spend(To::restart);
  if (phase_ == Phase::check || phase_ == Phase::write) spend(To::checkpoint);
  if (phase_ == Phase::stand) spend(now_ < known_ ? To::stalled : To::queued);
  if (phase_ == Phase::work) ++worked_, ++state_;
  --left_;
  ++now_;
}

}  // namespace fleetsim::training
