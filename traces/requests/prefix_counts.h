#pragma once
#include <cstdint>
#include <vector>

#include "traces/requests/request_row.h"

namespace fleetsim::requests {

// A set of numbers, for counting different ones: a table that is probed line by line and doubles
// when three quarters are taken.
class NumberSet {
 public:
  bool insert(std::uint64_t number);  // false: it was there
  bool contains(std::uint64_t number) const;
  std::uint64_t size() const { return size_ + (has_zero_ ? 1 : 0); }

 private:
  std::size_t slot(std::uint64_t number) const;
  void grow();

  std::vector<std::uint64_t> table_ = std::vector<std::uint64_t>(64);  // 0: free
  std::uint64_t size_ = 0;
  bool has_zero_ = false;
};

// What a cache of prefixes that forgets nothing would save: of each prompt, the blocks from the
// first on that a request before it has had.
class PrefixCounts {
 public:
  void add(const RequestRow& row, std::uint32_t block_tokens);

  std::uint64_t blocks() const { return blocks_; }
  std::uint64_t unique() const { return seen_.size(); }
  std::uint64_t hits() const { return hits_; }
  double block_share() const { return share(hits_, blocks_); }
  double token_share() const { return share(hit_tokens_, tokens_); }

 private:
  static double share(std::uint64_t part, std::uint64_t of) {
    return of == 0 ? 0 : static_cast<double>(part) / static_cast<double>(of);
  }

  NumberSet seen_{};
  std::uint64_t blocks_ = 0, hits_ = 0, tokens_ = 0, hit_tokens_ = 0;
};

}  // namespace fleetsim::requests
