#include "sim/engine.h"

#include <limits>

namespace fleetsim {
namespace {

constexpr Instant end_of_time{std::numeric_limits<std::int64_t>::max()};

}  // namespace

inline bool Engine::run_next(Instant end) {
  const auto fetch = [this](const Pending& event) { slots_.prefetch(event.slot); };
  Event event;
  for (const Pending* first = pending_.first(fetch); first != nullptr && first->when <= end;
       first = pending_.first(fetch)) {
    const Instant when = first->when;
    const EventHandle handle{first->slot, first->generation};
    pending_.take_first();
    if (slots_.release(handle, event)) [[likely]] {
      check(when >= now_, "time never runs backwards");
      now_ = when;
      ++events_run_;
      event.run(event.self, event.arg);
      return true;
    }
    --cancelled_;
  }
  return false;
}

bool Engine::step() {
  return run_next(end_of_time);
}

void Engine::run_until(Instant end) {
  check(end >= now_, "a run never ends in the past");
  stopped_ = false;
  while (run_next(end))
    if (stopped_) return;
  now_ = end;
}

void Engine::run() {
  stopped_ = false;
  while (!stopped_ && run_next(end_of_time)) {
  }
}

void Engine::sweep() {
  pending_.remove_if([this](const Pending& event) {
    return slots_.find({event.slot, event.generation}) == nullptr;
  });
  cancelled_ = 0;
}

}  // namespace fleetsim
