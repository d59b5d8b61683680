#pragma once
#include <deque>
#include <optional>

#include "sim/engine.h"
#include "sim/law.h"
#include "topology/failures.h"

namespace fleetsim {

// Parts on the shelf for repairs: each node takes one, or waits for one in the order in which they
// came; and with each node one part is ordered, which arrives after the lead time (one for one:
// Sherbrooke 1968).
class PartStore {
 public:
  // `ready` hears the number of each node that has its part.
  PartStore(Engine& engine, std::uint32_t stock, const Law& lead_time, Stream chance, Event ready);
  void bring(NodeId node);
  std::int64_t waiting() const { return static_cast<std::int64_t>(waiting_.size()); }

 private:
  void arrived(std::uint64_t);

  Engine& engine_;
  std::uint32_t on_shelf_;
  const Law& lead_time_;
  Stream chance_;
  Event ready_;
  std::deque<NodeId> waiting_;
};

}  // namespace fleetsim
