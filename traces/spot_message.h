#pragma once
#include <vector>

#include "topology/failures.h"
#include "traces/fleet_message.h"
#include "workloads/training/config.h"

namespace fleetsim {

// The messages Spot of a fleet's clusters. Adds them to the plan of each. REQUIRES: fields have
// been checked one by one.
Status add_spot(const Node& scenario, const Provenance& provenance,
                std::vector<FailurePlan>& plans);

// An error where a cluster is rented though no job trains: `user` is what does.
Status refuse_spot(const Node& fleet, const std::string& user, const Provenance& provenance);

// An error where a job can't be stopped as rented nodes go back.
Status fits_spot(const Node& training, const training::JobConfig& job,
                 const std::vector<FailurePlan>& plans, const Provenance& provenance);

}  // namespace fleetsim
