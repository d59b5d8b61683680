#include "workloads/network/collective.h"

namespace fleetsim::network {

Collective::Collective(Engine& engine, Network& network, const Fleet& fleet,
                       const CollectiveConfig& config)
    : engine_(engine),
      network_(network) {
  const Result<std::vector<Phase>> phases = schedule_of(config, fleet);
  check(bool(phases), "a scenario's collectives can be scheduled");
  phases_ = *phases;
  for (const Phase& phase : phases_) steps_ += phase.steps();
  for (const ClusterId c : config.clusters) {
    const ClusterPlan& cluster = fleet.plan().clusters[c.index];
    for (std::uint32_t i = 0; i < cluster.nodes * cluster.devices; ++i)
      ranks_.push_back({.device = {fleet.device(c, 0, 0).index + i}, .received = {}});
  }
}

void Collective::start(Event done) {
  check(unfinished_ == 0, "a collective is started when it is idle");
  done_ = done;
  unfinished_ = static_cast<std::uint32_t>(ranks_.size());
  for (Rank& rank : ranks_) {
    rank.step = 0;
    rank.received.assign(steps_, false);
  }
  for (std::uint32_t r = 0; r < ranks_.size(); ++r) {
    begin_step(r);
    go_on(r);
  }
}

Exchange Collective::exchange(std::uint32_t rank, std::uint32_t step) const {
  const Phase* phase = phases_.data();
  for (; step >= phase->steps(); ++phase) step -= phase->steps();
  return phase->exchange(rank, step);
}

bool Collective::waits(std::uint32_t index) const {
  const Rank& rank = ranks_[index];
  return rank.sending || (exchange(index, rank.step).from && !rank.received[rank.step]);
}

void Collective::begin_step(std::uint32_t index) {
  Rank& rank = ranks_[index];
  const Exchange what = exchange(index, rank.step);
  if (!what.to) return;
  rank.sending = true;
  const std::uint64_t message = std::uint64_t{index} << 32 | rank.step;
  network_.send({rank.device, ranks_[*what.to].device, what.bytes, 0},
                on<&Collective::arrived>(*this, message));
}

void Collective::go_on(std::uint32_t index) {
  Rank& rank = ranks_[index];
  while (rank.step < steps_ && !waits(index)) {
    if (++rank.step < steps_)
      begin_step(index);
    else if (--unfinished_ == 0)
      engine_.at(engine_.now(), done_);
  }
}

void Collective::arrived(std::uint64_t message) {
  const auto from = static_cast<std::uint32_t>(message >> 32);
  const auto step = static_cast<std::uint32_t>(message);
  const std::uint32_t to = *exchange(from, step).to;
  ranks_[from].sending = false;
  ranks_[to].received[step] = true;
  go_on(from);
  go_on(to);
}

}  // namespace fleetsim::network
