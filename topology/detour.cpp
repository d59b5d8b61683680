#include "topology/detour.h"

#include <algorithm>

namespace fleetsim {
namespace {

// The links out of each vertex, in order of their numbers.
struct Adjacency {
  explicit Adjacency(const Fabric& fabric) : first(fabric.vertices() + 1, 0) {
    for (std::uint32_t l = 0; l < fabric.links(); ++l) ++first[fabric.ends_of({l}).from + 1];
    for (std::size_t v = 1; v < first.size(); ++v) first[v] += first[v - 1];
    links.resize(fabric.links());
    std::vector<std::uint32_t> next(first.begin(), first.end() - 1);
    for (std::uint32_t l = 0; l < fabric.links(); ++l)
      links[next[fabric.ends_of({l}).from]++] = {l};
  }
  std::vector<std::uint32_t> first;
  std::vector<LinkId> links;
};

}  // namespace

bool detour(const Fabric& fabric, std::uint32_t from, std::uint32_t to,
            const std::function<bool(LinkId)>& is_down, Path& out) {
  const Adjacency adjacency(fabric);
  std::vector<LinkId> reached_by(fabric.vertices());
  std::vector<std::uint32_t> queue = {from};
  for (std::size_t i = 0; i < queue.size() && reached_by[to] == LinkId{}; ++i) {
    const std::uint32_t vertex = queue[i];
    for (std::uint32_t k = adjacency.first[vertex]; k < adjacency.first[vertex + 1]; ++k) {
      const LinkId link = adjacency.links[k];
      const std::uint32_t next = fabric.ends_of(link).to;
      const bool through_end = next < fabric.ends() && next != to;
      if (through_end || next == from || reached_by[next] != LinkId{} || is_down(link)) continue;
      reached_by[next] = link;
      queue.push_back(next);
    }
  }
  if (reached_by[to] == LinkId{}) return false;
  const std::size_t begin = out.size();
  for (std::uint32_t at = to; at != from; at = fabric.ends_of(reached_by[at]).from)
    out.push_back(reached_by[at]);
  std::reverse(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end());
  return true;
}

}  // namespace fleetsim
