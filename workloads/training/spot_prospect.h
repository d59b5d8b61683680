#pragma once
#include "workloads/training/prospect.h"

namespace fleetsim::training {

// Whether some nodes of a job go away now and then, for they are rented.
bool goes_away(const TrainingConfig& config, const JobConfig& job);

// What e.spot (analytic/exact/spot.h) makes of a prospect that knows of failures alone. REQUIRES:
// goes_away.
Prospect on_spot(const TrainingConfig& config, const JobConfig& job, Prospect without);

}  // namespace fleetsim::training
