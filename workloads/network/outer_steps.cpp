#include "workloads/network/outer_steps.h"

#include "workloads/network/schedule.h"

namespace fleetsim::network {

OuterSteps::OuterSteps(Engine& engine, Network& network, const Fleet& fleet,
                       const OuterStepsConfig& config, const Chance& chance)
    : engine_(engine),
      config_(config),
      exchange_(
          engine, network,
          ring_allreduce_phases(static_cast<std::uint32_t>(config.clusters.size()), config.bytes),
          first_devices(config.clusters, fleet), Collective::Ends::clusters) {
  for (const ClusterId cluster : config.clusters)
    streams_.push_back(chance.stream("network.inner_steps", cluster.index));
  begin_round();
}

void OuterSteps::begin_round() {
  stepping_ = static_cast<std::uint32_t>(config_.clusters.size());
  if (!config_.overlap || rounds_ > 0) {
    exchanging_ = true;
    exchange_.arm(on<&OuterSteps::exchanged>(*this));
    ready_ = engine_.now();
  }
  for (std::uint32_t c = 0; c < config_.clusters.size(); ++c) {
    double lasting = 0;
    for (std::uint32_t i = 0; i < config_.inner_steps; ++i)
      lasting += config_.step.draw(streams_[c]);
    computed_s_ += lasting / static_cast<double>(config_.clusters.size());
    engine_.after(from_seconds(lasting), on<&OuterSteps::stepped>(*this, c));
    if (config_.overlap && exchanging_) exchange_.begin(c);
  }
}

void OuterSteps::stepped(std::uint64_t cluster) {
  --stepping_;
  if (!config_.overlap) {
    if (stepping_ == 0) ready_ = engine_.now();
    exchange_.begin(static_cast<std::uint32_t>(cluster));
  }
  if (stepping_ == 0 && !exchanging_) end_round();
}

void OuterSteps::exchanged(std::uint64_t) {
  exchanging_ = false;
  ++exchanges_;
  exchanged_s_ += seconds(engine_.now() - ready_);
  if (stepping_ == 0) end_round();
}

// With overlap the first round has no exchange behind it, so it is not counted.
void OuterSteps::end_round() {
  ended_ = engine_.now();
  if (config_.overlap && rounds_ == 0) {
    began_ = ended_;
    computed_s_ = 0;
  }
  if (++rounds_ < config_.rounds) begin_round();
}

double OuterSteps::efficiency() const {
  const double passed = seconds(ended_ - began_);
  return computed_s_ / passed;
}

double OuterSteps::exchange_time() const {
  return exchanged_s_ / exchanges_;
}

}  // namespace fleetsim::network
