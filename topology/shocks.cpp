#include "topology/shocks.h"

#include <algorithm>

#include "sim/check.h"

namespace fleetsim {

Shocks::Shocks(const FailurePlan& plan, std::uint32_t nodes, const Chance& chance,
               std::uint32_t cluster)
    : shocks_(plan.shocks),
      nodes_(nodes),
      unit_(*Law::exponential(1)),
      gaps_(chance.stream("failures.shock", cluster)),
      causes_(chance.stream("failures.domain", cluster)),
      hits_(chance.stream("failures.hit", cluster)) {
  for (const Shock& shock : shocks_) rate_ += rate(shock);
  draw_next({});
}

double Shocks::rate(const Shock& shock) const {
  const std::uint32_t each = width(shock);
  return each > 0 ? (nodes_ / each + (nodes_ % each > 0 ? 1 : 0)) / seconds(shock.mean) : 0;
}

void Shocks::draw_next(Instant now) {
  if (rate_ > 0) next_ = later_by(now, unit_.draw(gaps_) / rate_);
}

Shocks::Blow Shocks::take() {
  check(next_ != end_of_time, "a shock is taken where there is one");
  Blow out{.when = next_};
  double left = causes_.uniform() * rate_;
  while (out.shock + 1 < shocks_.size() && left >= rate(shocks_[out.shock]))
    left -= rate(shocks_[out.shock++]);
  const Shock& shock = shocks_[out.shock];
  const std::uint32_t each = width(shock), last = (nodes_ - 1) / each;
  const auto domain = static_cast<std::uint32_t>(causes_.uniform() * (last + 1.0));
  const std::uint32_t begin = std::min(domain, last) * each;
  for (std::uint32_t n = begin; n < std::min(begin + each, nodes_); ++n)
    if (shock.hits == 1 || hits_.uniform() < shock.hits) out.nodes.push_back({n});
  draw_next(out.when);
  return out;
}

}  // namespace fleetsim
