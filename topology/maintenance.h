#pragma once
#include <vector>

#include "sim/engine.h"
#include "topology/failures.h"

namespace fleetsim {

// When a cluster is on, by its plans of maintenance; several may overlap. What wears only while the
// cluster is on keeps the time of its `clock`, which stands still while it is off. So nothing that
// is off costs anything.
class MaintenanceClock {
 public:
  // `begins` hears the number of each maintenance when it begins, after the clock has stopped;
  // `ends` when it goes on.
  MaintenanceClock(Engine& engine, const std::vector<Maintenance>& plans, Event begins, Event ends);
  MaintenanceClock(const MaintenanceClock&) = delete;
  MaintenanceClock& operator=(const MaintenanceClock&) = delete;

  bool is_on() const { return off_ == 0; }
  Instant clock() const { return (is_on() ? engine_.now() : since_) + (Duration{} - lag_); }

  // For another reason: it is off from now on, or this reason is over.
  void stop(std::uint64_t number);
  void go_on();

  // When the clock comes to `then`, if nothing stops it before; never, while it stands still.
  Instant when(Instant then) const;

 private:
  void begin(std::uint64_t number);
  void end(std::uint64_t);

  Engine& engine_;
  const std::vector<Maintenance>& plans_;
  Event begins_, ends_;
  std::uint32_t off_ = 0;  // plans that keep it off
  Instant since_{};        // while it is off
  Duration lag_{};         // all the time that it has been off before
};

}  // namespace fleetsim
