#pragma once
#include <optional>

#include "analytic/catalogue.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// OrchestrationModel, wall 16 (book section 5.21): jobs that take the whole cluster one after the
// other, M/D/1. With mu = 1/duration and rho = lambda/mu < 1 (Pollaczek 1930, Khinchine 1932):
//
//   wait = rho / (2 mu (1-rho))      queue = rho^2 / (2 (1-rho))
//
// Both are infinite from rho = 1 on. The fleet plays no part.
struct OrchestrationIn {
  std::optional<Fleet> fleet{};
  double arrival_rate_jobs_per_day = 0;  // 1/s
  double avg_job_duration_days = 0;      // s
};
struct OrchestrationOut {
  double cluster_utilization = 0;
  double avg_wait_time_days = 0, avg_queue_length = 0;
  bool is_stable = true;
};
Result<OrchestrationOut> orchestration(const OrchestrationIn& in);

}  // namespace fleetsim::analytic
