#include "workloads/serving/run.h"

#include <algorithm>

#include "sim/check.h"

namespace fleetsim::serving {
namespace {

// A session of a client, as one word.
std::uint64_t named(std::uint32_t client, std::uint32_t session) {
  return std::uint64_t{client} << 32 | session;
}

std::optional<Sessions> sessions_of(const ServingConfig& config, const Chance& chance,
                                    std::uint32_t client) {
  if (!config.clients[client].sessions) return std::nullopt;
  std::uint32_t block = 0;
  for (const GroupConfig& group : config.groups)
    if (group.scheduler.prefix_cache) block = group.scheduler.block_tokens;
  return Sessions(config.clients[client], block, chance, client);
}

}  // namespace

ServingRun::ServingRun(const ServingConfig& config, Engine& engine, SharedPools* pools,
                       const Chance& chance, RecordSink* sink)
    : config_(config),
      engine_(engine),
      gateway_(config),
      router_(config, seats_, chance.stream("serving.router")),
      collector_(config),
      journal_(sink) {
  costs_.reserve(config.groups.size());
  for (const GroupConfig& group : config.groups) costs_.emplace_back(group.cost, config.slow_down);
  for (std::uint32_t g = 0; g < config.groups.size(); ++g)
    for (std::uint32_t i = 0; i < config.groups[g].replicas; ++i)
      seats_.push_back({.replica = std::make_unique<Replica>(config.groups[g].scheduler, costs_[g],
                                                             engine_, *this),
                        .group = g});
  if (config.disaggregated()) transfers_.emplace(config, seats_, engine_, chance);
  const SchedulerConfig& scheduler = config.groups.front().scheduler;
  if (scheduler.speculation || scheduler.adapters) luck_ = chance.stream("serving.luck");
  before_.resize(seats_.size());
  looked_.resize(seats_.size());
  if (config.upkeep) {
    stuck_.resize(seats_.size());
    keeper_.emplace(config, engine_, pools, *this);
    autoscaler_.emplace(config, engine_, *keeper_);
  }
  if (config.energy && config.energy->counted) {
    energy_.emplace(config);
    engine_.at(energy_->next_look({}), on<&ServingRun::look_at_meters>(*this));
  }
  expected_.resize(config.clients.size());
  arrivals_.reserve(config.clients.size());
  for (std::uint32_t c = 0; c < config.clients.size(); ++c) {
    arrivals_.emplace_back(config.clients[c], chance, c);
    patience_.push_back(chance.stream("serving.patience", c));
    timeout_.push_back(chance.stream("serving.timeout", c));
    retries_.emplace_back(config.clients[c], chance, c);
    limits_.emplace_back(config.clients[c].rate_limit);
    sessions_.push_back(sessions_of(config, chance, c));
    expect_next(c);
    if (const auto* users = std::get_if<Users>(&config.clients[c].arrivals))
      for (std::uint32_t u = 0; u < users->count; ++u)
        engine_.after(sessions_[c]->think(),
                      on<&ServingRun::speak>(*this, named(c, sessions_[c]->open())));
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
  const Arrivals::Arrival sent = expected_[client];
  expect_next(client);
  auto& sessions = sessions_[client];
  if (!sessions) return take_up(client, sent, no_session);
  const std::uint32_t session = sessions->open();
  take_up(client, sessions->say(session, sent), session);
}

void ServingRun::speak(std::uint64_t name) {
  const auto client = static_cast<std::uint32_t>(name >> 32);
  const auto session = static_cast<std::uint32_t>(name);
  const Arrivals::Arrival fresh = arrivals_[client].fresh(engine_.now());
  take_up(client, sessions_[client]->say(session, fresh), session);
}

// Who does not think asks at once, so that the next pass may take all up who were answered by one.
void ServingRun::talk_on(const Request& request, std::uint32_t session, bool answered) {
  if (session == no_session) return;
  const auto pause =
      sessions_[request.client]->ended(session, answered, request.prompt, request.output);
  if (!pause) return;
  const std::uint64_t name = named(request.client, session);
  if (*pause > Duration{})
    engine_.after(*pause, on<&ServingRun::speak>(*this, name));
  else
    speak(name);
}

void ServingRun::take_up(std::uint32_t client, const Arrivals::Arrival& sent,
                         std::uint32_t session) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(calls_.size()));
    calls_.emplace_back();
  }
  const std::uint32_t row = free_.back();
  free_.pop_back();
  calls_[row] = {.request = {.number = arrived_++,
                             .prompt = sent.prompt,
                             .output = sent.output,
                             .client = client,
                             .priority = config_.clients[client].priority,
                             .session = sent.session,
                             .hashes = sent.hashes,
                             .arrived = engine_.now(),
                             .ticket = calls_[row].request.ticket,
                             .luck = luck_ ? (*luck_)() : 0},
                 .live = true,
                 .session = session};
  collector_.came(engine_.now());
  journal_.came(calls_[row].request);
  if (config_.too_long(calls_[row].request)) return refuse_too_long(row);
  retries_[client].sent();
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
  call.request.brought = 0;
  ++call.tries;
  if (limits_[number] && !limits_[number]->admits(engine_.now())) {
    call.place = Call::Place::away;
    return turn_away(static_cast<std::uint32_t>(row), End::refused);
  }
  stand_at_gateway(static_cast<std::uint32_t>(row));
  const std::uint64_t standing = call.standing.number;
  serve_line();
  const Call& now = calls_[row];
  const bool waits = now.place == Call::Place::gateway && now.standing.number == standing;
  if (waits && config_.gateway_limit && gateway_.waiting() > *config_.gateway_limit) {
    gateway_.leave(now.standing);
    turn_away(static_cast<std::uint32_t>(row), End::refused);
  }
}

