#pragma once
#include <vector>

#include "topology/network.h"

namespace fleetsim::network {

// Two regions that both have a cluster; what goes between them.
struct RegionPair {
  RegionId a, b;
  DeviceId from, to;  // the first device of the first cluster of each
};
std::vector<RegionPair> region_pairs(const Fleet& fleet);

// Of the pairs, that with the longest way, jitter at its mean.
std::size_t farthest(const Fleet& fleet, const std::vector<RegionPair>& pairs);
double mean_round_trip(const Fleet& fleet, const RegionPair& pair);  // s

// Empty messages to and fro between each two regions, one round trip after the other.
class Pings {
 public:
  Pings(Engine& engine, Network& network, const std::vector<RegionPair>& pairs,
        std::uint32_t round_trips);
  Pings(const Pings&) = delete;
  Pings& operator=(const Pings&) = delete;

  double mean(std::size_t pair) const;  // s a round trip, of those that came back
  double done(std::size_t pair) const { return pairs_[pair].done; }

 private:
  struct Pair {
    RegionPair regions;
    std::uint32_t done = 0;
    Instant last{};  // when a round trip last ended
  };
  void go(std::uint64_t pair);
  void there(std::uint64_t pair);
  void back(std::uint64_t pair);

  Engine& engine_;
  Network& network_;
  std::uint32_t round_trips_;
  std::vector<Pair> pairs_;
};

}  // namespace fleetsim::network
