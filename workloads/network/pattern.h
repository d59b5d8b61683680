#pragma once
#include <functional>
#include <vector>

#include "sim/stream.h"
#include "topology/network.h"
#include "workloads/network/config.h"

namespace fleetsim::network {

// Tells all that send, in order, and to whom, which is drawn. What a device sends to itself is left
// out.
void each_pair(const Spread& spread, const Fleet& fleet, const Chance& chance,
               const std::function<void(DeviceId from, DeviceId to)>& tell);

// The flows of a pattern.
std::vector<Transfer> transfers_of(const PatternConfig& pattern, const Fleet& fleet,
                                   const Chance& chance);

// How full steady traffic would make the cables inside a cluster's fabric.
struct LinkLoads {
  double mean = 0, max = 0;             // share of a cable's rate, one way
  double across = 0;                    // share of the bisection's rate, mean of both ways
  double mean_hops = 0, most_hops = 0;  // cables inside the fabric on a way
  LinkId hottest{};
};
LinkLoads link_loads(const LoadConfig& load, const Fleet& fleet, const Chance& chance);

}  // namespace fleetsim::network
