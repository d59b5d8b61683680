#pragma once
#include <string>
#include <vector>

#include "traces/fleet_message.h"
#include "workloads/serving/config.h"

namespace fleetsim {

// What of a message Serving tells how its replicas go beyond plain batching: drafted tokens, tiers
// of keys, adapters.
Status replica_features(const Node& serving, const Provenance& provenance,
                        serving::SchedulerConfig& out);

// Says of each trace how many requests no replica will take, for the window or for want of memory.
void warn_of_too_long(const Node& serving, const serving::ServingConfig& config,
                      std::vector<std::string>& warnings);

}  // namespace fleetsim
