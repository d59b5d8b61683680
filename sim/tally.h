#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace fleetsim {

// Count, mean, variance and extremes of observations, in constant memory.
//
// The mean and the sum of squares about it are updated together (Welford, Technometrics 4, 1962),
// which loses no digits when the variance is small beside the mean; two tallies merge by the
// formula of Chan, Golub and LeVeque (Am. Statistician 37, 1983). Rounding depends on the order of
// merging, so merge in the order of replications.
class Tally {
 public:
  void add(double x) {
    ++count_;
    const double step = x - mean_;
    mean_ += step / static_cast<double>(count_);
    squares_ += step * (x - mean_);
    min_ = std::min(min_, x);
    max_ = std::max(max_, x);
  }

  void merge(const Tally& other) {
    if (other.count_ == 0) return;
    const double here = static_cast<double>(count_), there = static_cast<double>(other.count_);
    const double step = other.mean_ - mean_;
    mean_ += step * (there / (here + there));
    squares_ += other.squares_ + step * step * (here * there / (here + there));
    count_ += other.count_;
    min_ = std::min(min_, other.min_);
    max_ = std::max(max_, other.max_);
  }

  std::uint64_t count() const { return count_; }
  double mean() const { return mean_; }  // 0 of nothing
  // Of the population that the observations come from: divided by count - 1. 0 for less than two.
  double variance() const { return count_ < 2 ? 0 : squares_ / static_cast<double>(count_ - 1); }
  double deviation() const { return std::sqrt(variance()); }
  double min() const { return min_; }  // infinity of nothing
  double max() const { return max_; }  // -infinity of nothing

 private:
  std::uint64_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;  // sum of (x - mean)^2
  double min_ = std::numeric_limits<double>::infinity();
  double max_ = -std::numeric_limits<double>::infinity();
};

}  // namespace fleetsim
