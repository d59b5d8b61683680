#include "topology/superposition.h"

#include <algorithm>

namespace fleetsim {

Superposition::Superposition(const FailurePlan& plan, std::uint32_t holders, const Chance& chance,
                             std::uint32_t cluster)
    : groups_(std::size_t{holders} * 2 + 2),
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
  for (std::size_t g = 0; g < groups_.size(); ++g)
    groups_[g].weight =
        (g % 2 == 1 ? plan.lemons.factor : 1) * (g / 2 == holders ? plan.spare_wear : 1);
  hazard_ = unit_.draw(gaps_);
}

double Superposition::weighted() const {
  double sum = 0;
  for (const Group& group : groups_) sum += group.weighted();
  return sum;
}

void Superposition::use(Holder holder, std::int64_t more, Instant now, bool lemons) {
  hazard_ = std::max(0.0, hazard_ - rate() * seconds(now - last_));
  last_ = now;
  Group& group = groups_[std::size_t{holder} * 2 + (lemons ? 1 : 0)];
  group.nodes += more;
  check(group.nodes >= 0, "nobody uses fewer nodes than none");
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
    out.cause = part.component;
    if ((left -= part.rate) < 0) return out;
  }
  const double nodes = weighted();
  for (const Part& part : on_node_) {
    out.cause = part.component;
    if ((left -= part.rate * nodes) < 0) break;
  }
  double place = causes_.uniform() * nodes;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    if (groups_[g].weighted() == 0) continue;
    out.holder = static_cast<Holder>(g / 2);
    if ((place -= groups_[g].weighted()) < 0) break;
  }
  return out;
}

}  // namespace fleetsim
