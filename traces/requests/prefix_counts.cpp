#include "traces/requests/prefix_counts.h"

#include <algorithm>

namespace fleetsim::requests {

// Where it is, or belongs. Multiplying by an odd number that is near 2^64 over the golden ratio
// scatters neighbours (Knuth, The Art of Computer Programming 3, 6.4).
std::size_t NumberSet::slot(std::uint64_t number) const {
  const std::uint64_t scattered = number * 0x9E3779B97F4A7C15u;
  std::size_t at = static_cast<std::size_t>(scattered ^ scattered >> 32) & (table_.size() - 1);
  while (table_[at] != 0 && table_[at] != number) at = (at + 1) & (table_.size() - 1);
  return at;
}

bool NumberSet::contains(std::uint64_t number) const {
  return number == 0 ? has_zero_ : table_[slot(number)] == number;
}

bool NumberSet::insert(std::uint64_t number) {
  if (contains(number)) return false;
  if (number == 0) return has_zero_ = true;
  if (4 * (size_ + 1) > 3 * table_.size()) grow();
  table_[slot(number)] = number;
  ++size_;
  return true;
}

void NumberSet::grow() {
  std::vector<std::uint64_t> old(2 * table_.size());
  old.swap(table_);
  for (const std::uint64_t number : old)
    if (number != 0) table_[slot(number)] = number;
}

void PrefixCounts::add(const RequestRow& row, std::uint32_t block_tokens) {
  const auto miss = std::find_if(row.hashes.begin(), row.hashes.end(),
                                 [&](std::uint64_t hash) { return !seen_.contains(hash); });
  const auto hits = static_cast<std::uint64_t>(miss - row.hashes.begin());
  blocks_ += row.hashes.size();
  hits_ += hits;
  tokens_ += row.prompt;
  hit_tokens_ += std::min<std::uint64_t>(row.prompt, hits * block_tokens);
  for (auto hash = miss; hash != row.hashes.end(); ++hash) seen_.insert(*hash);
}

}  // namespace fleetsim::requests
