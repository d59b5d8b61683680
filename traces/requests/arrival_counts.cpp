#include "traces/requests/arrival_counts.h"

#include <cmath>

namespace fleetsim::requests {

void WindowCounts::close(std::uint64_t count) {
  const auto arrivals = static_cast<double>(count);
  ++full_;
  sum_ += arrivals;
  squares_ += arrivals * arrivals;
  least_ = std::min(least_, count);
  most_ = std::max(most_, count);
}

void WindowCounts::add(Duration since_first) {
  const std::int64_t index = since_first.ns / width_.ns;
  if (index != index_) {
    close(open_);
    if (const std::int64_t empty = index - index_ - 1; empty > 0) {
      full_ += static_cast<std::uint64_t>(empty);
      least_ = 0;
    }
    index_ = index;
    open_ = 0;
  }
  ++open_;
}

double WindowCounts::dispersion() const {
  if (sum_ == 0) return 0;
  return (squares_ - mean() * sum_) / sum_;
}

void ArrivalCounts::add(Instant arrival) {
  if (count_++ == 0) {
    first_ = arrival;
  } else {
    gaps_.add(seconds(arrival - last_));
  }
  last_ = arrival;
  for (WindowCounts& counts : windows_) counts.add(arrival - first_);
}

double ArrivalCounts::gap_cv() const {
  if (gaps_.mean() == 0) return 0;
  const auto n = static_cast<double>(gaps_.count());
  return gaps_.deviation() * std::sqrt((n - 1) / n) / gaps_.mean();
}

}  // namespace fleetsim::requests
