#include "topology/maintenance.h"

namespace fleetsim {

MaintenanceClock::MaintenanceClock(Engine& engine, const std::vector<Maintenance>& plans,
                                   Event begins, Event ends)
    : engine_(engine),
      plans_(plans),
      begins_(begins),
      ends_(ends) {
  for (std::size_t i = 0; i < plans_.size(); ++i)
    engine_.at(Instant{} + plans_[i].first, on<&MaintenanceClock::begin>(*this, i));
}

Instant MaintenanceClock::when(Instant then) const {
  const bool never = !is_on() || then.ns >= end_of_time.ns - lag_.ns;
  return never ? end_of_time : then + lag_;
}

void MaintenanceClock::begin(std::uint64_t number) {
  const Maintenance& plan = plans_[number];
  engine_.after(plan.every, on<&MaintenanceClock::begin>(*this, number));
  engine_.after(plan.takes, on<&MaintenanceClock::end>(*this));
  stop(number);
}

void MaintenanceClock::end(std::uint64_t) {
  go_on();
}

void MaintenanceClock::stop(std::uint64_t number) {
  if (off_++ == 0) since_ = engine_.now();
  begins_.run(begins_.self, number);
}

void MaintenanceClock::go_on() {
  if (--off_ > 0) return;
  lag_ = lag_ + (engine_.now() - since_);
  ends_.run(ends_.self, 0);
}

}  // namespace fleetsim
