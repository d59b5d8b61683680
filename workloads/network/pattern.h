#pragma once
#include <vector>

#include "sim/stream.h"
#include "topology/network.h"
#include "workloads/network/config.h"

namespace fleetsim::network {

// The flows of a pattern, in order of their senders; who sends to whom is drawn. What a device
// sends to itself is left out.
std::vector<Transfer> transfers_of(const PatternConfig& pattern, const Fleet& fleet,
                                   const Chance& chance);

}  // namespace fleetsim::network
