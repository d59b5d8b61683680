#include "workloads/training/corruption.h"

#include <algorithm>

#include "sim/check.h"
#include "topology/failures.h"

namespace fleetsim::training {
namespace {

std::vector<CheckpointLevel> pattern_of(const CheckpointConfig& plan) {
  if (plan.verify.every == 0) return {};
  check(plan.deeper.empty() && plan.drain == Duration{} &&
            plan.rule != CheckpointConfig::Rule::adaptive,
        "what is verified is written to one place, at intervals that stay");
  return {{.name = "checked",
           .every = plan.verify.every,
           .write = plan.verify.time + plan.write,
           .restore = plan.restore}};
}

// A check ends where the write after it begins.
Instant check_before(Instant saved, Duration write) {
  return saved + (Duration{} - write);
}

}  // namespace

Corruption::Corruption(const CheckpointConfig& plan)
    : plan_(plan.verify),
      write_(plan.write),
      pattern_(pattern_of(plan)) {}

Instant Corruption::next_check(const Line& line, Instant t) const {
  const Instant end = check_before(line.next_saved(t + write_), write_);
  return end >= t ? end : end_of_time;
}

void Corruption::strike(const Line& line, Instant now, Duration latency) {
  if (plan_.every == 0 || corrupt_ || now < line.ready()) return;
  const Instant check = next_check(line, now);
  if (check == end_of_time) return;
  corrupt_ = true;
  corrupt_at_ = now;
  const Instant begun = now + (write_ - Duration{1});  // what ends by then began before now
  clean_ = line.number + line.spent(std::max(begun, line.begin)).saves;
  if (found_ != end_of_time) return;
  found_ = check;
  first_ = now;
  latency_ = latency;
}

void Corruption::wrote(std::int64_t newest) {
  if (plan_.every == 0) return;
  const std::int64_t good = corrupt_ ? std::min(newest, clean_) : newest;
  verified_ = std::max(verified_, good - good % plan_.every);
  if (plan_.retain > 0) oldest_ = std::max(oldest_, newest - plan_.retain + 1);
}

void Corruption::interrupted(Instant now, std::int64_t newest) {
  if (found_ != end_of_time && found_ > now) found_ = end_of_time;
  if (newest <= clean_) corrupt_ = false;
}

void Corruption::resumed(const Line& line) {
  if (!corrupt_) return;
  corrupt_at_ = line.begin;
  if (found_ == end_of_time) found_ = next_check(line, line.ready());
}

std::int64_t Corruption::fall_back(Instant now) {
  check(now == alarm(), "an alarm comes when it is due");
  toll_.wasted = toll_.wasted + (now - first_);
  ++toll_.alarms;
  corrupt_ = false;
  found_ = end_of_time;
  if (verified_ < oldest_) {
    verified_ = 0;
    oldest_ = 1;
  }
  return verified_;
}

Instant Corruption::alarm() const {
  return found_ == end_of_time ? end_of_time : found_ + latency_;
}

Instant Corruption::halt(const Line& line) const {
  const Instant done = line.done();
  return corrupt_ && done != end_of_time ? check_before(done, write_) : end_of_time;
}

bool Corruption::clean_at(Instant saved) const {
  return !corrupt_ || check_before(saved, write_) < corrupt_at_;
}

std::int64_t least_retained(const CheckpointConfig& plan, Duration latency) {
  const Corruption checks(plan);
  const Cadence cadence{plan.interval, plan.write, checks.pattern()};
  const bool written = latency >= plan.write;
  return plan.verify.every + (written ? 1 + cadence.whole_in(latency - plan.write) : 0);
}

}  // namespace fleetsim::training
