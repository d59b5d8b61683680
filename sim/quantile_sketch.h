#pragma once
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/check.h"

namespace fleetsim {

// Quantiles of any number of non-negative observations, to a relative error of 1/1024 (0.098 %), in
// bounded memory, merged exactly.
//
// It counts observations in buckets. The bucket is read off the bits of the double: its exponent
// and its top 10 mantissa bits, so each power of two is cut into 1024 equal parts and no logarithm
// is taken (the idea of HdrHistogram, Tene 2012; the error bound is that of DDSketch, Masson et
// al., VLDB 2019). The answer lies in the bucket of the exact sample quantile, and inside the
// observed range. Below 2.2e-308 doubles lose their digits, and the bound goes with them.
//
// Memory: 8 bytes for each bucket between the least and the greatest that was touched (and as much
// again for growth), 8 KiB per power of two; 16 MiB if a sketch sees all doubles there are.
class QuantileSketch {
 public:
  // So many equal observations. REQUIRES: x is finite and not negative; times > 0.
  void add(double x, std::uint64_t times = 1) {
    min_ = x < min_ ? x : min_;
    max_ = x > max_ ? x : max_;
    count_ += times;
    if (x == 0) return;  // zeros are those in no bucket
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
    check(bits < infinity_bits, "a sketch takes finite, non-negative numbers");
    const std::uint64_t slot = (bits >> dropped_bits) - first_;
    if (slot >= counts_.size()) [[unlikely]]
      return grow_and_count(bits >> dropped_bits, times);
    counts_[slot] += times;
  }

  // The least number beyond the bucket of x. REQUIRES: as above, x > 0.
  static double bucket_end(double x) {
    return edge((std::bit_cast<std::uint64_t>(x) >> dropped_bits) + 1);
  }

  void merge(const QuantileSketch& other);
  void clear();  // keeps the memory

  // All that it knows, as rows of whole numbers for a file; a sketch made from them is the same.
  struct Cell {
    std::int64_t key = 0, value = 0;
  };
  std::vector<Cell> cells() const;
  static QuantileSketch from_cells(std::span<const Cell> cells);

  std::uint64_t count() const { return count_; }
  double min() const { return min_; }  // exact; infinity of nothing
  double max() const { return max_; }  // exact; -infinity of nothing

  // The observation of rank ceil(p count), as well as its bucket tells: the observations of a
  // bucket are taken to be spread evenly. The first and the last are exact.
  // REQUIRES: count() > 0, 0 <= p <= 1.
  double quantile(double p) const;

  // The share of observations <= x, by the same rule. REQUIRES: count() > 0.
  double cdf(double x) const;

 private:
  static constexpr int dropped_bits = 52 - 10;
  static constexpr std::uint64_t infinity_bits = std::uint64_t{0x7FF} << 52;

  // The least double of a bucket. That of the last bucket's successor is infinity.
  static double edge(std::uint64_t bucket) { return std::bit_cast<double>(bucket << dropped_bits); }
  struct Range {
    double low, high;
  };
  Range range(std::size_t i) const;  // of bucket first_ + i, as far as it can hold observations
  std::uint64_t zeros() const;
  void grow_and_count(std::uint64_t bucket, std::uint64_t times);
  void cover(std::uint64_t first, std::uint64_t last);

  std::vector<std::uint64_t> counts_;  // of bucket first_ + i
  std::uint64_t first_ = 0;
  std::uint64_t count_ = 0;  // zeros included
  double min_ = edge(infinity_bits >> dropped_bits);
  double max_ = -edge(infinity_bits >> dropped_bits);
};

}  // namespace fleetsim
