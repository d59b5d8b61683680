#pragma once
#include <map>
#include <vector>

#include "sim/stream.h"
#include "sim/time_average.h"
#include "topology/fluid_network.h"
#include "workloads/network/config.h"

namespace fleetsim::network {

// Lets links fail, flap and slow down. Where faults of a link overlap, it keeps the least of the
// shares they leave, and all the latency they add.
class Faults {
 public:
  Faults(Engine& engine, FluidNetwork& network, const std::vector<FaultConfig>& faults,
         const Chance& chance);
  Faults(const Faults&) = delete;
  Faults& operator=(const Faults&) = delete;

  std::uint64_t begun() const { return begun_; }
  double share_well() const;  // of all groups of links, over time until now

 private:
  struct Group {
    const FaultConfig* fault;
    const LinkGroup* links;
    Stream stream;
    std::uint32_t next = 0;  // of the given times
    bool failing = false;
  };
  void flip(std::uint64_t group);
  void plan_failure(std::uint32_t group);
  void change(Group& group);

  Engine& engine_;
  FluidNetwork& network_;
  std::vector<Group> groups_;
  std::map<std::uint32_t, std::vector<const FaultConfig*>> at_work_;  // by link
  TimeAverage failing_;
  std::uint64_t begun_ = 0;
};

}  // namespace fleetsim::network
