#include "traces/requests/token_counts.h"

#include <algorithm>
#include <cmath>

#include "sim/check.h"

namespace fleetsim::requests {

void TokenCounts::grow_and_count(std::uint32_t tokens) {
  counts_.resize(std::max<std::size_t>(tokens + 1, 2 * counts_.size()));
  ++counts_[tokens];
}

std::uint32_t TokenCounts::at(std::uint64_t rank) const {
  std::uint64_t below = 0;
  for (std::uint32_t tokens = 0; tokens < counts_.size(); ++tokens)
    if ((below += counts_[tokens]) > rank) return tokens;
  for (const auto& [tokens, count] : rare_)
    if ((below += count) > rank) return tokens;
  check(false, "a rank is below the count");
  return 0;
}

double TokenCounts::quantile(double p) const {
  const double position = static_cast<double>(count_ - 1) * p;
  const auto rank = static_cast<std::uint64_t>(position);
  const double low = at(rank), part = position - std::floor(position);
  return part == 0 ? low : low + part * (at(rank + 1) - low);
}

std::uint32_t TokenCounts::largest() const {
  return at(count_ - 1);
}

double TokenCounts::distance(const TokenCounts& other) const {
  std::map<std::uint32_t, std::pair<double, double>> steps;
  const auto collect = [&](const TokenCounts& counts, bool second) {
    const auto put = [&](std::uint32_t tokens, std::uint64_t count) {
      const double share = static_cast<double>(count) / static_cast<double>(counts.count_);
      (second ? steps[tokens].second : steps[tokens].first) += share;
    };
    for (std::uint32_t i = 0; i < counts.counts_.size(); ++i)
      if (counts.counts_[i] > 0) put(i, counts.counts_[i]);
    for (const auto& [tokens, count] : counts.rare_) put(tokens, count);
  };
  collect(*this, false);
  collect(other, true);
  double difference = 0, largest = 0;
  for (const auto& [tokens, shares] : steps) {
    difference += shares.first - shares.second;
    largest = std::max(largest, std::abs(difference));
  }
  return largest;
}

}  // namespace fleetsim::requests
