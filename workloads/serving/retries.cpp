#include "workloads/serving/retries.h"

#include <algorithm>
#include <cmath>

namespace fleetsim::serving {
namespace {

constexpr double most_saved = 100;

}  // namespace

Retries::Retries(const ClientConfig& config, const Chance& chance, std::uint32_t client)
    : config_(config),
      chance_(chance.stream("serving.backoff", client)) {}

void Retries::sent() {
  if (config_.retry && config_.retry->budget)
    saved_ = std::min(saved_ + *config_.retry->budget, most_saved);
}

std::optional<Duration> Retries::wait(std::uint32_t tries) {
  const auto& retry = config_.retry;
  if (!retry || tries > retry->attempts) return std::nullopt;
  if (retry->budget && saved_ < 1) return std::nullopt;
  if (retry->budget) --saved_;
  const double factor = std::pow(retry->growth, static_cast<double>(tries - 1));
  double wait = retry->backoff.draw(chance_) * factor;
  if (retry->jitter > 0) wait *= 1 - retry->jitter * chance_.uniform();
  return from_seconds(wait);
}

}  // namespace fleetsim::serving
