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

void IdealNetwork::send(const Transfer& transfer, Event delivered) {
  check(transfer.bytes >= 0, "a transfer has no negative size");
  const bool led = fleet_.route(transfer.from, transfer.to, route_hash(transfer), route_);
  check(led, "a transfer has a way");
  double rate = std::numeric_limits<double>::infinity();
  for (const LinkId link : route_.links) rate = std::min(rate, fleet_.rates()[link.index]);
  const Duration moving = from_seconds(static_cast<double>(transfer.bytes) / rate);
  engine_.after(moving + route_.total(), delivered);
}

}  // namespace fleetsim