void ServingRun::stand_at_gateway(std::uint32_t row) {
  Call& call = calls_[row];
  call.place = Call::Place::gateway;
  call.standing = gateway_.stand(call.request, row);
}

// It would be no shorter the next time.
void ServingRun::refuse_too_long(std::uint32_t row) {
  Call& call = calls_[row];
  collector_.too_long();
  collector_.ended(call.request, engine_.now(), End::refused);
  journal_.ended(call.request, engine_.now(), End::refused);
  table_.add(call.request, call.seat, 0, static_cast<int>(End::refused), engine_.now(), {});
  talk_on(call.request, call.session, false);
  forget(row);
}

void ServingRun::serve_line() {
  serve_read();
  gateway_.release();
  if (serving_line_) return;  // who is at it goes on
  serving_line_ = true;
  serve_gateway();
  serving_line_ = false;
  if (autoscaler_) autoscaler_->stuck(gateway_.waiting() + read_.size());
}

// Who is first keeps those behind waiting who want the same model.
void ServingRun::serve_gateway() {
  while (const auto next = gateway_.next()) {
    const Request& request = calls_[next->call].request;
    const bool room = !config_.in_flight_limit || in_fleet_ < *config_.in_flight_limit;
    const auto seat = room ? router_.choose(request, engine_.now()) : std::nullopt;
    if (!seat) {
      gateway_.hold(*next);
      continue;
    }
    gateway_.serve(*next, request);
    dispatch(next->call, *seat);
  }
}

void ServingRun::dispatch(std::uint32_t row, std::uint32_t seat) {
  Call& call = calls_[row];
  call.place = Call::Place::wire;
  take_seat(call, seat);
  if (config_.routing == Routing::prefix) call.to_read = router_.unread(seat, call.request);
  seats_[seat].to_read += call.to_read;
  const Duration wire = delay(call);
  if (call.request.made == 0) call.request.ready = call.request.ready + wire;
  if (wire > Duration{})
    call.step = engine_.after(wire, on<&ServingRun::reach>(*this, row));
  else
    reach(row);
}

void ServingRun::reach(std::uint64_t number) {
  const auto row = static_cast<std::uint32_t>(number);
  Call& call = calls_[row];
  if (!seats_[call.seat].works) return get_stuck(row);
  Replica& replica = *seats_[call.seat].replica;
  const bool full = config_.queue_limit && replica.waiting() >= *config_.queue_limit;
  if (full || !replica.can_hold(call.request)) {
    gateway_.give_back(call.standing, call.request);
    leave_seat(call);
    turn_away(row, End::refused);
    return serve_line();
  }
  call.place = Call::Place::replica;
  replica.submit(id(row));
  note_levels(call);
}

void ServingRun::take_seat(Call& call, std::uint32_t seat) {
  call.seat = seat;
  ++seats_[seat].outstanding;
  ++in_fleet_;
  router_.update(seat);
  if (autoscaler_) autoscaler_->came(seats_[seat].group);
}

