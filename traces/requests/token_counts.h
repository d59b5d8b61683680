#pragma once
#include <cstdint>
#include <map>
#include <vector>

namespace fleetsim::requests {

// How many requests have how many tokens. Tokens are whole numbers, so counts by value give exact
// percentiles, in memory that the variety of lengths bounds and the number of requests does not.
class TokenCounts {
 public:
  void add(std::uint32_t tokens) {
    ++count_;
    sum_ += tokens;
    if (tokens >= dense)
      ++rare_[tokens];
    else if (tokens < counts_.size())
      ++counts_[tokens];
    else
      grow_and_count(tokens);
  }

  std::uint64_t count() const { return count_; }
  double mean() const { return static_cast<double>(sum_) / static_cast<double>(count_); }
  // The value at position (n - 1) p of the sorted lengths, from 0, and between two of them the
  // straight line: quantile 7 of Hyndman and Fan (Am. Statistician 50, 1996).
  // REQUIRES: count() > 0, 0 <= p <= 1.
  double quantile(double p) const;
  std::uint32_t largest() const;

  // The largest difference of the two shares of requests up to a length (Kolmogorov and Smirnov).
  double distance(const TokenCounts& other) const;

 private:
  static constexpr std::uint32_t dense = 1u << 20;
  void grow_and_count(std::uint32_t tokens);
  std::uint32_t at(std::uint64_t rank) const;  // of the sorted lengths, from 0

  std::vector<std::uint64_t> counts_{};
  std::map<std::uint32_t, std::uint64_t> rare_{};  // the longer ones
  std::uint64_t count_ = 0, sum_ = 0;
};

}  // namespace fleetsim::requests
