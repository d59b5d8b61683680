#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "sim/result.h"
#include "workloads/network/config.h"

namespace fleetsim::network {

// Who sends what to whom, step by step, in a collective (Thakur, Rabenseifner and Gropp 2005). A
// schedule is phases one after the other; in a phase ranks form groups that do the same thing
// apart.
struct Exchange {
  std::optional<std::uint32_t> to, from;  // ranks
  std::int64_t bytes = 0;
};

struct Phase {
  enum class Kind : std::uint8_t {
    ring,       // n - 1 steps; each passes an n-th on to the next
    halving,    // lg n steps; exchanges m/2, m/4, ... with ever nearer ranks
    doubling,   // the same backwards
    gather,     // up a binomial tree, all m at each of ceil(lg n) steps
    broadcast,  // down it
    pairwise,   // n - 1 steps; an n-th to each other rank
    send        // one step: all m, from the first to the last
  };
  Kind kind = Kind::ring;
  std::uint32_t stride = 1, size = 1;  // a group: ranks that differ in (rank / stride) % size
  std::int64_t bytes = 0;              // m
  Level level = Level::fabric;         // what its messages cross; of flat schedules, not told apart

  std::uint32_t steps() const;
  std::uint32_t unlike_steps() const;  // the first so many; each stands for as many of all
  Exchange exchange(std::uint32_t rank, std::uint32_t step) const;
};

// The devices of the clusters of a collective, in order.
std::vector<DeviceId> ranks_of(const CollectiveConfig& config, const Fleet& fleet);

// What stands for each cluster where clusters are ranks.
std::vector<DeviceId> first_devices(const std::vector<ClusterId>& clusters, const Fleet& fleet);

// The phases of a collective among them. An error says which rule of the algorithm they break.
// REQUIRES: the algorithm is not automatic.
Result<std::vector<Phase>> schedule_of(const CollectiveConfig& config, const Fleet& fleet);
std::vector<Phase> phases_of(const CollectiveConfig& config, const Fleet& fleet);  // of one without
std::vector<Phase> ring_allreduce_phases(std::uint32_t ranks, std::int64_t bytes);

// Tells the bytes and the way of each message of a step, in the order of the ranks that send.
// Striped ones are from cluster to cluster.
void each_message(const Phase& phase, std::uint32_t step, const std::vector<DeviceId>& ranks,
                  const Fleet& fleet, bool striped,
                  const std::function<void(std::int64_t bytes, const Route& way)>& tell);

// Seconds of phases one after the other among `ranks`, each step as long as its slowest message.
// Where flows share links, a step takes as long as the bytes of the busiest link for its rate, for
// messages of one step are of one size; else each has its way to itself.
double lockstep_time(const std::vector<Phase>& phases, const std::vector<DeviceId>& ranks,
                     const Fleet& fleet, bool shared);

// The algorithm that is done first where no two flows meet and each step waits for its slowest
// message. An error if there is none for what is asked.
Result<Algorithm> fastest_algorithm(const CollectiveConfig& config, const Fleet& fleet);

}  // namespace fleetsim::network
