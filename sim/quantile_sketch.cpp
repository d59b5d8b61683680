#include "sim/quantile_sketch.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace fleetsim {

// Rare enough to be recounted when asked for: only the reading functions want them.
std::uint64_t QuantileSketch::zeros() const {
  return count_ - std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

QuantileSketch::Range QuantileSketch::range(std::size_t i) const {
  return {std::max(min_, edge(first_ + i)), std::min(max_, edge(first_ + i + 1))};
}

// Grows by at least half of what is there, so that the cost of growing stays a constant share.
void QuantileSketch::cover(std::uint64_t first, std::uint64_t last) {
  const std::uint64_t old_last = first_ + counts_.size() - 1;
  if (!counts_.empty() && first >= first_ && last <= old_last) return;
  const std::uint64_t spare = std::max<std::uint64_t>(64, counts_.size() / 2);
  const std::uint64_t end = (infinity_bits >> dropped_bits) - 1;
  std::uint64_t new_first = first - std::min(first, spare), new_last = std::min(end, last + spare);
  if (!counts_.empty()) {
    new_first = first < first_ ? new_first : first_;
    new_last = last > old_last ? new_last : old_last;
  }
  std::vector<std::uint64_t> wider(new_last - new_first + 1);
  if (!counts_.empty())
    std::copy(counts_.begin(), counts_.end(),
              wider.begin() + static_cast<std::ptrdiff_t>(first_ - new_first));
  counts_ = std::move(wider);
  first_ = new_first;
}

void QuantileSketch::grow_and_count(std::uint64_t bucket, std::uint64_t times) {
  cover(bucket, bucket);
  counts_[bucket - first_] += times;
}

void QuantileSketch::merge(const QuantileSketch& other) {
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  if (other.counts_.empty()) return;
  cover(other.first_, other.first_ + other.counts_.size() - 1);
  const std::uint64_t shift = other.first_ - first_;
  for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[shift + i] += other.counts_[i];
}

void QuantileSketch::clear() {
  std::fill(counts_.begin(), counts_.end(), 0);
  count_ = 0;
  min_ = std::numeric_limits<double>::infinity();
  max_ = -min_;
}

namespace {

// Keys of cells that are no buckets; those of buckets are not negative.
constexpr std::int64_t zeros_key = -1, min_key = -2, max_key = -3;

}  // namespace

std::vector<QuantileSketch::Cell> QuantileSketch::cells() const {
  std::vector<Cell> out;
  if (count_ == 0) return out;
  out.push_back({min_key, std::bit_cast<std::int64_t>(min_)});
  out.push_back({max_key, std::bit_cast<std::int64_t>(max_)});
  out.push_back({zeros_key, static_cast<std::int64_t>(zeros())});
  for (std::size_t i = 0; i < counts_.size(); ++i)
    if (counts_[i] > 0)
      out.push_back({static_cast<std::int64_t>(first_ + i), static_cast<std::int64_t>(counts_[i])});
  return out;
}

QuantileSketch QuantileSketch::from_cells(std::span<const Cell> cells) {
  QuantileSketch sketch;
  for (const Cell& cell : cells) {
    if (cell.key == min_key) sketch.min_ = std::bit_cast<double>(cell.value);
    if (cell.key == max_key) sketch.max_ = std::bit_cast<double>(cell.value);
    if (cell.key >= zeros_key &&
        cell.key < static_cast<std::int64_t>(infinity_bits >> dropped_bits))
      sketch.count_ += static_cast<std::uint64_t>(cell.value);
    if (cell.key < 0 || cell.key >= static_cast<std::int64_t>(infinity_bits >> dropped_bits))
      continue;
    const auto bucket = static_cast<std::uint64_t>(cell.key);
    sketch.cover(bucket, bucket);
    sketch.counts_[bucket - sketch.first_] += static_cast<std::uint64_t>(cell.value);
  }
  return sketch;
}

double QuantileSketch::quantile(double p) const {
  check(count_ > 0, "a quantile is asked of observations");
  check(p >= 0 && p <= 1, "a quantile's probability lies in [0, 1]");
  const double n = static_cast<double>(count_);
  // The factor makes 0.07 of 100 the 7th, though the product rounds to just above 7.
  const double rank = std::clamp(std::ceil(p * n * (1 - 1e-15)), 1.0, n);
  if (rank == 1) return min_;
  if (rank == n) return max_;
  double before = static_cast<double>(zeros());
  if (rank <= before) return 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    const double inside = static_cast<double>(counts_[i]);
    if (rank > before + inside) {
      before += inside;
      continue;
    }
    const Range bucket = range(i);
    return bucket.low + (bucket.high - bucket.low) * ((rank - before - 0.5) / inside);
  }
  return max_;  // counts above 2^53 round
}

double QuantileSketch::cdf(double x) const {
  check(count_ > 0, "a share is asked of observations");
  if (x < min_) return 0;
  if (x >= max_) return 1;
  double below = static_cast<double>(zeros());
  for (std::size_t i = 0; i < counts_.size() && edge(first_ + i) <= x; ++i) {
    const Range bucket = range(i);
    const double share = x < bucket.high ? (x - bucket.low) / (bucket.high - bucket.low) : 1;
    if (counts_[i] > 0) below += static_cast<double>(counts_[i]) * share;
  }
  return below / static_cast<double>(count_);
}

}  // namespace fleetsim
