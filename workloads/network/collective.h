#pragma once
#include <vector>

#include "topology/network.h"
#include "workloads/network/schedule.h"

namespace fleetsim::network {

// A collective as flows on a network. A rank goes on to its next step when what it sent has arrived
// and what it waits for is there; no clock holds the ranks together but what they send each other.
class Collective {
 public:
  // All must outlive it; it stays put.
  Collective(Engine& engine, Network& network, const Fleet& fleet, const CollectiveConfig& config);

  // Runs once, then `done`. REQUIRES: it is not running.
  void start(Event done);

 private:
  struct Rank {
    DeviceId device;
    std::uint32_t step = 0;  // over all phases
    bool sending = false;
    std::vector<bool> received;  // by step: others may be ahead
  };
  Exchange exchange(std::uint32_t rank, std::uint32_t step) const;
  bool waits(std::uint32_t rank) const;
  void begin_step(std::uint32_t rank);
  void go_on(std::uint32_t rank);
  void arrived(std::uint64_t message);

  Engine& engine_;
  Network& network_;
  std::vector<Phase> phases_;
  std::uint32_t steps_ = 0;
  std::vector<Rank> ranks_;
  std::uint32_t unfinished_ = 0;
  Event done_;
};

}  // namespace fleetsim::network
