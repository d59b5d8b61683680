#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "sim/units.h"
#include "workloads/training/cadence.h"

namespace fleetsim::training {

// What a job does from an interruption to the next is a straight line: it finds out, restarts, and
// then works for `interval` and writes for `write` in turn, until its work is done and written. So
// all that has happened by any instant follows from the time that has passed; nothing happens step
// by step or checkpoint by checkpoint. All in whole nanoseconds.
//
// What is written is saved after another `drain`, in which the work goes on; at the end of the work
// nothing is left to go on, and both the last write and the job wait for the drain. Writes go to
// levels by their number (cadence.h); the last of a job to the deepest.
struct Line {
  Instant begin{};
  Duration detection{}, restart{};  // before work goes on
  Duration interval{}, write{};     // interval > 0
  std::optional<Duration> work{};   // until the job is done, > 0; none: no end
  Duration drain{};                 // <= interval
  std::span<const CheckpointLevel> deeper{};
  std::int64_t number = 0;  // writes before

  // How the time from its begin to `now` was spent.
  struct Spent {
    Duration stalled{}, restart{}, write{};
    Duration saved{};        // work that a whole write has saved
    Duration open{};         // work since then
    Duration saving{};       // of `write`, with what is saved
    std::int64_t saves = 0;  // whole writes that have drained
  };
  Spent spent(Instant now) const;

  // When the job is done, unless it is interrupted; never, without an end.
  Instant done() const;

  Cadence cadence() const { return {interval, write, deeper}; }

  // When work begins.
  Instant ready() const { return begin + detection + restart; }

  // The first time at or after `t` that the deepest level has all work so far, but for a drain.
  Instant next_saved(Instant t) const;

 private:
  std::int64_t position() const { return number % cadence().period(); }  // in the pattern
  Duration until(std::int64_t writes) const;  // from ready to the end of so many
  std::int64_t whole_intervals() const;       // before the last, which may be shorter
  Duration last_interval() const;
  Duration after_last() const;  // from the end of the last but one write until all is done
};

}  // namespace fleetsim::training
