#pragma once
#include "workloads/loads/config.h"
#include "workloads/model.h"

namespace fleetsim::loads {

// What theory says of loads.
//
// Where nothing follows chance and no site is full, of loads that run at once or take the cleanest
// steps of a grid, with free pauses, at one place: e.carbon and e.trace (power times intensity,
// summed up by steps), e.shift (the cleanest steps by sorting), e.embodied and e.tco.
//
// Of one load of Poisson arrivals that runs at once where the site's budget holds c of them: the
// site is M/G/c, whose wait is Erlang's for exponential running times.
Twin twin_of(const LoadsConfig& config);

}  // namespace fleetsim::loads
