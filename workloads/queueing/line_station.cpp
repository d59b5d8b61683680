#include "workloads/queueing/line_station.h"

#include "workloads/queueing/system.h"

namespace fleetsim::queueing {

LineStation::LineStation(System& system, const StationConfig& config, std::uint32_t group)
    : Station(system, config, group),
      line_(config.discipline == Discipline::fcfs) {}

std::uint64_t LineStation::key_of(CustomerId id) {
  const std::uint64_t number = arrivals_++;
  if (config().discipline == Discipline::lcfs) return ~number;
  if (config().discipline == Discipline::priority) return system().priority_key(id, number);
  return number;
}

void LineStation::arrive(CustomerId id) {
  add_present(1);
  if (serving_ < config().servers) return start(id);
  line_.push(key_of(id), id, system().customers());
  if (config().patience)
    system().customers()[id].patience = system().engine().after(
        system().draw_patience(group()), on<&LineStation::lose_patience>(*this, id.index));
}

void LineStation::start(CustomerId id) {
  set_busy(++serving_);
  system().engine().after(system().customers()[id].work, on<&LineStation::finish>(*this, id.index));
}

void LineStation::finish(std::uint64_t customer) {
  set_busy(--serving_);
  add_present(-1);
  if (line_.size() > 0) {
    const CustomerId next = line_.pop(system().customers());
    system().engine().cancel(system().customers()[next].patience);
    start(next);
  }
  system().served({static_cast<std::uint32_t>(customer)}, group());
}

void LineStation::lose_patience(std::uint64_t customer) {
  add_present(-1);
  system().gave_up({static_cast<std::uint32_t>(customer)});
  line_.gave_up(system().customers());
}

}  // namespace fleetsim::queueing
