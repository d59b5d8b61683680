#include "topology/repair_shop.h"

namespace fleetsim {

RepairShop::RepairShop(Engine& engine, const Law& time, std::uint32_t crews, Stream chance,
                       Event mended)
    : engine_(engine),
      time_(time),
      crews_(crews),
      chance_(chance),
      mended_(mended) {}

void RepairShop::bring(NodeId node) {
  if (crews_ > 0 && at_work_ == crews_)
    waiting_.push_back(node);
  else
    begin(node);
}

void RepairShop::begin(NodeId node) {
  ++at_work_;
  engine_.after(from_seconds(time_.draw(chance_)), on<&RepairShop::finished>(*this, node.index));
}

void RepairShop::finished(std::uint64_t node) {
  --at_work_;
  if (!waiting_.empty()) {
    const NodeId next = waiting_.front();
    waiting_.pop_front();
    begin(next);
  }
  mended_.run(mended_.self, node);
}

}  // namespace fleetsim
