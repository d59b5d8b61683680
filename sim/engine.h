#pragma once
#include <cstdint>

#include "sim/check.h"
#include "sim/pending_set.h"
#include "sim/slot_table.h"
#include "sim/units.h"

namespace fleetsim {

// on<&Link::drained>(link, flow): the typed way to make an event. What it names must outlive it and
// stay put: it is a member of the run, built once.
template <auto Method, class T>
Event on(T& object, std::uint64_t arg = 0) {
  return {[](void* self, std::uint64_t a) { (static_cast<T*>(self)->*Method)(a); }, &object, arg};
}

// The one event loop. Events run in (time, order of scheduling): a total order, hence one history.
// An event costs no allocation once the tables have grown to the largest number pending: 16 bytes
// in the pending set and 32 in the slot table.
class Engine {
 public:
  Instant now() const { return now_; }
  std::uint64_t events_run() const { return events_run_; }
  std::uint64_t pending() const { return slots_.live(); }
  std::size_t footprint() const { return pending_.footprint() + slots_.footprint(); }  // bytes used

  EventHandle at(Instant when, Event event) {  // REQUIRES: when >= now()
    check(when >= now_, "an event is never scheduled in the past");
    const EventHandle handle = slots_.take(event);
    pending_.push({when, handle.slot, handle.generation});
    return handle;
  }
  EventHandle after(Duration delay, Event event) { return at(now_ + delay, event); }

  // Cancelled events leave a mark that is skipped, or swept out once the marks are most of the set.
  bool cancel(EventHandle handle) {  // false: it has run, or was cancelled before
    if (slots_.find(handle) == nullptr) return false;
    Event event;
    slots_.release(handle, event);
    if (++cancelled_ > sweep_threshold + 2 * slots_.live()) sweep();
    return true;
  }

  // Moves a waiting event, as if it were cancelled and scheduled anew; the old handle is spent.
  // The answer names nothing if the event has run or was cancelled.
  EventHandle reschedule(EventHandle handle, Instant when) {
    const Event* found = slots_.find(handle);
    if (found == nullptr) return {};
    const Event event = *found;
    cancel(handle);
    return at(when, event);
  }

  bool step();                      // runs one event; false: nothing is left to run
  void run_until(Instant end);      // runs all up to and at `end`; now() == end, unless stopped
  void run();                       // runs until nothing is left, or stopped
  void stop() { stopped_ = true; }  // from within an event: run() and run_until() return after it

 private:
  static constexpr std::uint64_t sweep_threshold = 4096;

  bool run_next(Instant end);  // false: nothing is left up to `end`
  void sweep();

  Instant now_;
  std::uint64_t events_run_ = 0, cancelled_ = 0;
  bool stopped_ = false;
  PendingSet pending_;
  SlotTable slots_;
};

}  // namespace fleetsim
