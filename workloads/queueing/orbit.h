#pragma once
#include <deque>

#include "sim/stream.h"
#include "sim/time_average.h"
#include "workloads/queueing/config.h"
#include "workloads/queueing/customer.h"

namespace fleetsim::queueing {

class System;

// Customers whom a full station has turned away and who will try again: each on its own (the storm
// grows with the orbit), or the first of them at one constant rate.
class Orbit {
 public:
  Orbit(System& system, const Retrial& config, std::uint32_t station, Stream chance)
      : system_(system),
        config_(config),
        station_(station),
        chance_(chance) {}

  void join(CustomerId id);
  const TimeAverage& size() const { return size_; }
  void restart(Instant now) { size_.restart(now); }

 private:
  void expect_try(std::uint32_t customer);
  void retry(std::uint64_t customer);
  void retry_first(std::uint64_t);

  System& system_;
  const Retrial& config_;
  std::uint32_t station_;
  Stream chance_;
  TimeAverage size_;
  std::deque<CustomerId> first_come_;  // only where the rate is constant
};

}  // namespace fleetsim::queueing
