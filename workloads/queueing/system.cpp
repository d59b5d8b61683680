#include "workloads/queueing/system.h"

#include "workloads/queueing/metrics.h"

namespace fleetsim::queueing {

System::System(const QueueingConfig& config, const Chance& chance, RecordSink* sink)
    : config_(config),
      sink_(sink),
      collector_(config) {
  for (std::uint32_t i = 0; i < config.stations.size(); ++i)
    add_group(config.stations[i], i, chance);
  for (std::uint32_t i = 0; i < config.routers.size(); ++i)
    add_router(config.routers[i], i, chance);
  for (std::uint32_t i = 0; i < config.sources.size(); ++i)
    sources_.push_back(
        make_source(*this, config.sources[i], i, chance.stream("queueing.arrival", i)));
  for (const auto& source : sources_) source->start();
}

void System::add_group(const StationConfig& config, std::uint32_t index, const Chance& chance) {
  const auto first = static_cast<std::uint32_t>(stations_.size());
  groups_.push_back({.first = first,
                     .copies = config.copies,
                     .service = chance.stream("queueing.service", index),
                     .patience = chance.stream("queueing.patience", index),
                     .choice = chance.stream("queueing.copy", index),
                     .depth = nullptr});
  if (config.copies > 1) groups_[index].depth = std::make_unique<DepthProfile>(config.copies);
  for (std::uint32_t copy = 0; copy < config.copies; ++copy) {
    stations_.push_back(make_station(*this, config, index));
    if (config.copies > 1) stations_.back()->tell(*groups_[index].depth, copy);
    orbits_.push_back(nullptr);
    if (config.retrial)
      orbits_.back() = std::make_unique<Orbit>(*this, *config.retrial, first + copy,
                                               chance.stream("queueing.retrial", first + copy));
  }
}

void System::add_router(const RouterConfig& config, std::uint32_t index, const Chance& chance) {
  Choice choice;
  std::vector<Station*> stations;
  choice.copies = config.policy != RouterConfig::Policy::probabilities;
  for (const Target& target : config.to) {
    if (!choice.copies) {
      choice.to.push_back(target);
      continue;
    }
    const Group& group = groups_[target.index];
    for (std::uint32_t copy = 0; copy < group.copies; ++copy) {
      choice.to.push_back({Target::Kind::station, group.first + copy});
      stations.push_back(stations_[group.first + copy].get());
    }
  }
  choice.router = std::make_unique<Router>(config, std::move(stations), choice.to.size(),
                                           chance.stream("queueing.route", index));
  routers_.push_back(std::move(choice));
}

void System::note(const char* what, std::uint64_t who, double value, Record::Shape shape) {
  if (sink_ == nullptr) return;
  const Record record{engine_.now(), what, who, value, shape};
  sink_->write({&record, 1});
}

void System::enter(std::uint32_t source) {
  const CustomerId id = customers_.add(engine_.now(), source);
  collector_.entered(engine_.now(), source);
  note("queue.visit", id.index, source, Record::Shape::begin);
  go(id, config_.sources[source].to);
}

void System::go(CustomerId id, Target to) {
  bool copy_chosen = false;
  while (to.kind == Target::Kind::router) {
    Choice& choice = routers_[to.index];
    copy_chosen = choice.copies;
    to = choice.to[choice.router->choose()];
  }
  if (to.kind == Target::Kind::exit) {
    collector_.served(engine_.now(), customers_[id]);
    return leave(id);
  }
  if (copy_chosen) return offer(id, to.index);
  Group& group = groups_[to.index];
  const std::uint32_t copy =
      group.copies == 1 ? 0 : static_cast<std::uint32_t>(group.choice.uniform() * group.copies);
  offer(id, group.first + copy);
}

void System::offer(CustomerId id, std::uint32_t station) {
  collector_.offered();
  if (stations_[station]->has_room()) return admit(id, station);
  collector_.refused();
  if (orbits_[station] != nullptr) return orbits_[station]->join(id);
  collector_.lost(engine_.now(), customers_[id]);
  leave(id);
}

void System::admit(CustomerId id, std::uint32_t station) {
  Station& place = *stations_[station];
  const StationConfig& config = config_.stations[place.group()];
  Customer& customer = customers_[id];
  customer.joined = engine_.now();
  if (!config.bulk) {  // drawn on arrival, so that each discipline sees the same work
    const std::optional<Law>& own = config_.sources[customer.source].service;
    const Law& law = own ? *own : config.service;
    customer.work = from_seconds(law.draw(groups_[place.group()].service));
    collector_.asked_for(place.group(), customer.work);
  }
  place.arrive(id);
}

bool System::try_again(CustomerId id, std::uint32_t station) {
  collector_.retried();
  if (!stations_[station]->has_room()) return false;
  admit(id, station);
  return true;
}

void System::served(CustomerId id, std::uint32_t group) {
  Customer& customer = customers_[id];
  customer.served = customer.served + customer.work;
  collector_.served_by(group, engine_.now() - customer.joined, customer.work);
  go(id, config_.stations[group].to);
}

void System::gave_up(CustomerId id) {
  collector_.gave_up(engine_.now(), customers_[id]);
  leave(id);
}

void System::leave(CustomerId id) {
  const Customer& customer = customers_[id];
  const std::uint32_t source = customer.source;
  ++visits_total_;
  if (visits_left_ > 0) {
    --visits_left_;
    visits_.push_back(
        {customer.entered, engine_.now() - customer.entered, customer.served, source});
  }
  note("queue.visit", id.index, seconds(engine_.now() - customer.entered), Record::Shape::end);
  customers_.remove(id);
  sources_[source]->returned();
}

Duration System::draw_service(std::uint32_t group) {
  return from_seconds(config_.stations[group].service.draw(groups_[group].service));
}

Duration System::draw_patience(std::uint32_t group) {
  return from_seconds(config_.stations[group].patience->draw(groups_[group].patience));
}

// Priority first, then order of arrival: there are at most 2^12 priorities and 2^52 arrivals.
std::uint64_t System::priority_key(CustomerId id, std::uint64_t number) const {
  return std::uint64_t{config_.sources[customers_[id].source].priority} << 52 | number;
}

void System::restart() {
  collector_.restart(engine_.now());
  for (const auto& station : stations_) station->restart(engine_.now());
  for (const auto& orbit : orbits_)
    if (orbit) orbit->restart(engine_.now());
  for (const Group& group : groups_)
    if (group.depth) group.depth->restart(engine_.now());
}

void System::report(std::vector<Measured>& out) {
  const Instant now = engine_.now();
  collector_.audit(now, customers_);
  collector_.report(now, out);
  double busy = 0, servers = 0, waiting_outside = 0;
  bool orbits = false;
  for (std::size_t i = 0; i < stations_.size(); ++i) {
    busy += stations_[i]->busy().mean(now);
    servers += config_.stations[stations_[i]->group()].servers;
    if (!orbits_[i]) continue;
    orbits = true;
    waiting_outside += orbits_[i]->size().mean(now);
  }
  out.push_back({{"queue.utilization", "1"}, busy / servers});
  if (orbits) out.push_back({{"queue.orbit", "1"}, waiting_outside});
  for (std::uint32_t g = 0; g < groups_.size(); ++g)
    report_station(g, station_prefix(config_, g), groups_.size() > 1, out);
}

void System::report_station(std::uint32_t group, const std::string& prefix, bool with_length,
                            std::vector<Measured>& out) const {
  const Instant now = engine_.now();
  const Group& g = groups_[group];
  double busy = 0, present = 0;
  for (std::uint32_t i = g.first; i < g.first + g.copies; ++i) {
    busy += stations_[i]->busy().mean(now);
    present += stations_[i]->presence().mean(now);
  }
  if (with_length) {
    const double servers = config_.stations[group].servers * static_cast<double>(g.copies);
    out.push_back({{prefix + "utilization", "1"}, busy / servers});
    out.push_back({{prefix + "length", "1"}, present});
  }
  if (!g.depth) return;
  for (std::uint32_t k = 1; k <= DepthProfile::deepest; ++k)
    out.push_back({{prefix + "at_least." + std::to_string(k), "1"}, g.depth->at_least(k, now)});
}

}  // namespace fleetsim::queueing
