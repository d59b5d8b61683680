#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/law.h"
#include "topology/cables.h"
#include "topology/fleet.h"

namespace fleetsim::network {

// Who of a cluster's devices sends to whom.
struct Spread {
  enum class Kind : std::uint8_t {
    permutation,  // each to one other, by a random permutation
    random,       // each to `fanout` drawn at random, itself included: those stay at home
    all_to_all    // each to each other
  };
  ClusterId cluster;
  Kind kind = Kind::permutation;
  std::uint32_t fanout = 1;
};

// Flows that all begin at once.
struct PatternConfig {
  std::string name;
  Spread spread{};
  std::int64_t bytes = 0;  // of each flow
};

// What each device would send all the time, evenly to those it sends to. Nothing is sent: the links
// that it would take are counted.
struct LoadConfig {
  Spread spread{};
  double rate = 0;  // byte/s of a device
};

enum class CollectiveKind : std::uint8_t {
  all_reduce,
  all_gather,
  reduce_scatter,
  broadcast,
  all_to_all,
  point_to_point  // from the first device to the last
};
enum class Algorithm : std::uint8_t {
  automatic,  // the one that is fastest where flows do not meet
  ring,
  tree,
  halving_doubling,
  hierarchical,
  pairwise
};
// As scenarios spell them.
inline constexpr std::pair<std::string_view, Algorithm> algorithm_names[] = {
    {"RING", Algorithm::ring},
    {"TREE", Algorithm::tree},
    {"HALVING_DOUBLING", Algorithm::halving_doubling},
    {"HIERARCHICAL", Algorithm::hierarchical},
    {"PAIRWISE", Algorithm::pairwise},
    {"AUTO", Algorithm::automatic}};

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
  bool chosen = false;  // the algorithm was found to be the fastest
};

// Training spread over clusters far apart: each takes `inner_steps` steps by itself, then all
// average their `bytes` round a ring of clusters, every node sending its share at once.
struct OuterStepsConfig {
  std::string name;
  std::vector<ClusterId> clusters;
  Law step;  // s
  std::uint32_t inner_steps = 1;
  std::int64_t bytes = 0;
  bool overlap = false;  // an exchange goes on behind the next inner steps
  std::uint32_t rounds = 1;
};

// What goes wrong with links, each group by itself: at given times for so long, or by chance.
struct FaultConfig {
  std::vector<LinkGroup> groups;
  double left = 0;   // share of the rate that they keep
  Duration added{};  // latency
  std::vector<Duration> at{};
  Duration lasting{};
  std::optional<Law> time_to_failure{}, time_to_repair{};  // s; in place of the times
};

// What a network is asked to carry.
struct NetworkConfig {
  std::shared_ptr<const Fleet> fleet;
  Duration horizon{};
  bool shared = true;       // flows share links; else each has its way to itself
  std::uint32_t pings = 0;  // round trips between each two regions, one after the other
  std::vector<PatternConfig> patterns{};
  std::optional<LoadConfig> load{};
  std::vector<CollectiveConfig> collectives{};
  std::vector<OuterStepsConfig> outer_steps{};
  std::vector<FaultConfig> faults{};

  bool sends() const { return !patterns.empty() || !collectives.empty() || !outer_steps.empty(); }
};

}  // namespace fleetsim::network
