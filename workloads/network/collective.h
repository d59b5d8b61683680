#pragma once
#include <array>
#include <vector>

#include "topology/network.h"
#include "workloads/network/schedule.h"

namespace fleetsim::network {

// A collective as flows on a network. A rank goes on to its next step when what it sent has arrived
// and what it waits for is there; no clock holds the ranks together but what they send each other.
class Collective {
 public:
  enum class Ends : std::uint8_t { devices, clusters };  // what a rank is

  // All must outlive it; it stays put. Ranks that are clusters are named by their first device.
  Collective(Engine& engine, Network& network, std::vector<Phase> phases,
             const std::vector<DeviceId>& ranks, Ends ends = Ends::devices);

  void start(Event done);  // all ranks begin now, once; then `done`. REQUIRES: it is not running

  void arm(Event done);            // the same, but each rank begins
  void begin(std::uint32_t rank);  // when it is told to

  // Seconds that ranks have spent so far in phases of a level, mean over the ranks.
  double spent(Level level) const;

 private:
  struct Rank {
    DeviceId device;
    std::uint32_t step = 0;  // over all phases
    bool begun = false, sending = false;
    std::vector<bool> received{};  // by step: others may be ahead
    Instant since{};               // of the phase it is in
  };
  struct Place {
    std::uint32_t phase, step;
  };
  Place place_of(std::uint32_t step) const;
  Exchange exchange(std::uint32_t rank, std::uint32_t step) const;
  bool waits(std::uint32_t rank) const;
  void begin_step(std::uint32_t rank);
  void go_on(std::uint32_t rank);
  void book(Rank& rank);
  void arrived(std::uint64_t message);

  Engine& engine_;
  Network& network_;
  std::vector<Phase> phases_;
  Ends ends_;
  std::uint32_t steps_ = 0;
  std::vector<Rank> ranks_;
  std::uint32_t unfinished_ = 0;
  std::array<double, levels> spent_ns_{};
  Event done_;
};

}  // namespace fleetsim::network
