#include "topology/node_pool.h"

#include <algorithm>
#include <numeric>

namespace fleetsim {

NodePool::NodePool(Engine& engine, const FailurePlan& plan, std::vector<std::uint32_t> in_use,
                   std::uint32_t spares, const Chance& chance, std::uint32_t cluster,
                   PoolListener& listener)
    : engine_(engine),
      plan_(plan),
      listener_(listener),
      memoryless_(plan, static_cast<std::uint32_t>(in_use.size()), chance, cluster),
      aging_(plan, std::accumulate(in_use.begin(), in_use.end(), spares),
             static_cast<std::uint32_t>(in_use.size()), chance, cluster),
      differ_(!memoryless(plan)),
      choice_(chance.stream("failures.node", cluster)),
      held_(std::move(in_use)),
      missing_(held_.size(), 0),
      first_spares_(spares) {
  if (plan.repair)
    shop_ = std::make_unique<RepairShop>(engine, *plan.repair, plan.crews,
                                         chance.stream("failures.repair", cluster),
                                         on<&NodePool::mended>(*this));
  NodeId node{0};
  for (Holder holder = 0; holder < held_.size(); ++holder) {
    memoryless_.use(holder, held_[holder], engine.now());
    for (std::uint32_t i = 0; differ_ && i < held_[holder]; ++i, ++node.index)
      aging_.start(node, holder, engine.now());
  }
  for (std::uint32_t i = 0; i < spares; ++i)
    spares_.push_back(differ_ ? NodeId{node.index + i} : NodeId{});
  plan_next();
}

void NodePool::plan_next() {
  engine_.cancel(next_);
  const Instant next = std::min(memoryless_.next(), aging_.next());
  if (next != end_of_time)
    next_ = engine_.at(std::max(next, engine_.now()), on<&NodePool::strike>(*this));
}

void NodePool::strike(std::uint64_t) {
  const bool old_age = aging_.next() < memoryless_.next();
  Failure failure = old_age ? aging_.take() : memoryless_.take();
  if (failure.holder != everybody) ++failures_;
  if (differ_ && failure.holder != everybody && !old_age) {
    const double place = choice_.uniform() * held_[failure.holder];
    failure.node = aging_.nth(failure.holder, static_cast<std::size_t>(place));
  }
  const bool swapped = replace(failure);
  plan_next();
  listener_.struck(failure, swapped);
}

bool NodePool::replace(Failure& failure) {
  const ComponentPlan& component = plan_.components[failure.component];
  if (!shop_ || failure.holder == everybody || !component.replaced) return false;
  use(failure.holder, failure.node, -1);
  shop_->bring(failure.node);
  ++in_repair_;
  const bool swapped = !spares_.empty();
  if (swapped) {
    use(failure.holder, spares_.back(), 1);
    spares_.pop_back();
  } else {
    ++missing_[failure.holder];
    waiting_.push_back(failure.holder);
  }
  note_levels();
  return swapped;
}

void NodePool::mended(std::uint64_t index) {
  const NodeId node{static_cast<std::uint32_t>(index)};
  --in_repair_;
  if (waiting_.empty()) {
    spares_.push_back(node);
    return note_levels();
  }
  const Holder holder = waiting_.front();
  waiting_.pop_front();
  --missing_[holder];
  use(holder, node, 1);
  note_levels();
  plan_next();
  listener_.filled(holder);
}

void NodePool::use(Holder holder, NodeId node, int more) {
  held_[holder] += static_cast<std::uint32_t>(more);
  memoryless_.use(holder, more, engine_.now());
  if (!differ_) return;
  if (more > 0)
    aging_.start(node, holder, engine_.now());
  else
    aging_.stop(node, engine_.now());
}

void NodePool::note_levels() {
  const auto unfilled = static_cast<std::int64_t>(waiting_.size());
  unfilled_.set(engine_.now(), unfilled);
  failed_.set(engine_.now(), in_repair_);
  standing_in_.set(engine_.now(), in_repair_ - unfilled);
  check(in_repair_ - unfilled == first_spares_ - static_cast<std::int64_t>(spares_.size()),
        "each broken node is missed or has a spare in its place");
}

NodePool::Totals NodePool::totals() const {
  const Instant now = engine_.now();
  return {unfilled_.area(now), failed_.area(now), standing_in_.area(now), failures_};
}

}  // namespace fleetsim
