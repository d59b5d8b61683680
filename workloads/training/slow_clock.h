#pragma once
#include <cstdint>

#include "sim/units.h"

namespace fleetsim::training {

// The own time of a job some of whose nodes are slow: its line (line.h) lives in it. From its
// begin until work goes on it is wall time, for restarts wait for nobody's arithmetic; from then on
// it goes `factor` times slower, as the slowest node does. In whole nanoseconds, the factor in
// millionths: so own time passes through each nanosecond, and wall(own) is exact.
class SlowClock {
 public:
  void start(Instant ready);              // wall time is own time until then
  void slow(Instant now, double factor);  // from now on, or from `ready`; >= 1

  Instant own(Instant wall) const;  // REQUIRES: no change has come since
  Instant wall(Instant own) const;  // the first with that own time, if the factor stays

 private:
  static constexpr std::int64_t one = 1'000'000;
  Instant since_{}, own_{};  // of the last change
  std::int64_t factor_ = one;
};

}  // namespace fleetsim::training
