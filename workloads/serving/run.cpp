#include "workloads/serving/run.h"

#include <algorithm>
#include <cmath>

#include "sim/check.h"

namespace fleetsim::serving {

ServingRun::ServingRun(const ServingConfig& config, const Chance& chance, RecordSink* sink)
    : config_(config),
      router_(config, seats_, chance.stream("serving.router")),
      collector_(config),
      journal_(sink) {
  costs_.reserve(config.groups.size());
  for (const GroupConfig& group : config.groups) costs_.emplace_back(group.cost);
  for (std::uint32_t g = 0; g < config.groups.size(); ++g)
    for (std::uint32_t i = 0; i < config.groups[g].replicas; ++i)
      seats_.push_back({.replica = std::make_unique<Replica>(config.groups[g].scheduler, costs_[g],
                                                             engine_, *this),
                        .group = g});
  before_.resize(seats_.size());
  looked_.resize(seats_.size());
  if (config.energy) {
    energy_.emplace(config);
    engine_.at(energy_->next_look({}), on<&ServingRun::look_at_meters>(*this));
  }
  expected_.resize(config.clients.size());
  arrivals_.reserve(config.clients.size());
  for (std::uint32_t c = 0; c < config.clients.size(); ++c) {
    arrivals_.emplace_back(config.clients[c], chance, c);
    patience_.push_back(chance.stream("serving.patience", c));
    timeout_.push_back(chance.stream("serving.timeout", c));
    backoff_.push_back(chance.stream("serving.backoff", c));
    expect_next(c);
  }
}

Duration ServingRun::delay(const Call& call) const {
  return config_.clients[call.request.client].delay[seats_[call.seat].group];
}

void ServingRun::expect_next(std::uint32_t client) {
  const auto next = arrivals_[client].next();
  if (!next) return;
  expected_[client] = *next;
  engine_.at(next->at, on<&ServingRun::arrive>(*this, client));
}

void ServingRun::arrive(std::uint64_t number) {
  const auto client = static_cast<std::uint32_t>(number);
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(calls_.size()));
    calls_.emplace_back();
  }
  const std::uint32_t row = free_.back();
  free_.pop_back();
  const Arrivals::Arrival& sent = expected_[client];
  calls_[row] = {.request = {.number = arrived_++,
                             .prompt = sent.prompt,
                             .output = sent.output,
                             .client = client,
                             .priority = config_.clients[client].priority,
                             .hashes = sent.hashes,
                             .arrived = engine_.now(),
                             .ticket = calls_[row].request.ticket},
                 .live = true,
                 .tries = 0};
  expect_next(client);
  collector_.came(engine_.now());
  journal_.came(calls_[row].request);
  send(row);
}

void ServingRun::send(std::uint64_t row) {
  Call& call = calls_[row];
  const std::uint32_t number = call.request.client;
  const ClientConfig& client = config_.clients[number];
  if (client.timeout)
    call.deadline = engine_.after(from_seconds(client.timeout->draw(timeout_[number])),
                                  on<&ServingRun::time_out>(*this, row));
  if (client.patience)
    call.patience = engine_.after(from_seconds(client.patience->draw(patience_[number])),
                                  on<&ServingRun::lose_patience>(*this, row));
  call.request.ready = engine_.now();
  call.place = Call::Place::gateway;
  ++at_gateway_;
  ++call.tries;
  call.sent = ++sent_;
  line_.push_back({static_cast<std::uint32_t>(row), call.sent});
  serve_line();
}

// In order; who is first keeps the others waiting.
void ServingRun::serve_line() {
  while (!line_.empty()) {
    const auto [row, sent] = line_.front();
    const Call& call = calls_[row];
    if (call.sent == sent && call.place == Call::Place::gateway) {
      const auto seat = router_.choose(call.request);
      if (!seat) return;
      line_.pop_front();
      dispatch(row, *seat);
    } else {
      line_.pop_front();
    }
  }
}

void ServingRun::dispatch(std::uint32_t row, std::uint32_t seat) {
  Call& call = calls_[row];
  call.seat = seat;
  call.place = Call::Place::wire;
  --at_gateway_;
  ++seats_[seat].outstanding;
  if (config_.routing == Routing::prefix) call.to_read = router_.unread(seat, call.request);
  seats_[seat].to_read += call.to_read;
  const Duration wire = delay(call);
  call.request.ready = call.request.ready + wire;
  if (wire > Duration{})
    call.step = engine_.after(wire, on<&ServingRun::reach>(*this, row));
  else
    reach(row);
}

void ServingRun::reach(std::uint64_t number) {
  const auto row = static_cast<std::uint32_t>(number);
  Call& call = calls_[row];
  Replica& replica = *seats_[call.seat].replica;
  const bool full = config_.queue_limit && replica.waiting() >= *config_.queue_limit;
  if (full || !replica.can_hold(call.request)) {
    leave_seat(call);
    return turn_away(row, End::refused);
  }
  call.place = Call::Place::replica;
  replica.submit(id(row));
  note_levels(call);
}

void ServingRun::leave_seat(Call& call) {
  --seats_[call.seat].outstanding;
  seats_[call.seat].to_read -= call.to_read;
}

void ServingRun::note_levels(const Call& call) {
  journal_.at_replica(call.seat, *seats_[call.seat].replica, engine_.now());
}

void ServingRun::joined(RequestId id) {
  const Call& call = calls_[id.index];
  if (call.request.made == 0) journal_.scheduled(call.request, engine_.now());
  note_levels(call);
}

