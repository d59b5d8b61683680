#include "workloads/serving/router.h"

#include <algorithm>
#include <tuple>

#include "workloads/serving/name_hash.h"

namespace fleetsim::serving {

Router::Router(const ServingConfig& config, const std::vector<Seat>& seats, Stream chance)
    : config_(config),
      seats_(seats),
      chance_(chance) {
  std::uint32_t first = 0, models = 0;
  for (const GroupConfig& group : config.groups) {
    groups_.push_back({first, LeastLoaded(group.replicas)});
    first += group.replicas;
    models = std::max(models, group.model + 1);
  }
  turn_.resize(2 * models);
}

void Router::update(std::uint32_t seat) {
  Group& group = groups_[seats_[seat].group];
  group.seats.set(seat - group.first, open(seat) ? seats_[seat].outstanding : LeastLoaded::closed);
}

bool Router::full(std::uint32_t seat) const {
  return seats_[seat].outstanding >= config_.groups[seats_[seat].group].scheduler.max_batch;
}

bool Router::open(std::uint32_t seat) const {
  return seats_[seat].open && (config_.routing != Routing::central || !full(seat));
}

// Who brings keys along decodes; others are read first.
bool Router::suits(std::uint32_t group, const Request& request) const {
  const bool decodes = config_.groups[group].scheduler.role == Role::decode;
  return decodes == (request.brought > 0) &&
         config_.groups[group].model == config_.clients[request.client].model;
}

bool Router::open(std::uint32_t seat, const Request& request) const {
  return open(seat) && suits(seats_[seat].group, request);
}

Duration Router::delay(std::uint32_t seat, const Request& request) const {
  return config_.clients[request.client].delay[seats_[seat].group];
}

// The first by the series of the site that it stands in: kg or $ a joule, now.
double Router::tariff(std::uint32_t seat, Instant now) const {
  const ServingConfig::Energy& energy = *config_.energy;
  const ClusterId cluster = config_.groups[seats_[seat].group].cluster;
  const Site& site = energy.sites.site(energy.fleet->plan().clusters[cluster.index].region);
  const bool clean = config_.routing == Routing::cleanest;
  return (clean ? site.carbon_per_it() : site.cost_per_it()).at(now);
}

// The open one of which `key` is least, the first of equals.
template <class Key>
std::optional<std::uint32_t> Router::best(const Request& request, Key key) const {
  std::optional<std::uint32_t> found;
  for (std::uint32_t seat = 0; seat < seats_.size(); ++seat)
    if (open(seat, request) && (!found || key(seat) < key(*found))) found = seat;
  return found;
}

// The same where, within a group, `key` only grows with the load.
template <class Key>
std::optional<std::uint32_t> Router::best_of_groups(const Request& request, Key key) const {
  std::optional<std::uint32_t> found;
  for (std::uint32_t g = 0; g < groups_.size(); ++g) {
    const auto top = suits(g, request) ? groups_[g].seats.best() : std::nullopt;
    if (!top) continue;
    const std::uint32_t seat = groups_[g].first + *top;
    if (!found || key(seat) < key(*found)) found = seat;
  }
  return found;
}

std::optional<std::uint32_t> Router::in_turn(const Request& request) {
  std::uint32_t& turn =
      turn_[config_.clients[request.client].model * 2 + (request.brought > 0 ? 1 : 0)];
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    const std::uint32_t seat = turn;
    turn = (turn + 1) % static_cast<std::uint32_t>(seats_.size());
    if (open(seat, request)) return seat;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> Router::drawn(const Request& request) {
  const auto among = [&](std::size_t n) {
    return static_cast<std::uint32_t>(chance_.uniform() * static_cast<double>(n));
  };
  const std::uint32_t seat = among(seats_.size());
  if (open(seat, request)) return seat;
  std::vector<std::uint32_t> left;
  for (std::uint32_t other = 0; other < seats_.size(); ++other)
    if (open(other, request)) left.push_back(other);
  if (left.empty()) return std::nullopt;
  return left[among(left.size())];
}

// Where its session always goes, or what begins like it; by the number of requests where there is
// no such thing, or its replica is closed.
std::optional<std::uint32_t> Router::sticky(const Request& request) const {
  std::uint64_t name = request.session;
  if (name == 0 && !request.hashes.empty()) name = request.hashes.front();
  std::uint32_t seats = 0;
  for (std::uint32_t g = 0; g < groups_.size(); ++g)
    if (suits(g, request)) seats += config_.groups[g].replicas;
  if (name != 0 && seats > 0) {
    auto left = static_cast<std::uint32_t>(named_by(0, name) % seats);
    for (std::uint32_t g = 0; g < groups_.size(); ++g) {
      if (!suits(g, request)) continue;
      const std::uint32_t here = config_.groups[g].replicas;
      if (left < here && open(groups_[g].first + left)) return groups_[g].first + left;
      if (left < here) break;
      left -= here;
    }
  }
  return best_of_groups(request, [&](std::uint32_t seat) { return seats_[seat].outstanding; });
}

std::int64_t Router::unread(std::uint32_t seat, const Request& request) const {
  return request.prompt - seats_[seat].replica->cached_tokens(request);
}

std::optional<std::uint32_t> Router::choose(const Request& request, Instant now) {
  const auto load = [&](std::uint32_t seat) { return seats_[seat].outstanding; };
  switch (config_.routing) {
    case Routing::random:
      return drawn(request);
    case Routing::round_robin:
      return in_turn(request);
    case Routing::sticky:
      return sticky(request);
    case Routing::least_outstanding:
    case Routing::central:
      return best_of_groups(request, load);
    case Routing::least_kv:
      return best(request, [&](std::uint32_t seat) {
        return std::pair(seats_[seat].replica->pages_used(), load(seat));
      });
    case Routing::power_of_two: {
      const auto one = drawn(request), other = drawn(request);
      return one && load(*other) < load(*one) ? other : one;
    }
    case Routing::prefix:
      if (request.brought > 0) return best_of_groups(request, load);  // nothing is to be read
      return best(request, [&](std::uint32_t seat) {
        return std::pair(seats_[seat].to_read + unread(seat, request), load(seat));
      });
    case Routing::nearest:
      return best_of_groups(
          request, [&](std::uint32_t seat) { return std::pair(delay(seat, request), load(seat)); });
    case Routing::nearest_least_loaded:
      return best_of_groups(request, [&](std::uint32_t seat) {
        const bool busy = full(seat);
        return std::tuple(busy, busy ? Duration{} : delay(seat, request), load(seat));
      });
    case Routing::cleanest:
    case Routing::cheapest:
      return best_of_groups(request, [&](std::uint32_t seat) {
        const bool busy = full(seat);
        return std::tuple(busy, busy ? 0 : tariff(seat, now),
                          busy ? Duration{} : delay(seat, request), load(seat));
      });
  }
  return std::nullopt;
}

}  // namespace fleetsim::serving
