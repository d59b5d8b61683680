#include "topology/roster.h"

#include <algorithm>

#include "sim/check.h"

namespace fleetsim {

Roster::Roster(std::uint32_t nodes, Holder holders, const Lemons& lemons, std::vector<bool> which)
    : entries_(nodes),
      lists_(std::size_t{holders} * 2),
      factor_(lemons.factor),
      which_(std::move(which)) {}

void Roster::add(Holder holder, NodeId node) {
  check(this->holder(node) == nobody, "a node has one user");
  std::vector<NodeId>& nodes = list(holder, node);
  entries_[node.index] = {holder, static_cast<std::uint32_t>(nodes.size())};
  nodes.push_back(node);
}

void Roster::remove(NodeId node) {
  Entry& entry = entries_[node.index];
  std::vector<NodeId>& nodes = list(entry.holder, node);
  nodes[entry.place] = nodes.back();
  entries_[nodes.back().index].place = entry.place;
  nodes.pop_back();
  entry.holder = nobody;
}

NodeId Roster::pick(Holder holder, double uniform) const {
  const auto& others = lists_[std::size_t{holder} * 2];
  const auto& lemons = lists_[std::size_t{holder} * 2 + 1];
  const double plain = static_cast<double>(others.size());
  const double place = uniform * (plain + factor_ * static_cast<double>(lemons.size()));
  if (lemons.empty() || place < plain) return others[static_cast<std::size_t>(place)];
  const auto n = static_cast<std::size_t>((place - plain) / factor_);
  return lemons[std::min(n, lemons.size() - 1)];
}

}  // namespace fleetsim
