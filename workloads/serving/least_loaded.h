#pragma once
#include <cstdint>
#include <optional>
#include <vector>

namespace fleetsim::serving {

// Which of a row of seats has the least load, the first of equals: a tournament in which every
// match keeps its winner, so that a change plays only the matches above it.
class LeastLoaded {
 public:
  static constexpr std::uint64_t closed = UINT64_MAX;  // a load that never wins

  explicit LeastLoaded(std::uint32_t seats);
  void set(std::uint32_t seat, std::uint64_t load);  // O(log seats)
  std::optional<std::uint32_t> best() const;         // none: all are closed

 private:
  std::vector<std::uint64_t> load_;    // by seat, and closed ones up to a power of two
  std::vector<std::uint32_t> winner_;  // of match i, between the winners of 2 i and 2 i + 1
};

}  // namespace fleetsim::serving
