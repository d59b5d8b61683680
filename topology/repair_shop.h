#pragma once
#include <deque>

#include "sim/engine.h"
#include "sim/law.h"
#include "topology/failures.h"

namespace fleetsim {

// Where broken nodes go: crews repair one node each, in the order in which they came.
class RepairShop {
 public:
  // `crews` 0: as many as are needed. `mended` hears the number of each node that is whole again.
  RepairShop(Engine& engine, const Law& time, std::uint32_t crews, Stream chance, Event mended);
  void bring(NodeId node);

 private:
  void begin(NodeId node);
  void finished(std::uint64_t node);

  Engine& engine_;
  const Law& time_;
  std::uint32_t crews_;
  Stream chance_;
  Event mended_;
  std::uint32_t at_work_ = 0;
  std::deque<NodeId> waiting_;
};

}  // namespace fleetsim
