#include "topology/slow_nodes.h"

#include <algorithm>

namespace fleetsim {

void SlowNodes::add(Holder holder, NodeId node, std::uint32_t cause, double factor,
                    EventHandle found) {
  check(!has(node, cause), "a node is slow by one part of a class");
  nodes_[node.index].push_back({cause, factor, found});
  factors_[holder].insert(factor);
}

bool SlowNodes::has(NodeId node, std::uint32_t cause) const {
  const auto found = nodes_.find(node.index);
  return found != nodes_.end() &&
         std::any_of(found->second.begin(), found->second.end(),
                     [cause](const Part& part) { return part.cause == cause; });
}

bool SlowNodes::clear(Holder holder, NodeId node) {
  const auto found = nodes_.find(node.index);
  if (found == nodes_.end()) return false;
  for (const Part& part : found->second) {
    engine_.cancel(part.found);
    factors_[holder].erase(factors_[holder].find(part.factor));
  }
  nodes_.erase(found);
  return true;
}

double SlowNodes::slow_down(Holder holder) const {
  return factors_[holder].empty() ? 1 : *factors_[holder].rbegin();
}

}  // namespace fleetsim