void ServingRun::leave_seat(Call& call) {
  Seat& seat = seats_[call.seat];
  --seat.outstanding;
  --in_fleet_;
  seat.to_read -= call.to_read;
  router_.update(call.seat);
  if (!keeper_) return;
  keeper_->left(call.seat);
  autoscaler_->left(seat.group);
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
  call.first_seen = when + delay(call);
  journal_.first_token(call.request, when);
}

void ServingRun::preempted(RequestId id) {
  collector_.preempted();
  journal_.preempted(calls_[id.index].request, engine_.now());
  note_levels(calls_[id.index]);
}

void ServingRun::finished(RequestId id, Instant) {
  Call& call = calls_[id.index];
  leave_seat(call);
  note_levels(call);
  call.place = Call::Place::answered;
  if (const Duration wire = delay(call); wire > Duration{})
    call.step = engine_.after(wire, on<&ServingRun::answer>(*this, id.index));
  else
    answer(id.index);
  serve_line();
}

void ServingRun::answer(std::uint64_t number) {
  const auto row = static_cast<std::uint32_t>(number);
  const Call call = calls_[row];
  const Duration tail = std::max(Duration{}, engine_.now() - call.first_seen);
  collector_.completed(call.request, engine_.now(), tail);
  table_.add(call.request, call.seat, call.tries, 0, engine_.now(), tail);
  journal_.ended(call.request, engine_.now(), End::completed);
  forget(row);
  talk_on(call.request, call.session, true);
}

// No pass has taken it up.
bool ServingRun::untouched(const Call& call) {
  const bool waits = call.place != Call::Place::replica || call.request.slot == UINT32_MAX;
  return waits && call.request.made == 0;
}

void ServingRun::lose_patience(std::uint64_t row) {
  const Call& call = calls_[row];
  if (untouched(call)) time_out(row);
}

void ServingRun::time_out(std::uint64_t number) {
  const auto row = static_cast<std::uint32_t>(number);
  Call& call = calls_[row];
  if (call.place == Call::Place::wire || call.place == Call::Place::answered)
    engine_.cancel(call.step);
  if (call.place == Call::Place::gateway) gateway_.leave(call.standing);
  if (call.place == Call::Place::replica) {
    seats_[call.seat].replica->cancel(id(row));
    note_levels(call);
  }
  if (call.place != Call::Place::gateway && call.place != Call::Place::answered) {
    if (untouched(call)) gateway_.give_back(call.standing, call.request);
    leave_seat(call);
  }
  turn_away(row, End::timed_out);
  serve_line();
}

// It comes again after a while, if it may.
void ServingRun::turn_away(std::uint32_t row, End how) {
  Call& call = calls_[row];
  if (call.place == Call::Place::read || call.place == Call::Place::keys) drop_keys(call);
  engine_.cancel(call.deadline);
  engine_.cancel(call.patience);
  const auto wait = retries_[call.request.client].wait(call.tries);
  if (!wait) {
    collector_.ended(call.request, engine_.now(), how);
    table_.add(call.request, call.seat, call.tries, static_cast<int>(how), engine_.now(), {});
    journal_.ended(call.request, engine_.now(), how);
    talk_on(call.request, call.session, false);
    return forget(row);
  }
  collector_.retried();
  journal_.retried(call.request, engine_.now(), call.tries);
  call.place = Call::Place::away;
  call.request.made = 0;
  call.step = engine_.after(*wait, on<&ServingRun::send>(*this, row));
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
  if (keeper_) {
    keeper_->restart();
    autoscaler_->restart();
  }
  if (transfers_) transfers_->restart();
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
  check(standing == gateway_.waiting(), "the number at the gateway is that of the requests there");
  collector_.report(now, out);
  FleetTally fleet;
  RoleTally roles(config_);
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    const GroupConfig& group = config_.groups[seats_[i].group];
    const Tallies& seen = seats_[i].replica->tallies(now);
    fleet.add(before_[i], seen, seats_[i].replica->gaps(), group.scheduler);
    roles.add(group, before_[i], seen);
  }
  fleet.report(seconds(now - window_start_), config_, out);
  if (keeper_) Keeper::report(keeper_->seen(), autoscaler_->cold(), collector_.came(), out);
  roles.report(seconds(now - window_start_), out);
  if (transfers_) transfers_->tally().report(out);
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
  if (transfers_) out.push_back({"serving.transfer", transfers_->tally().ns});
  return out;
}

}  // namespace fleetsim::serving
