#pragma once
#include <string>
#include <vector>

#include "workloads/model.h"
#include "workloads/network/config.h"
#include "workloads/network/schedule.h"

namespace fleetsim::network {

// What one step of a schedule meets on the network: the same for all ranks, or why not. Where flows
// share links evenly, the rate is a share of them; unevenly, it is that of a flow alone.
struct Way {
  Duration latency{};  // the longest
  double rate = 0;
  std::string broken{};
};
Way way_of(const Phase& phase, std::uint32_t step, const NetworkConfig& config,
           const std::vector<DeviceId>& ranks, bool striped);

// Why a closed form of one thing alone on healthy links does not hold; empty if it does.
std::string other_traffic(const NetworkConfig& config, bool several);

// A prediction of what takes so many steps, or where something is broken a rival and a note that
// says what.
void add(const std::string& metric, double value, const char* formula, const std::string& broken,
         Twin& twin, std::uint32_t steps = 1);

// The textbook's times of collectives, and of flows that share links.
void predict_collectives(const NetworkConfig& config, Twin& twin);

}  // namespace fleetsim::network
