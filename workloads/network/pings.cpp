#include "workloads/network/pings.h"

#include <optional>

namespace fleetsim::network {

std::vector<RegionPair> region_pairs(const Fleet& fleet) {
  std::vector<std::optional<DeviceId>> first(fleet.plan().regions.size());
  for (std::uint32_t c = fleet.plan().clusters.size() & UINT32_MAX; c-- > 0;)
    first[fleet.plan().clusters[c].region.index] = fleet.device({c}, 0, 0);
  std::vector<RegionPair> out;
  Route route;
  for (std::uint32_t a = 0; a < first.size(); ++a)
    for (std::uint32_t b = a + 1; b < first.size(); ++b)
      if (first[a] && first[b] && fleet.route(*first[a], *first[b], 0, route))
        out.push_back({{a}, {b}, *first[a], *first[b]});
  return out;
}

double mean_round_trip(const Fleet& fleet, const RegionPair& pair) {
  Route route;
  check(fleet.route(pair.from, pair.to, 0, route), "the regions are joined");
  double there = seconds(route.total());
  for (const LinkId link : route.links)
    if (const auto wide = fleet.wide_of(link))
      if (const auto& jitter = fleet.plan().wide_links[wide->index].jitter) there += jitter->mean();
  return 2 * there;
}

std::size_t farthest(const Fleet& fleet, const std::vector<RegionPair>& pairs) {
  std::size_t best = 0;
  double longest = 0;
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    const double round_trip = mean_round_trip(fleet, pairs[p]);
    if (round_trip <= longest) continue;
    longest = round_trip;
    best = p;
  }
  return best;
}

Pings::Pings(Engine& engine, Network& network, const std::vector<RegionPair>& pairs,
             std::uint32_t round_trips)
    : engine_(engine),
      network_(network),
      round_trips_(round_trips) {
  for (const RegionPair& pair : pairs) pairs_.push_back({.regions = pair});
  for (std::size_t p = 0; p < pairs_.size(); ++p) engine_.at({}, on<&Pings::go>(*this, p));
}

void Pings::go(std::uint64_t pair) {
  const RegionPair& regions = pairs_[pair].regions;
  network_.send({.from = regions.from, .to = regions.to}, on<&Pings::there>(*this, pair));
}

void Pings::there(std::uint64_t pair) {
  const RegionPair& regions = pairs_[pair].regions;
  network_.send({.from = regions.to, .to = regions.from}, on<&Pings::back>(*this, pair));
}

void Pings::back(std::uint64_t index) {
  Pair& pair = pairs_[index];
  pair.last = engine_.now();
  if (++pair.done < round_trips_) go(index);
}

double Pings::mean(std::size_t pair) const {
  return seconds(pairs_[pair].last - Instant{}) / pairs_[pair].done;
}

}  // namespace fleetsim::network