void ServingRun::first_token(RequestId id, Instant when) {
  Call& call = calls_[id.index];
  call.request.first_token = when;
  journal_.first_token(call.request, when);
}

void ServingRun::preempted(RequestId id) {
  collector_.preempted();
  journal_.preempted(calls_[id.index].request, engine_.now());
  note_levels(calls_[id.index]);
}

void ServingRun::finished(RequestId id, Instant when) {
  Call& call = calls_[id.index];
  leave_seat(call);
  note_levels(call);
  call.place = Call::Place::answered;
  call.finished = when;
  if (const Duration wire = delay(call); wire > Duration{})
    call.step = engine_.after(wire, on<&ServingRun::answer>(*this, id.index));
  else
    answer(id.index);
  serve_line();
}

void ServingRun::answer(std::uint64_t number) {
  const auto row = static_cast<std::uint32_t>(number);
  const Call& call = calls_[row];
  const Duration tail = call.finished - call.request.first_token;
  collector_.completed(call.request, engine_.now(), tail);
  table_.add(call.request, call.seat, call.tries, 0, engine_.now(), tail);
  journal_.ended(call.request, engine_.now(), End::completed);
  forget(row);
}

void ServingRun::lose_patience(std::uint64_t row) {
  const Call& call = calls_[row];
  const bool waits = call.place != Call::Place::replica || call.request.slot == UINT32_MAX;
  if (waits && call.request.made == 0) time_out(row);
}

void ServingRun::time_out(std::uint64_t number) {
  const auto row = static_cast<std::uint32_t>(number);
  Call& call = calls_[row];
  if (call.place == Call::Place::wire || call.place == Call::Place::answered)
    engine_.cancel(call.step);
  if (call.place == Call::Place::replica) {
    seats_[call.seat].replica->cancel(id(row));
    note_levels(call);
  }
  if (call.place == Call::Place::gateway) --at_gateway_;
  if (call.place == Call::Place::wire || call.place == Call::Place::replica) leave_seat(call);
  turn_away(row, End::timed_out);
  serve_line();
}

// It comes again after a while, if it may.
void ServingRun::turn_away(std::uint32_t row, End how) {
  Call& call = calls_[row];
  engine_.cancel(call.deadline);
  engine_.cancel(call.patience);
  const std::uint32_t client = call.request.client;
  const auto& retry = config_.clients[client].retry;
  if (!retry || call.tries > retry->attempts) {
    collector_.ended(call.request, engine_.now(), how);
    table_.add(call.request, call.seat, call.tries, static_cast<int>(how), engine_.now(), {});
    journal_.ended(call.request, engine_.now(), how);
    return forget(row);
  }
  collector_.retried();
  journal_.retried(call.request, engine_.now(), call.tries);
  call.place = Call::Place::away;
  call.request.made = 0;
  const double factor = std::pow(retry->growth, static_cast<double>(call.tries - 1));
  const double wait = retry->backoff.draw(backoff_[client]) * factor;
  call.step = engine_.after(from_seconds(wait), on<&ServingRun::send>(*this, row));
}

void ServingRun::forget(std::uint32_t row) {
  Call& call = calls_[row];
  engine_.cancel(call.deadline);
  engine_.cancel(call.patience);
  call.live = false;
  call.place = Call::Place::away;
  free_.push_back(row);
}

void ServingRun::look_at_meters(std::uint64_t) {
  settle_energy();
  engine_.at(energy_->next_look(engine_.now()), on<&ServingRun::look_at_meters>(*this));
}

void ServingRun::settle_energy() {
  if (!energy_) return;
  const Instant now = engine_.now();
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    const Tallies& seen = seats_[i].replica->tallies(now);
    energy_->look(seats_[i].group, now, looked_[i], seen);
    looked_[i] = seen;
  }
  energy_->looked(now);
}

void ServingRun::restart() {
  settle_energy();
  collector_.restart(engine_.now());
  window_start_ = engine_.now();
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    before_[i] = seats_[i].replica->tallies(window_start_);
    seats_[i].replica->gaps().clear();
  }
}

void ServingRun::report(std::uint32_t windows, std::vector<Measured>& out) {
  const Instant now = engine_.now();
  std::int64_t under_way = 0;
  std::uint64_t standing = 0;
  TimeAverage::Area time = 0;
  for (const Call& call : calls_) {
    if (!call.live) continue;
    ++under_way;
    standing += call.place == Call::Place::gateway;
    time += (now - std::max(call.request.arrived, window_start_)).ns;
  }
  collector_.audit(now, under_way, time);
  check(standing == at_gateway_, "the number at the gateway is that of the requests there");
  collector_.report(now, out);
  FleetTally fleet;
  for (std::size_t i = 0; i < seats_.size(); ++i)
    fleet.add(before_[i], seats_[i].replica->tallies(now), seats_[i].replica->gaps(),
              config_.groups[seats_[i].group].scheduler);
  fleet.report(seconds(now - window_start_), config_, out);
  gaps_ = std::move(fleet.gaps);
  settle_energy();
  if (energy_)
    energy_->report(window_start_, now, {collector_.tokens(), collector_.completed()}, windows,
                    out);
}

std::vector<Distribution> ServingRun::distributions() {
  std::vector<Distribution> out;
  collector_.distributions(out);
  out.push_back({"serving.itl", gaps_});
  return out;
}

}  // namespace fleetsim::serving
