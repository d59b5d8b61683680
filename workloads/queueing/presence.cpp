#include "workloads/queueing/presence.h"

#include <numeric>

#include "sim/check.h"

namespace fleetsim::queueing {

ShortestIndex::ShortestIndex(std::uint32_t candidates)
    : order_(candidates),
      position_(candidates),
      length_(candidates, 0),
      shorter_{0, candidates, candidates} {
  std::iota(order_.begin(), order_.end(), 0u);
  std::iota(position_.begin(), position_.end(), 0u);
}

void ShortestIndex::put_at(std::uint32_t candidate, std::uint32_t position) {
  const std::uint32_t other = order_[position];
  order_[position_[candidate]] = other;
  position_[other] = position_[candidate];
  order_[position] = candidate;
  position_[candidate] = position;
}

void ShortestIndex::moved(std::uint32_t candidate, bool up, Instant) {
  const std::uint32_t length = length_[candidate];
  if (up) {
    if (shorter_.size() < length + 3) shorter_.push_back(shorter_.back());
    put_at(candidate, --shorter_[length + 1]);
    length_[candidate] = length + 1;
  } else {
    check(length > 0, "a station never holds fewer than no customers");
    put_at(candidate, shorter_[length]++);
    length_[candidate] = length - 1;
  }
}

std::uint32_t ShortestIndex::shortest_count() const {
  return shorter_[length_[order_[0]] + 1];
}

DepthProfile::DepthProfile(std::uint32_t stations) : length_(stations, 0), at_least_(deepest + 1) {}

void DepthProfile::moved(std::uint32_t candidate, bool up, Instant now) {
  const std::uint32_t crossed = up ? ++length_[candidate] : length_[candidate]--;
  if (crossed > deepest) return;
  TimeAverage& average = at_least_[crossed];
  average.set(now, average.level() + (up ? 1 : -1));
}

void DepthProfile::restart(Instant now) {
  for (TimeAverage& average : at_least_) average.restart(now);
}

double DepthProfile::at_least(std::uint32_t k, Instant now) const {
  return at_least_[k].mean(now) / static_cast<double>(length_.size());
}

}  // namespace fleetsim::queueing
