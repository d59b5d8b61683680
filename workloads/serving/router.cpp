#include "workloads/serving/router.h"

#include <tuple>

namespace fleetsim::serving {

Router::Router(const ServingConfig& config, const std::vector<Seat>& seats, Stream chance)
    : config_(config),
      seats_(seats),
      chance_(chance) {}

// Who brings keys along decodes; others are read first.
bool Router::open(std::uint32_t seat, const Request& request) const {
  const bool decodes = config_.groups[seats_[seat].group].scheduler.role == Role::decode;
  if (!seats_[seat].open || decodes != (request.brought > 0)) return false;
  if (config_.routing != Routing::central) return true;
  return seats_[seat].outstanding < config_.groups[seats_[seat].group].scheduler.max_batch;
}

Duration Router::delay(std::uint32_t seat, const Request& request) const {
  return config_.clients[request.client].delay[seats_[seat].group];
}

// The open one of which `key` is least, the first of equals.
template <class Key>
std::optional<std::uint32_t> Router::best(const Request& request, Key key) const {
  std::optional<std::uint32_t> found;
  for (std::uint32_t seat = 0; seat < seats_.size(); ++seat)
    if (open(seat, request) && (!found || key(seat) < key(*found))) found = seat;
  return found;
}

std::optional<std::uint32_t> Router::in_turn(const Request& request) {
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    std::uint32_t& turn = request.brought > 0 ? turn_to_decode_ : turn_;
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

std::int64_t Router::unread(std::uint32_t seat, const Request& request) const {
  return request.prompt - seats_[seat].replica->cached_tokens(request);
}

std::optional<std::uint32_t> Router::choose(const Request& request) {
  const auto load = [&](std::uint32_t seat) { return seats_[seat].outstanding; };
  switch (config_.routing) {
    case Routing::random:
      return drawn(request);
    case Routing::round_robin:
      return in_turn(request);
    case Routing::least_outstanding:
    case Routing::central:
      return best(request, load);
    case Routing::least_kv:
      return best(request, [&](std::uint32_t seat) {
        return std::pair(seats_[seat].replica->pages_used(), load(seat));
      });
    case Routing::power_of_two: {
      const auto one = drawn(request), other = drawn(request);
      return one && load(*other) < load(*one) ? other : one;
    }
    case Routing::prefix:
      if (request.brought > 0) return best(request, load);  // nothing is to be read
      return best(request, [&](std::uint32_t seat) {
        return std::pair(seats_[seat].to_read + unread(seat, request), load(seat));
      });
    case Routing::nearest:
      return best(request,
                  [&](std::uint32_t seat) { return std::pair(delay(seat, request), load(seat)); });
    case Routing::nearest_least_loaded:
      return best(request, [&](std::uint32_t seat) {
        const bool full = load(seat) >= config_.groups[seats_[seat].group].scheduler.max_batch;
        return std::tuple(full, full ? Duration{} : delay(seat, request), load(seat));
      });
  }
  return std::nullopt;
}

}  // namespace fleetsim::serving
