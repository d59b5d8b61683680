#include "topology/superposition.h"

#include <algorithm>

namespace fleetsim {

Superposition::Superposition(const FailurePlan& plan, std::uint32_t holders, const Chance& chance,
                             std::uint32_t cluster)
    : in_use_(holders, 0),
      unit_(*Law::exponential(1)),
      gaps_(chance.stream("failures.gap", cluster)),
      causes_(chance.stream("failures.cause", cluster)) {
  for (std::uint32_t i = 0; i < plan.components.size(); ++i) {
    const ComponentPlan& component = plan.components[i];
    if (!memoryless(component)) continue;
    const double each = 1 / component.life.mean();
    if (component.per_node > 0) on_node_.push_back({i, component.per_node * each});
    if (component.shared > 0) shared_.push_back({i, component.shared * each});
  }
  for (const Part& part : on_node_) node_rate_ += part.rate;
  for (const Part& part : shared_) shared_rate_ += part.rate;
  hazard_ = unit_.draw(gaps_);
}

void Superposition::use(Holder holder, std::int64_t more, Instant now) {
  hazard_ = std::max(0.0, hazard_ - rate() * seconds(now - last_));
  last_ = now;
  in_use_[holder] += more;
  nodes_ += more;
  check(in_use_[holder] >= 0, "nobody uses fewer nodes than none");
}

Instant Superposition::next() const {
  const double rate = this->rate();
  return rate > 0 ? later_by(last_, hazard_ / rate) : end_of_time;
}

Failure Superposition::take() {
  const Failure out = drawn(next());
  last_ = out.when;
  hazard_ = unit_.draw(gaps_);
  return out;
}

// The cause by its share of the rate, then whom it hits by their share of the nodes.
Failure Superposition::drawn(Instant now) {
  check(now != end_of_time, "a failure is taken where there is one");
  Failure out{.when = now};
  double left = causes_.uniform() * rate();
  for (const Part& part : shared_) {
    out.component = part.component;
    if ((left -= part.rate) < 0) return out;
  }
  const double nodes = static_cast<double>(nodes_);
  for (const Part& part : on_node_) {
    out.component = part.component;
    if ((left -= part.rate * nodes) < 0) break;
  }
  double place = causes_.uniform() * nodes;
  for (Holder holder = 0; holder < in_use_.size(); ++holder) {
    if (in_use_[holder] == 0) continue;
    out.holder = holder;
    if ((place -= static_cast<double>(in_use_[holder])) < 0) break;
  }
  return out;
}

}  // namespace fleetsim
