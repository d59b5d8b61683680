#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "topology/fleet.h"

namespace fleetsim::network {

// Flows that all begin at once: each device of a cluster sends `bytes` to some others of it.
struct PatternConfig {
  enum class Kind : std::uint8_t {
    permutation,  // to one other, by a random permutation
    random,       // to `fanout` drawn at random, itself included: those stay at home
    all_to_all    // to each other
  };
  std::string name;
  ClusterId cluster;
  Kind kind = Kind::permutation;
  std::uint32_t fanout = 1;
  std::int64_t bytes = 0;  // of each flow
};

enum class CollectiveKind : std::uint8_t {
  all_reduce,
  all_gather,
  reduce_scatter,
  broadcast,
  all_to_all
};
enum class Algorithm : std::uint8_t { ring, tree, halving_doubling, hierarchical, pairwise };

// The devices of some clusters, in their order, hand a vector of `bytes` round, `repeats` times one
// after the other from `start` on. With hierarchical, clusters are alike and form the outer level.
struct CollectiveConfig {
  std::string name;
  std::vector<ClusterId> clusters;
  CollectiveKind kind = CollectiveKind::all_reduce;
  Algorithm algorithm = Algorithm::ring;
  std::int64_t bytes = 0;  // the whole vector; of all_to_all, the buffer of each rank
  std::uint32_t repeats = 1;
  Duration start{};
};

// What a network is asked to carry.
struct NetworkConfig {
  std::shared_ptr<const Fleet> fleet;
  bool shared = true;  // flows share links; else each has its way to itself
  std::vector<PatternConfig> patterns;
  std::vector<CollectiveConfig> collectives;
};

}  // namespace fleetsim::network
