#include "workloads/network/collective.h"

namespace fleetsim::network {

Collective::Collective(Engine& engine, Network& network, std::vector<Phase> phases,
                       const std::vector<DeviceId>& ranks, Ends ends)
    : engine_(engine),
      network_(network),
      phases_(std::move(phases)),
      ends_(ends) {
  for (const Phase& phase : phases_) steps_ += phase.steps();
  for (const DeviceId device : ranks) ranks_.push_back({.device = device});
}

void Collective::start(Event done) {
  arm(done);
  for (std::uint32_t r = 0; r < ranks_.size(); ++r) begin(r);
}

void Collective::arm(Event done) {
  check(unfinished_ == 0, "a collective is started when it is idle");
  done_ = done;
  unfinished_ = static_cast<std::uint32_t>(ranks_.size());
  for (Rank& rank : ranks_) {
    rank.step = 0;
    rank.begun = false;
    rank.received.assign(steps_, false);
  }
}

void Collective::begin(std::uint32_t rank) {
  ranks_[rank].begun = true;
  ranks_[rank].since = engine_.now();
  begin_step(rank);
  go_on(rank);
}

Collective::Place Collective::place_of(std::uint32_t step) const {
  std::uint32_t phase = 0;
  for (; step >= phases_[phase].steps(); ++phase) step -= phases_[phase].steps();
  return {phase, step};
}

Exchange Collective::exchange(std::uint32_t rank, std::uint32_t step) const {
  const Place place = place_of(step);
  return phases_[place.phase].exchange(rank, place.step);
}

bool Collective::waits(std::uint32_t index) const {
  const Rank& rank = ranks_[index];
  return !rank.begun || rank.sending ||
         (exchange(index, rank.step).from && !rank.received[rank.step]);
}

void Collective::begin_step(std::uint32_t index) {
  Rank& rank = ranks_[index];
  const Exchange what = exchange(index, rank.step);
  if (!what.to) return;
  rank.sending = true;
  const std::uint64_t message = std::uint64_t{index} << 32 | rank.step;
  network_.send({.from = rank.device,
                 .to = ranks_[*what.to].device,
                 .bytes = what.bytes,
                 .striped = ends_ == Ends::clusters},
                on<&Collective::arrived>(*this, message));
}

void Collective::go_on(std::uint32_t index) {
  Rank& rank = ranks_[index];
  while (rank.step < steps_ && !waits(index)) {
    if (place_of(rank.step).step + 1 == phases_[place_of(rank.step).phase].steps()) book(rank);
    if (++rank.step < steps_)
      begin_step(index);
    else if (--unfinished_ == 0)
      engine_.at(engine_.now(), done_);
  }
}

// The phase that the rank is at the end of.
void Collective::book(Rank& rank) {
  const Phase& phase = phases_[place_of(rank.step).phase];
  spent_ns_[static_cast<std::size_t>(phase.level)] +=
      static_cast<double>((engine_.now() - rank.since).ns);
  rank.since = engine_.now();
}

double Collective::spent(Level level) const {
  return spent_ns_[static_cast<std::size_t>(level)] / 1e9 / static_cast<double>(ranks_.size());
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
