#pragma once
#include "workloads/serving/config.h"

namespace fleetsim::serving {

// A bucket that holds `burst` tokens and gains `rate` of them a second; a try takes one, or is
// refused. Told by the instant at which the bucket would be full again (the generic cell rate
// algorithm of ITU-T I.371), so that nothing is rounded from try to try.
class RateLimit {
 public:
  explicit RateLimit(const RateLimitConfig& config);
  bool admits(Instant now);

 private:
  Duration gap_, slack_;
  Instant full_{};
};

}  // namespace fleetsim::serving
