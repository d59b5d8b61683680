#include "topology/node_pool.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace fleetsim {
namespace {

std::uint32_t sum(const std::vector<std::uint32_t>& counts, std::uint32_t more) {
  return std::accumulate(counts.begin(), counts.end(), more);
}

bool tells_nodes_apart(const FailurePlan& plan) {
  return !memoryless(plan) || !plan.shocks.empty() || !plan.script.empty() ||
         plan.lemons.count > 0 || slows(plan);
}

}  // namespace

NodePool::NodePool(Engine& engine, const FailurePlan& plan, std::vector<std::uint32_t> in_use,
                   std::uint32_t spares, const Chance& chance, std::uint32_t cluster,
                   PoolListener& listener)
    : engine_(engine),
      plan_(plan),
      listener_(listener),
      power_(engine, plan.maintenance, on<&NodePool::switch_off>(*this),
             on<&NodePool::switch_on>(*this)),
      memoryless_(plan, static_cast<std::uint32_t>(in_use.size()), chance, cluster),
      aging_(plan, sum(in_use, spares), chance, cluster),
      shocks_(plan, sum(in_use, spares), chance, cluster),
      differ_(tells_nodes_apart(plan)),
      bench_(static_cast<Holder>(in_use.size())),
      roster_(differ_ ? sum(in_use, spares) : 0, bench_ + 1, plan.lemons,
              lemons_among(plan, sum(in_use, spares), chance, cluster)),
      troubles_(roster_.nodes(), 0),
      choice_(chance.stream("failures.node", cluster)),
      checks_(chance.stream("failures.found", cluster)),
      slow_(engine, bench_),
      missing_(in_use.size(), 0),
      first_spares_(spares) {
  if (plan.repair)
    shop_ = std::make_unique<RepairShop>(engine, *plan.repair, plan.crews,
                                         chance.stream("failures.repair", cluster),
                                         on<&NodePool::repaired>(*this));
  if (plan.stock)
    parts_ = std::make_unique<PartStore>(engine, *plan.stock, *plan.lead_time,
                                         chance.stream("failures.lead", cluster),
                                         on<&NodePool::has_part>(*this));
  if (plan.spot)
    lease_ = std::make_unique<SpotLease>(
        engine, *plan.spot, chance.stream("fleet.spot", cluster), on<&NodePool::notice>(*this),
        on<&NodePool::give_back>(*this), on<&NodePool::rent>(*this));
  NodeId node{0};
  for (Holder holder = 0; holder < bench_; ++holder) {
    if (!differ_) memoryless_.use(holder, in_use[holder], power_.clock());
    for (std::uint32_t i = 0; differ_ && i < in_use[holder]; ++i, ++node.index)
      use(holder, node, 1);
  }
  for (std::uint32_t i = 0; i < spares; ++i) {
    spares_.push_back(differ_ ? NodeId{node.index + i} : NodeId{});
    use(bench_, spares_.back(), 1);
  }
  plan_next();
}

Instant NodePool::next_scripted() const {
  return script_next_ < plan_.script.size() ? Instant{} + plan_.script[script_next_].at
                                            : end_of_time;
}

void NodePool::plan_next() {
  engine_.cancel(next_);
  const Instant in_use = std::min({memoryless_.next(), aging_.next(), shocks_.next()});
  const Instant next = std::min(power_.when(in_use), next_scripted());
  if (next != end_of_time)
    next_ = engine_.at(std::max(next, engine_.now()), on<&NodePool::strike>(*this));
}

void NodePool::strike(std::uint64_t) {
  const Instant alone = std::min(memoryless_.next(), aging_.next());
  if (next_scripted() < power_.when(std::min(alone, shocks_.next()))) return strike_by_script();
  if (shocks_.next() < alone) {
    const Shocks::Blow blow = shocks_.take();
    const auto parts = static_cast<std::uint32_t>(plan_.components.size());
    return strike_many(parts + blow.shock, blow.nodes, false, {});
  }
  const bool old_age = aging_.next() < memoryless_.next();
  strike_one(old_age ? aging_.take() : memoryless_.take(), old_age);
}

