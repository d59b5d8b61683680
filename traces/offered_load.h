#pragma once
#include <string>
#include <vector>

#include "workloads/queueing/config.h"

namespace fleetsim {

// What looks wrong in a queueing system though it can run: stations that are offered at least as
// much work as they can do, and stations that no customer reaches. The load is that of the traffic
// equations (Jackson, Oper. Res. 5, 1957), per source since each may bring its own service law:
//
//   rate[j] = from outside[j] + sum over i of rate[i] P[i -> j],   load[j] = sum rate[j] E[S] /
//   servers
std::vector<std::string> queueing_warnings(const queueing::QueueingConfig& config);

}  // namespace fleetsim
