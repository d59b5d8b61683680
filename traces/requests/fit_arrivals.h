#pragma once
#include <span>

#include "traces/requests/arrival_counts.h"
#include "traces/requests/synth_recipe.h"

namespace fleetsim::requests {

// The part of a fit that is about arrivals (see fit_requests.h): sets rate, gaps, on_off and drift
// of the client. REQUIRES: two arrivals or more, not all at one time.
void fit_arrivals(std::span<const Instant> arrivals, Recipe::Client& client);

ArrivalCounts count_arrivals(std::span<const Instant> arrivals);

}  // namespace fleetsim::requests
