#include "workloads/training/slow_clock.h"

#include <cmath>

#include "sim/check.h"
#include "topology/failures.h"

namespace fleetsim::training {
namespace {

__extension__ typedef __int128 Wide;

}  // namespace

void SlowClock::start(Instant ready) {
  since_ = own_ = ready;
}

void SlowClock::slow(Instant now, double factor) {
  check(factor >= 1, "slow nodes are no faster than others");
  if (now > since_) {
    own_ = own(now);
    since_ = now;
  }
  factor_ = std::llround(factor * static_cast<double>(one));
}

Instant SlowClock::own(Instant wall) const {
  if (wall <= since_) return own_ + (wall - since_);
  return own_ + Duration{static_cast<std::int64_t>(Wide{(wall - since_).ns} * one / factor_)};
}

Instant SlowClock::wall(Instant own) const {
  if (own == end_of_time) return end_of_time;
  if (own <= own_) return since_ + (own - own_);
  const Wide passed = (Wide{(own - own_).ns} * factor_ + one - 1) / one;
  const bool beyond = passed >= (end_of_time - since_).ns;
  return beyond ? end_of_time : since_ + Duration{static_cast<std::int64_t>(passed)};
}

}  // namespace fleetsim::training
