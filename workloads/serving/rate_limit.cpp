#include "workloads/serving/rate_limit.h"

#include <algorithm>

namespace fleetsim::serving {

RateLimit::RateLimit(const RateLimitConfig& config)
    : gap_(from_seconds(1 / config.rate)),
      slack_{gap_.ns * (std::int64_t{config.burst} - 1)} {}

bool RateLimit::admits(Instant now) {
  const Instant full = std::max(full_, now);
  if (full - now > slack_) return false;
  full_ = full + gap_;
  return true;
}

}  // namespace fleetsim::serving
