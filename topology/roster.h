#pragma once
#include <cstdint>
#include <vector>

#include "topology/failures.h"

namespace fleetsim {

// Who has which node, where nodes differ. All steps O(1).
class Roster {
 public:
  // `lemons`: by node; empty if there are none.
  Roster(std::uint32_t nodes, Holder holders, const Lemons& lemons, std::vector<bool> which);

  void add(Holder holder, NodeId node);  // REQUIRES: nobody has it
  void remove(NodeId node);              // REQUIRES: somebody has it

  Holder holder(NodeId node) const { return entries_[node.index].holder; }  // or nobody
  bool lemon(NodeId node) const { return !which_.empty() && which_[node.index]; }
  std::uint32_t nodes() const { return static_cast<std::uint32_t>(entries_.size()); }

  // One of the holder's nodes, lemons with their weight, by a uniform in (0, 1).
  NodeId pick(Holder holder, double uniform) const;

  static constexpr Holder nobody = UINT32_MAX;

 private:
  struct Entry {
    Holder holder = nobody;
    std::uint32_t place = 0;  // in its list
  };
  std::vector<NodeId>& list(Holder holder, NodeId node) {
    return lists_[std::size_t{holder} * 2 + (lemon(node) ? 1 : 0)];
  }

  std::vector<Entry> entries_;
  std::vector<std::vector<NodeId>> lists_;  // two a holder: others, lemons
  double factor_;
  std::vector<bool> which_;
};

}  // namespace fleetsim
