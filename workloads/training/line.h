#pragma once
#include <cstdint>
#include <optional>

#include "sim/units.h"

namespace fleetsim::training {

// What a job does from an interruption to the next is a straight line: it finds out, restarts, and
// then works for `interval` and writes for `write` in turn, until its work is done and written. So
// all that has happened by any instant follows from the time that has passed; nothing happens step
// by step or checkpoint by checkpoint. All in whole nanoseconds.
struct Line {
  Instant begin{};
  Duration detection{}, restart{};  // before work goes on
  Duration interval{}, write{};     // interval > 0
  std::optional<Duration> work{};   // until the job is done, > 0; none: no end

  // How the time from its begin to `now` was spent.
  struct Spent {
    Duration stalled{}, restart{}, write{};
    Duration saved{};  // work that a whole write has saved
    Duration open{};   // work since then
  };
  Spent spent(Instant now) const;

  // When the job is done, unless it is interrupted; never, without an end.
  Instant done() const;

  // The end of the first whole write at or after `t`.
  Instant next_saved(Instant t) const;

 private:
  std::int64_t whole_intervals() const;  // before the last, which may be shorter
  Duration last_interval() const;
  Instant ready() const { return begin + detection + restart; }
};

}  // namespace fleetsim::training
