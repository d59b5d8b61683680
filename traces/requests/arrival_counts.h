#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "sim/tally.h"
#include "sim/units.h"

namespace fleetsim::requests {

// How many arrivals there are in each full window of a width, from the first arrival on.
class WindowCounts {
 public:
  explicit WindowCounts(Duration width) : width_(width) {}
  void add(Duration since_first);

  std::uint64_t windows() const { return full_; }
  double least() const { return full_ == 0 ? 0 : static_cast<double>(least_); }
  double mean() const { return full_ == 0 ? 0 : sum_ / static_cast<double>(full_); }
  double most() const { return static_cast<double>(most_); }
  // Variance over mean, the index of dispersion of counts: 1 of a Poisson process at every width.
  // 0 where no window is full.
  double dispersion() const;

 private:
  void close(std::uint64_t count);

  Duration width_;
  std::int64_t index_ = 0;  // of the window that is open
  std::uint64_t open_ = 0;  // arrivals in it
  std::uint64_t full_ = 0, least_ = UINT64_MAX, most_ = 0;
  double sum_ = 0, squares_ = 0;
};

// Rate and burstiness of arrivals, in constant memory.
class ArrivalCounts {
 public:
  static constexpr std::array<Duration, 3> widths = {1_s, 10_s, 60_s};

  void add(Instant arrival);

  std::uint64_t count() const { return count_; }
  double span() const { return count_ == 0 ? 0 : seconds(last_ - first_); }              // s
  double rate() const { return span() > 0 ? static_cast<double>(count_) / span() : 0; }  // 1/s
  double gap_cv() const;  // standard deviation over mean of the gaps; 1 of a Poisson process
  const std::array<WindowCounts, 3>& windows() const { return windows_; }

 private:
  std::uint64_t count_ = 0;
  Instant first_{}, last_{};
  Tally gaps_{};
  std::array<WindowCounts, 3> windows_ = {WindowCounts(widths[0]), WindowCounts(widths[1]),
                                          WindowCounts(widths[2])};
};

}  // namespace fleetsim::requests