void NodePool::strike_one(Failure failure, bool named) {
  const bool on_node = failure.holder != everybody;
  failure.when = engine_.now();
  if (differ_ && on_node && !named) failure.node = roster_.pick(failure.holder, choice_.uniform());
  const bool on_part = failure.cause < plan_.components.size();
  if (on_node && on_part && plan_.components[failure.cause].slow) return slow_down(failure);
  take_out(failure);
}

void NodePool::take_out(Failure failure) {
  const bool on_node = failure.holder != everybody;
  bool swapped = false;
  if (on_node && failure.holder != bench_ && interrupts(plan_, failure.cause)) count(1);
  if (on_node && shop_ && replaces(plan_, failure.cause)) {
    swapped = lose(failure.holder, failure.node);
    repair(failure.node, {});
    note_levels();
  }
  plan_next();
  if (failure.holder != bench_) listener_.struck(failure, swapped);
}

// A node that its class has made slow already is no slower for another such part.
void NodePool::slow_down(const Failure& failure) {
  const Slowness& slow = *plan_.components[failure.cause].slow;
  check(failure.holder != bench_, "spares are not made slow");
  if (!slow_.has(failure.node, failure.cause)) {
    EventHandle found;
    if (slow.found_after)
      found = engine_.at(
          later_by(engine_.now(), slow.found_after->draw(checks_)),
          on<&NodePool::found>(*this, std::uint64_t{failure.cause} << 32 | failure.node.index));
    slow_.add(failure.holder, failure.node, failure.cause, slow.factor, found);
    note_levels();
    listener_.slowed(failure.holder, slow_.slow_down(failure.holder));
  }
  plan_next();
}

void NodePool::found(std::uint64_t part) {
  const NodeId node{static_cast<std::uint32_t>(part)};
  const Holder holder = roster_.holder(node);
  whole(holder, node);
  take_out({.when = engine_.now(),
            .cause = static_cast<std::uint32_t>(part >> 32),
            .holder = holder,
            .node = node,
            .found = true});
}

void NodePool::whole(Holder holder, NodeId node) {
  if (!slow_.clear(holder, node)) return;
  note_levels();
  listener_.slowed(holder, slow_.slow_down(holder));
}

void NodePool::switch_off(std::uint64_t maintenance) {
  plan_next();
  listener_.switched_off(static_cast<std::uint32_t>(maintenance));
}

void NodePool::switch_on(std::uint64_t) {
  plan_next();
  listener_.switched_on();
}

void NodePool::give_back(std::uint64_t) {
  power_.stop(plan_.maintenance.size());
}

void NodePool::rent(std::uint64_t) {
  listener_.levels_changed();
  power_.go_on();
}

// Nodes that stand by or are out are hit by the script only; and before others, for none of them
// takes the place of one that goes at the same time.
void NodePool::strike_many(std::uint32_t cause, std::vector<NodeId> nodes, bool scripted,
                           std::optional<Duration> outage) {
  const auto spared = [&](NodeId node) { return !scripted && roster_.holder(node) >= bench_; };
  nodes.erase(std::remove_if(nodes.begin(), nodes.end(), spared), nodes.end());
  std::stable_partition(nodes.begin(), nodes.end(),
                        [&](NodeId node) { return roster_.holder(node) == bench_; });
  struct Told {
    Failure failure{};
    bool swapped = false;
  };
  std::map<Holder, Told> told;
  for (const NodeId node : nodes) {
    const Holder holder = roster_.holder(node);
    bool swapped = false;
    if (outage || (shop_ && replaces(plan_, cause))) {
      if (holder != Roster::nobody) swapped = lose(holder, node);
      repair(node, outage);
    }
    if (holder >= bench_) continue;
    const Failure first{engine_.now(), cause, holder, node, 0};
    Told& one = told.try_emplace(holder, Told{first}).first->second;
    ++one.failure.hit;
    one.swapped |= swapped;
  }
  count(nodes.size());
  note_levels();
  plan_next();
  for (const auto& [holder, one] : told) listener_.struck(one.failure, one.swapped);
}

