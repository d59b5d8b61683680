#pragma once
#include <cstdint>
#include <vector>

namespace fleetsim::serving {

// When sequences that decode need pages. Each decoding tick adds one token to every one of them;
// one whose tokens fill its pages takes a new page with the next. The remainder of a sequence's
// tokens less the ticks so far, by the page, never changes, so sequences are counted by it, and the
// pages that any number of ticks will need are known without taking them.
class PageClock {
 public:
  explicit PageClock(std::uint32_t page_tokens) : count_(page_tokens) {}

  std::int64_t ticks() const { return ticks_; }

  void add(std::int64_t tokens) { ++count_[remainder(tokens)], ++sequences_; }
  void remove(std::int64_t tokens) { --count_[remainder(tokens)], --sequences_; }

  // Pages that n more ticks take.
  std::int64_t pages_for(std::int64_t n) const;
  // The most ticks, up to n, that take at most `pages`.
  std::int64_t ticks_within(std::int64_t pages, std::int64_t n) const;
  void pass(std::int64_t n) { ticks_ += n; }

 private:
  std::size_t remainder(std::int64_t tokens) const {
    const auto size = static_cast<std::int64_t>(count_.size());
    return static_cast<std::size_t>(((tokens - ticks_) % size + size) % size);
  }
  std::int64_t due(std::int64_t after) const { return count_[remainder(-after)]; }

  std::vector<std::int64_t> count_;  // sequences, by remainder
  std::int64_t sequences_ = 0, ticks_ = 0;
};

}  // namespace fleetsim::serving
