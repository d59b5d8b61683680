#include "topology/part_store.h"

namespace fleetsim {

PartStore::PartStore(Engine& engine, std::uint32_t stock, const Law& lead_time, Stream chance,
                     Event ready)
    : engine_(engine),
      on_shelf_(stock),
      lead_time_(lead_time),
      chance_(chance),
      ready_(ready) {}

void PartStore::bring(NodeId node) {
  engine_.after(from_seconds(lead_time_.draw(chance_)), on<&PartStore::arrived>(*this));
  if (on_shelf_ == 0) return waiting_.push_back(node);
  --on_shelf_;
  ready_.run(ready_.self, node.index);
}

void PartStore::arrived(std::uint64_t) {
  if (waiting_.empty()) {
    ++on_shelf_;
    return;
  }
  const NodeId node = waiting_.front();
  waiting_.pop_front();
  ready_.run(ready_.self, node.index);
}

}  // namespace fleetsim
