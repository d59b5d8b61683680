#include "topology/network.h"

#include <algorithm>
#include <limits>

namespace fleetsim {
namespace {

std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

}  // namespace

std::uint64_t route_hash(const Transfer& t) {
  return mix(mix(mix(t.from.index) + t.to.index) + t.label);
}

bool find_way(const Fleet& fleet, const Transfer& transfer, std::uint64_t choice, Route& out,
              const std::vector<bool>& down) {
  if (!transfer.striped) return fleet.route(transfer.from, transfer.to, choice, out, down);
  return fleet.route_striped(fleet.place(transfer.from).cluster, fleet.place(transfer.to).cluster,
                             out, down);
}

double least_rate(const Fleet& fleet, const Path& links) {
  double least = std::numeric_limits<double>::infinity();
  for (const LinkId link : links) least = std::min(least, fleet.rates()[link.index]);
  return least;
}

Jitter::Jitter(const Fleet& fleet, const Chance& chance) : fleet_(fleet) {
  for (std::uint32_t w = 0; w < fleet.plan().wide_links.size(); ++w)
    streams_.push_back(chance.stream("network.jitter", w));
}

Duration Jitter::draw(const Path& links) {
  Duration sum{};
  for (const LinkId link : links) {
    const std::optional<WideLinkId> wide = fleet_.wide_of(link);
    if (!wide) continue;
    const std::optional<Law>& law = fleet_.plan().wide_links[wide->index].jitter;
    if (law) sum = sum + from_seconds(law->draw(streams_[wide->index]));
  }
  return sum;
}

void IdealNetwork::send(const Transfer& transfer, Event delivered) {
  check(transfer.bytes >= 0, "a transfer has no negative size");
  const bool led = find_way(fleet_, transfer, route_hash(transfer), route_);
  check(led, "a transfer has a way");
  const double rate = least_rate(fleet_, route_.links);
  const Duration moving = from_seconds(static_cast<double>(transfer.bytes) / rate);
  engine_.after(moving + route_.total() + jitter_.draw(route_.links), delivered);
}

}  // namespace fleetsim
