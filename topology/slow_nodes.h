#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "sim/engine.h"
#include "topology/failures.h"

namespace fleetsim {

// Which nodes are slow, by which parts, and how slow that makes each holder: as slow as the slowest
// of its nodes. Only slow nodes cost memory; all steps O(log slow nodes).
class SlowNodes {
 public:
  SlowNodes(Engine& engine, Holder holders) : engine_(engine), factors_(holders) {}

  // A part of the class is slow; `found` is when a check finds the node. REQUIRES: no part of the
  // class is, on this node.
  void add(Holder holder, NodeId node, std::uint32_t cause, double factor, EventHandle found);
  bool has(NodeId node, std::uint32_t cause) const;

  // It is whole, or the holder's no more, and no check looks for it. False: it was not slow.
  bool clear(Holder holder, NodeId node);

  double slow_down(Holder holder) const;  // of its slowest node; 1 if none is slow
  std::int64_t count() const { return static_cast<std::int64_t>(nodes_.size()); }

 private:
  struct Part {
    std::uint32_t cause;
    double factor;
    EventHandle found;
  };
  Engine& engine_;
  std::map<std::uint32_t, std::vector<Part>> nodes_;
  std::vector<std::multiset<double>> factors_;  // by holder, of all slow parts
};

}  // namespace fleetsim
