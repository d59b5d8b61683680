#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/stream.h"
#include "topology/graph_fabric.h"

namespace fleetsim {

// Graphs for properties that must hold on any.
using Cables = std::vector<GraphPlan::Cable>;

inline std::string end_name(std::uint32_t end) {
  return fmt::format("node/{}", end);
}

// A connected graph: a tree, more cables at will, and ends anywhere.
inline Cables random_graph(Stream& chance, std::uint32_t switches, std::uint32_t ends) {
  const auto below = [&](std::uint32_t n) {
    return static_cast<std::uint32_t>(chance.uniform() * n);
  };
  std::set<std::pair<std::uint32_t, std::uint32_t>> joined;
  for (std::uint32_t s = 1; s < switches; ++s) joined.emplace(below(s), s);
  for (std::uint32_t more = below(2 * switches); more > 0; --more) {
    const std::uint32_t a = below(switches), b = below(switches);
    if (a != b) joined.emplace(std::min(a, b), std::max(a, b));
  }
  Cables cables;
  for (const auto& [a, b] : joined)
    cables.push_back({fmt::format("s{}", b), fmt::format("s{}", a), 1 + below(3)});
  for (std::uint32_t end = 0; end < ends; ++end) {
    std::string name = fmt::format("s{}", below(switches));
    if (below(2) == 0)
      cables.push_back({end_name(end), std::move(name)});
    else
      cables.push_back({std::move(name), end_name(end)});
  }
  return cables;
}

}  // namespace fleetsim
