#include "workloads/queueing/router.h"

#include <algorithm>

namespace fleetsim::queueing {

Router::Router(const RouterConfig& config, std::vector<Station*> stations, std::size_t candidates,
               Stream chance)
    : config_(config),
      stations_(std::move(stations)),
      candidates_(static_cast<std::uint32_t>(candidates)),
      chance_(chance) {
  if (config.policy != RouterConfig::Policy::shortest) return;
  shortest_ = std::make_unique<ShortestIndex>(candidates_);
  for (std::uint32_t i = 0; i < candidates_; ++i) stations_[i]->tell(*shortest_, i);
}

std::uint32_t Router::any(std::uint32_t n) {
  return static_cast<std::uint32_t>(chance_.uniform() * n);
}

std::uint32_t Router::choose() {
  switch (config_.policy) {
    case RouterConfig::Policy::random:
      return any(candidates_);
    case RouterConfig::Policy::round_robin:
      return turn_++ % candidates_;
    case RouterConfig::Policy::probabilities:
      return by_probability();
    case RouterConfig::Policy::shortest: {
      const std::uint32_t ties = shortest_->shortest_count();
      return shortest_->shortest(ties == 1 ? 0 : any(ties));
    }
    case RouterConfig::Policy::power_of_d:
      return best_of_some();
  }
  return 0;
}

std::uint32_t Router::by_probability() {
  double u = chance_.uniform();
  std::uint32_t i = 0;
  for (; i + 1 < candidates_ && u >= config_.probability[i]; ++i) u -= config_.probability[i];
  return i;
}

// The least crowded of d candidates drawn without replacement; the first drawn, if they tie.
std::uint32_t Router::best_of_some() {
  drawn_.clear();
  while (drawn_.size() < std::min(config_.choices, candidates_)) {
    const std::uint32_t i = any(candidates_);
    if (std::find(drawn_.begin(), drawn_.end(), i) == drawn_.end()) drawn_.push_back(i);
  }
  return *std::min_element(drawn_.begin(), drawn_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return stations_[a]->present() < stations_[b]->present();
  });
}

}  // namespace fleetsim::queueing
