#pragma once
#include <optional>
#include <vector>

#include "workloads/training/config.h"
#include "workloads/training/ledger.h"

namespace fleetsim::training {

// A job whose state is verified, one nanosecond after the other: it works, checks and writes, has a
// list of checkpoints, and each of them knows what is in it. Nothing is computed ahead.
class NaiveJob {
 public:
  explicit NaiveJob(const JobConfig& config) : config_(config) { begin(0, 0); }

  void corrupt(std::int64_t latency) {
    const bool begins = (phase_ == Phase::start && left_ + restart_ == 0) ||
                        (phase_ == Phase::restart && left_ == 0);
    const bool works = phase_ == Phase::work || phase_ == Phase::check || phase_ == Phase::write;
    if (!works && !begins) return;
    if (!bad_) bad_ = Bad{now_, latency};
  }
  void step();       // what ends now, ends
  void pass_time();  // a nanosecond
  void fail(std::int64_t detection) {
    stand(now_ + detection);
    restore();
  }
  void resume() {
    begin(std::max<std::int64_t>(0, known_ - now_),
          (config_.restart + config_.checkpoint.restore).ns);
  }
  void undo();

  bool done() const { return phase_ == Phase::done; }
  bool stands() const { return phase_ == Phase::stand; }
  std::optional<std::int64_t> alarm() const { return alarm_; }
  bool saved_now() const { return saved_at_ == now_; }  // by a checked write
  std::int64_t now() const { return now_; }
  std::int64_t alarms = 0, wasted = 0, redone = 0;

  Ledger ledger() const {
    Ledger out = spent_;
    out.add(training::Phase::useful, Duration{saved()});
    out.add(training::Phase::lost, Duration{worked_ - saved()});
    return out;
  }

 private:
  enum class Phase : std::uint8_t { start, restart, work, check, write, halt, stand, done };
  struct Bad {
    std::int64_t since = 0, latency = 0;
  };
  struct Checkpoint {
    std::int64_t number = 0, work = 0;
    std::optional<Bad> bad{};
    bool verified = false;
  };
  std::int64_t saved() const { return kept_.empty() ? 0 : kept_.back().work; }
  std::int64_t newest() const { return kept_.empty() ? 0 : kept_.back().number; }
  std::int64_t restart_time() const { return (config_.restart + config_.checkpoint.restore).ns; }
  void enter(Phase phase, std::int64_t left) { phase_ = phase, left_ = left; }
  void begin(std::int64_t stall, std::int64_t restart) {
    enter(Phase::start, stall), restart_ = restart;
  }
  void stand(std::int64_t known) { phase_ = Phase::stand, known_ = known; }
  void restore() {  // the newest checkpoint, whatever is in it
    state_ = saved();
    bad_ = kept_.empty() ? std::nullopt : kept_.back().bad;
  }
  void work_on() {
    const std::int64_t interval = config_.checkpoint.interval.ns;
    enter(Phase::work, config_.work ? std::min(interval, config_.work->ns - state_) : interval);
  }
  bool last() const { return config_.work && state_ == config_.work->ns; }
  bool checked() const { return last() || (newest() + 1) % config_.checkpoint.verify.every == 0; }
  void end_check();
  void begin_write(bool verified) {
    writing_ = {newest() + 1, state_, bad_, verified};
    enter(Phase::write, config_.checkpoint.write.ns);
  }
  void end_write();

  const JobConfig& config_;
  std::int64_t now_ = 0, left_ = 0, restart_ = 0, known_ = 0;
  Phase phase_ = Phase::start;
  std::int64_t state_ = 0, worked_ = 0;  // work in the state; ever done
  std::optional<Bad> bad_{};
  Checkpoint writing_{};
  std::vector<Checkpoint> kept_{};
  std::optional<std::int64_t> alarm_{};
  std::int64_t alarm_since_ = 0, saved_at_ = -1;
  Ledger spent_{};
};

}  // namespace fleetsim::training
