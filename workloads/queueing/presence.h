#pragma once
#include <cstdint>
#include <vector>

#include "sim/time_average.h"

namespace fleetsim::queueing {

// Is told whenever the number of customers at one of its stations goes up or down by one.
class PresenceWatcher {
 public:
  virtual ~PresenceWatcher() = default;
  virtual void moved(std::uint32_t candidate, bool up, Instant now) = 0;
};

// Which of n stations hold the fewest customers, at O(1) a change: the stations lie in one array in
// order of their number of customers, and a change moves one over the border of its block.
class ShortestIndex final : public PresenceWatcher {
 public:
  explicit ShortestIndex(std::uint32_t candidates);
  void moved(std::uint32_t candidate, bool up, Instant now) override;
  std::uint32_t shortest_count() const;  // how many tie for the fewest
  std::uint32_t shortest(std::uint32_t i) const { return order_[i]; }  // i < shortest_count()

 private:
  void put_at(std::uint32_t candidate, std::uint32_t position);

  std::vector<std::uint32_t> order_, position_, length_;
  std::vector<std::uint32_t> shorter_;  // shorter_[k]: how many hold fewer than k
};

// The share of stations that hold at least k customers, over time; k = 1 .. deepest.
class DepthProfile final : public PresenceWatcher {
 public:
  static constexpr std::uint32_t deepest = 5;

  explicit DepthProfile(std::uint32_t stations);
  void moved(std::uint32_t candidate, bool up, Instant now) override;
  void restart(Instant now);
  double at_least(std::uint32_t k, Instant now) const;

 private:
  std::vector<std::uint32_t> length_;
  std::vector<TimeAverage> at_least_;
};

}  // namespace fleetsim::queueing
