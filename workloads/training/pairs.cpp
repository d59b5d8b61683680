#include "workloads/training/pairs.h"

#include <algorithm>

namespace fleetsim::training {

bool Pairs::lose(std::uint32_t node) {
  const auto pair = [this](std::uint32_t a) { return a < half_ ? a : a - half_; };
  const auto before = [&](std::uint32_t a, std::uint32_t b) { return pair(a) < pair(b); };
  const auto at = std::lower_bound(wounded_.begin(), wounded_.end(), node, before);
  if (at != wounded_.end() && pair(*at) == pair(node)) return *at != node;
  wounded_.insert(at, node);
  return false;
}

}  // namespace fleetsim::training
