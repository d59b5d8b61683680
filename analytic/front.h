#pragma once
#include <cstddef>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace fleetsim::analytic {

// What an exhaustive search needs, whatever is searched. Lower is better everywhere: who maximises
// gives the negative.

// All combinations of axes of given sizes, the first axis slowest.
class Odometer {
 public:
  explicit Odometer(std::vector<std::size_t> sizes)
      : sizes_(std::move(sizes)),
        at_(sizes_.size(), 0) {}

  std::span<const std::size_t> at() const { return at_; }
  std::size_t combinations() const;  // 0 when an axis is empty

  // To the next combination: the first axis that changed, all after it being at their start again.
  // The number of axes after the last combination.
  std::size_t next() {
    for (std::size_t axis = sizes_.size(); axis-- > 0;) {
      if (++at_[axis] < sizes_[axis]) return axis;
      at_[axis] = 0;
    }
    return sizes_.size();
  }

 private:
  std::vector<std::size_t> sizes_, at_;
};

// The `most` lowest of a stream of values, each with the number of what it is of. Of equal values
// the earlier is kept.
class Lowest {
 public:
  explicit Lowest(std::size_t most) : most_(most) {}

  bool takes(double value) const {
    return kept_.size() < most_ || (most_ > 0 && value < kept_.back().first);
  }
  void add(double value, std::size_t number);
  std::span<const std::pair<double, std::size_t>> kept() const { return kept_; }  // ascending

 private:
  std::size_t most_;
  std::vector<std::pair<double, std::size_t>> kept_;
};

// Of points with two values, those that no other beats in both (Pareto 1896): as the first value
// rises, the second falls. Of equal points the earlier is kept. O(log n) a point that is beaten.
class Front {
 public:
  struct Point {
    double second = 0;
    std::size_t number = 0;
  };

  // Whether (first, second) would be on it.
  bool takes(double first, double second) const {
    auto after = points_.upper_bound(first);
    return after == points_.begin() || (--after)->second.second > second;
  }
  void add(double first, double second, std::size_t number);
  const std::map<double, Point>& points() const { return points_; }  // by first value

 private:
  std::map<double, Point> points_;
};

}  // namespace fleetsim::analytic
