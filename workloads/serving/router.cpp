#include "workloads/serving/router.h"

#include <tuple>

namespace fleetsim::serving {

Router::Router(const ServingConfig& config, const std::vector<Seat>& seats, Stream chance)
    : config_(config),
      seats_(seats),
      chance_(chance) {}

bool Router::open(std::uint32_t seat) const {
  if (config_.routing != Routing::central || !seats_[seat].open) return seats_[seat].open;
  return seats_[seat].outstanding < config_.groups[seats_[seat].group].scheduler.max_batch;
}

Duration Router::delay(std::uint32_t seat, const Request& request) const {
  return config_.clients[request.client].delay[seats_[seat].group];
}

// The open one of which `key` is least, the first of equals.
template <class Key>
std::optional<std::uint32_t> Router::best(Key key) const {
  std::optional<std::uint32_t> found;
  for (std::uint32_t seat = 0; seat < seats_.size(); ++seat)
    if (open(seat) && (!found || key(seat) < key(*found))) found = seat;
  return found;
}

std::optional<std::uint32_t> Router::in_turn() {
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    const std::uint32_t seat = turn_;
    turn_ = (turn_ + 1) % static_cast<std::uint32_t>(seats_.size());
    if (open(seat)) return seat;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> Router::drawn() {
  const auto among = [&](std::size_t n) {
    return static_cast<std::uint32_t>(chance_.uniform() * static_cast<double>(n));
  };
  const std::uint32_t seat = among(seats_.size());
  if (open(seat)) return seat;
  std::vector<std::uint32_t> left;
  for (std::uint32_t other = 0; other < seats_.size(); ++other)
    if (open(other)) left.push_back(other);
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
      return drawn();
    case Routing::round_robin:
      return in_turn();
    case Routing::least_outstanding:
    case Routing::central:
      return best(load);
    case Routing::least_kv:
      return best([&](std::uint32_t seat) {
        return std::pair(seats_[seat].replica->pages_used(), load(seat));
      });
    case Routing::power_of_two: {
      const auto one = drawn(), other = drawn();
      return one && load(*other) < load(*one) ? other : one;
    }
    case Routing::prefix:
      return best([&](std::uint32_t seat) {
        return std::pair(seats_[seat].to_read + unread(seat, request), load(seat));
      });
    case Routing::nearest:
      return best([&](std::uint32_t seat) { return std::pair(delay(seat, request), load(seat)); });
    case Routing::nearest_least_loaded:
      return best([&](std::uint32_t seat) {
        const bool full = load(seat) >= config_.groups[seats_[seat].group].scheduler.max_batch;
        return std::tuple(full, full ? Duration{} : delay(seat, request), load(seat));
      });
  }
  return std::nullopt;
}

}  // namespace fleetsim::serving