void NodePool::strike_by_script() {
  const Fault& fault = plan_.script[script_next_++];
  const auto cause = static_cast<std::uint32_t>(plan_.components.size() + plan_.shocks.size());
  if (fault.node != NodeId{}) return strike_many(cause, {fault.node}, true, fault.outage);
  if (!fault.outage) return strike_one({.when = engine_.now(), .cause = cause}, true);
  std::vector<NodeId> all;
  for (std::uint32_t n = 0; n < roster_.nodes(); ++n) all.push_back({n});
  strike_many(cause, all, true, fault.outage);
}

void NodePool::count(std::size_t nodes) {
  failures_ += nodes;
  blows_ += nodes > 0 ? 1 : 0;
  together_ += nodes > 1 ? 1 : 0;
}

bool NodePool::lose(Holder holder, NodeId node) {
  if (differ_ && holder != bench_) whole(holder, node);
  use(holder, node, -1);
  ++in_repair_;
  if (holder == bench_) {
    drop_spare(node);
    return false;
  }
  if (spares_.empty()) {
    ++missing_[holder];
    waiting_.push_back(holder);
    return false;
  }
  const NodeId spare = spares_.back();
  spares_.pop_back();
  use(bench_, spare, -1);
  use(holder, spare, 1);
  return true;
}

void NodePool::drop_spare(NodeId node) {
  const auto found = std::find(spares_.begin(), spares_.end(), node);
  check(found != spares_.end(), "a spare that fails stands by");
  spares_.erase(found);
}

void NodePool::repair(NodeId node, std::optional<Duration> outage) {
  if (differ_) ++troubles_[node.index];
  if (outage)
    engine_.after(*outage, on<&NodePool::mended>(*this, node.index));
  else if (parts_)
    parts_->bring(node);
  else
    shop_->bring(node);
}

void NodePool::has_part(std::uint64_t node) {
  shop_->bring({static_cast<std::uint32_t>(node)});
  note_levels();
}

void NodePool::repaired(std::uint64_t node) {
  if (plan_.burn_in == Duration{}) return mended(node);
  engine_.after(plan_.burn_in, on<&NodePool::mended>(*this, node));
}

void NodePool::mended(std::uint64_t index) {
  const NodeId node{static_cast<std::uint32_t>(index)};
  if (differ_ && --troubles_[node.index] > 0) return;
  --in_repair_;
  if (waiting_.empty()) {
    spares_.push_back(node);
    use(bench_, node, 1);
    if (plan_.spare_wear > 0) plan_next();
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
  const bool wears = holder != bench_ || plan_.spare_wear > 0;
  if (wears) memoryless_.use(holder, more, power_.clock(), differ_ && roster_.lemon(node));
  if (!differ_) return;
  if (more > 0) {
    roster_.add(holder, node);
    if (wears) aging_.start(node, holder, power_.clock());
  } else {
    roster_.remove(node);
    if (wears) aging_.stop(node, power_.clock());
  }
}

void NodePool::note_levels() {
  const Instant now = engine_.now();
  const auto unfilled = static_cast<std::int64_t>(waiting_.size());
  if (unfilled > 0 && outage_.level() == 0) ++outages_;
  unfilled_.set(now, unfilled);
  outage_.set(now, unfilled > 0 ? 1 : 0);
  failed_.set(now, in_repair_);
  standing_in_.set(now, in_repair_ - unfilled);
  slow_now_.set(now, slow_.count());
  waiting_for_parts_.set(now, parts_ ? parts_->waiting() : 0);
  check(in_repair_ - unfilled == first_spares_ - static_cast<std::int64_t>(spares_.size()),
        "each broken node is missed or has a spare in its place");
  listener_.levels_changed();
}

NodePool::Totals NodePool::totals() const {
  const Instant now = engine_.now();
  return {.unfilled = unfilled_.area(now),
          .failed = failed_.area(now),
          .standing_in = standing_in_.area(now),
          .slow = slow_now_.area(now),
          .waiting = waiting_for_parts_.area(now),
          .outage = outage_.area(now),
          .failures = failures_,
          .blows = blows_,
          .together = together_,
          .outages = outages_};
}

}  // namespace fleetsim
