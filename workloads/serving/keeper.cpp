#include "workloads/serving/keeper.h"

#include <limits>

#include "workloads/serving/placement.h"

namespace fleetsim::serving {

Keeper::Keeper(const ServingConfig& config, Engine& engine, SharedPools* pools, Staff& staff)
    : config_(config),
      engine_(engine),
      pools_(pools),
      staff_(staff),
      states_(config.replicas()),
      open_(engine.now(), static_cast<std::int64_t>(states_.size())) {
  for (State& state : states_) state.takes = upkeep().startup;
  if (pools_ != nullptr) place();
  if (!upkeep().upgrade) return;
  for (std::uint32_t i = 0; i < upkeep().upgrade->at_once; ++i)
    engine_.at(Instant{} + upkeep().upgrade->at, on<&Keeper::upgrade_next>(*this));
}

// Seats of a cluster come node after node, so a holder is the last one or a new one.
void Keeper::place() {
  const FleetPlan& plan = upkeep().fleet->plan();
  std::vector<std::uint32_t> used;  // nodes, those of others too
  for (std::uint32_t c = 0; c < plan.clusters.size(); ++c) {
    halls_.push_back(std::make_unique<Hall>(*this, ClusterId{c}));
    used.push_back(pools_->taken({c}));
  }
  const std::vector<Stand> stands = stands_of(config_.groups, Placer(plan, used));
  for (std::uint32_t seat = 0; seat < stands.size(); ++seat) {
    const Stand& stand = stands[seat];
    Hall& hall = *halls_[stand.cluster.index];
    std::uint32_t& nodes = used[stand.cluster.index];
    if (stand.node + stand.nodes > nodes) {
      hall.nodes.push_back(stand.node + stand.nodes - nodes);
      hall.seats.emplace_back();
      nodes = stand.node + stand.nodes;
    }
    hall.seats.back().push_back(seat);
  }
  for (const auto& hall : halls_) {
    if (hall->nodes.empty()) continue;
    const Holder first = pools_->join(hall->cluster, hall->nodes, *hall).holder;
    for (Holder holder = 0; holder < hall->seats.size(); ++holder)
      for (const std::uint32_t each : hall->seats[holder]) {
        states_[each].cluster = hall->cluster;
        states_[each].holder = first + holder;
      }
  }
}

void Keeper::Hall::struck(const Failure& failure, bool swapped) {
  const FailurePlan& plan = keeper.upkeep().failures[cluster.index];
  const Duration known = failure.found ? Duration{} : detection_of(plan, failure.cause);
  ++keeper.failures_;
  for (Holder holder = 0; holder < seats.size(); ++holder)
    if (failure.holder == everybody || failure.holder == holder)
      for (const std::uint32_t seat : seats[holder])
        keeper.strike(seat, known, swapped ? plan.swap : Duration{},
                      swapped && keeper.upkeep().warm_spares);
}

void Keeper::Hall::filled(Holder holder) {
  for (const std::uint32_t seat : seats[holder]) {
    State& state = keeper.states_[seat];
    state.wait = keeper.upkeep().failures[cluster.index].swap;
    if (state.stage == Stage::down) keeper.start(seat);
  }
}

void Keeper::Hall::slowed(Holder holder, double factor) {
  for (const std::uint32_t seat : seats[holder]) keeper.staff_.slowed(seat, factor);
}

// What is announced is known at once; there is no way to move what a replica holds.
void Keeper::Hall::switched_off(std::uint32_t maintenance) {
  const FailurePlan& plan = keeper.upkeep().failures[cluster.index];
  const Duration known = plan.maintenance[maintenance].announced ? Duration{} : plan.detection;
  for (const auto& of_holder : seats)
    for (const std::uint32_t seat : of_holder) keeper.strike(seat, known, {}, false);
}

void Keeper::Hall::switched_on() {
  for (const auto& of_holder : seats)
    for (const std::uint32_t seat : of_holder)
      if (keeper.states_[seat].stage == Stage::down) keeper.start(seat);
}

void Keeper::enter(std::uint32_t seat, Stage stage) {
  State& state = states_[seat];
  engine_.cancel(state.next);
  const bool was = state.stage == Stage::open, is = stage == Stage::open;
  if (was != is) open_.set(engine_.now(), open_.level() + (is ? 1 : -1));
  state.stage = stage;
}

// Struck anew, a replica that nobody missed yet is missed when it would have been; one that was
// about to start begins again.
void Keeper::strike(std::uint32_t seat, Duration known_after, Duration wait, bool loaded) {
  State& state = states_[seat];
  state.wait = wait;
  state.takes = loaded ? Duration{} : upkeep().startup;
  if (state.stage == Stage::off || state.stage == Stage::failed) return;
  if (state.stage == Stage::down) {
    engine_.cancel(state.next);
    state.wait = state.wait + known_after;
    if (has_nodes(state)) start(seat);
  } else {
    staff_.stopped(seat);
    enter(seat, Stage::failed);
    state.known = engine_.now() + known_after;
    state.next = engine_.at(state.known, on<&Keeper::known>(*this));
  }
  end_upgrade(state);
}

// All that stopped together are known together, before anything is sent elsewhere.
void Keeper::known(std::uint64_t) {
  std::vector<std::uint32_t> seats;
  for (std::uint32_t seat = 0; seat < states_.size(); ++seat)
    if (states_[seat].stage == Stage::failed && states_[seat].known == engine_.now())
      seats.push_back(seat);
  for (const std::uint32_t seat : seats) {
    enter(seat, Stage::down);
    staff_.closed(seat);
  }
  for (const std::uint32_t seat : seats)
    if (has_nodes(states_[seat])) start(seat);
  for (const std::uint32_t seat : seats) staff_.handed_back(seat);
}

bool Keeper::has_nodes(const State& state) const {
  if (pools_ == nullptr) return true;
  const NodePool& pool = pools_->pool(state.cluster);
  return pool.is_on() && pool.missing(state.holder) == 0;
}

void Keeper::start(std::uint32_t seat) {
  State& state = states_[seat];
  const Duration length = state.wait + state.takes;
  engine_.cancel(state.next);
  if (length > Duration{})
    state.next = engine_.after(length, on<&Keeper::started>(*this, seat));
  else
    started(seat);
}

void Keeper::started(std::uint64_t number) {
  const auto seat = static_cast<std::uint32_t>(number);
  State& state = states_[seat];
  state.wait = {};
  state.takes = upkeep().startup;
  enter(seat, Stage::open);
  staff_.opened(seat);
  end_upgrade(state);
}

void Keeper::end_upgrade(State& state) {
  if (!state.upgrading) return;
  state.upgrading = false;
  upgrade_next({});
}

bool Keeper::is_on(std::uint32_t seat) const {
  const State& state = states_[seat];
  return state.stage != Stage::off && (state.stage != Stage::draining || state.upgrading);
}

void Keeper::turn_on(std::uint32_t seat) {
  State& state = states_[seat];
  if (state.stage == Stage::draining) {  // it is not too late
    enter(seat, Stage::open);
    return staff_.opened(seat);
  }
  ++starts_;
  enter(seat, Stage::down);
  if (has_nodes(state)) start(seat);
}

bool Keeper::may_turn_off(std::uint32_t seat) const {
  const State& state = states_[seat];
  return state.stage == Stage::open || (state.stage == Stage::down && !state.upgrading);
}

// What does not serve now is off at once.
void Keeper::turn_off(std::uint32_t seat) {
  if (states_[seat].stage == Stage::open) return drain(seat);
  enter(seat, Stage::off);
}

void Keeper::drain(std::uint32_t seat) {
  enter(seat, Stage::draining);
  staff_.closed(seat);
  if (staff_.is_empty(seat)) drained(seat);
}

// Its replica may be in the midst of a pass's end: soon.
void Keeper::left(std::uint32_t seat) {
  if (states_[seat].stage == Stage::draining && staff_.is_empty(seat))
    engine_.at(engine_.now(), on<&Keeper::look_if_drained>(*this, seat));
}

void Keeper::look_if_drained(std::uint64_t number) {
  const auto seat = static_cast<std::uint32_t>(number);
  if (states_[seat].stage == Stage::draining && staff_.is_empty(seat)) drained(seat);
}

void Keeper::drained(std::uint32_t seat) {
  State& state = states_[seat];
  staff_.stopped(seat);
  if (!state.upgrading) return enter(seat, Stage::off);
  enter(seat, Stage::down);
  state.wait = upkeep().upgrade->takes;
  state.takes = upkeep().startup;
  if (has_nodes(state)) start(seat);
}

void Keeper::out_of_grace(std::uint64_t number) {
  const auto seat = static_cast<std::uint32_t>(number);
  drained(seat);
  staff_.handed_back(seat);
}

// What is not open now starts with the new software anyway.
void Keeper::upgrade_next(std::uint64_t) {
  while (next_upgrade_ < states_.size() && states_[next_upgrade_].stage != Stage::open)
    ++next_upgrade_;
  if (next_upgrade_ == states_.size()) return;
  const std::uint32_t seat = next_upgrade_++;
  states_[seat].upgrading = true;
  drain(seat);
  if (states_[seat].stage == Stage::draining)
    states_[seat].next =
        engine_.after(upkeep().upgrade->grace, on<&Keeper::out_of_grace>(*this, seat));
}

void Keeper::restart() {
  open_.restart(engine_.now());
  failures_ = starts_ = 0;
}

Keeper::Seen Keeper::seen() const {
  return {open_.mean(engine_.now()), failures_, starts_};
}

void Keeper::report(const Seen& seen, std::uint64_t cold, std::uint64_t arrived,
                    std::vector<Measured>& out) {
  out.push_back({{"serving.replicas", "1"}, seen.open});
  const auto count = [&](const char* name, std::uint64_t n) {
    out.push_back({{name, "count"}, static_cast<double>(n)});
  };
  count("serving.failures", seen.failures);
  count("serving.starts", seen.starts);
  count("serving.cold_starts", cold);
  const auto number = [](std::uint64_t n) { return static_cast<double>(n); };
  out.push_back(
      {{"serving.cold", "1"},
       arrived > 0 ? number(cold) / number(arrived) : std::numeric_limits<double>::quiet_NaN(),
       number(arrived)});
}

}  // namespace fleetsim::serving
