#pragma once
#include <cstdint>

#include "sim/check.h"
#include "sim/units.h"

namespace fleetsim {

// The mean over time of a level that is a whole number: customers present, servers busy, nodes up.
//
// The area under the level is kept in 128-bit integers (level x nanoseconds), so it is exact: it
// doesn't matter how often, or in which steps, the level was set.
class TimeAverage {
 public:
  explicit TimeAverage(Instant start = {}, std::int64_t level = 0)
      : start_(start),
        last_(start),
        level_(level) {}

  std::int64_t level() const { return level_; }

  // From `now` on. REQUIRES: now never falls from call to call.
  void set(Instant now, std::int64_t level) {
    settle(now);
    level_ = level;
  }

  // Forgets what was before: the end of the warm-up. The level stays.
  void restart(Instant now) {
    settle(now);
    start_ = now;
    area_ = 0;
  }

  __extension__ typedef __int128 Area;  // level x ns

  // The area under the level since the start, or the last restart: exact.
  Area area(Instant now) const { return area_ + Area{level_} * (now - last_).ns; }

  // From the start, or the last restart, to `now`; the level itself when no time has passed.
  double mean(Instant now) const {
    check(now >= last_, "a time average is read at or after its last change");
    if (now == start_) return static_cast<double>(level_);
    return static_cast<double>(area(now)) / static_cast<double>((now - start_).ns);
  }

 private:
  void settle(Instant now) {
    check(now >= last_, "a level changes in order of time");
    area_ = area(now);
    last_ = now;
  }

  Area area_ = 0;
  Instant start_, last_;
  std::int64_t level_;
};

}  // namespace fleetsim
