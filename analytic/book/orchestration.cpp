#include "analytic/book/orchestration.h"

#include <limits>

#include "analytic/bind.h"
#include "analytic/book/arguments.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {

Result<OrchestrationOut> orchestration(const OrchestrationIn& in) {
  Arguments arguments("OrchestrationModel");
  arguments.nonnegative("arrival_rate_jobs_per_day", in.arrival_rate_jobs_per_day)
      .positive("avg_job_duration_days", in.avg_job_duration_days);
  if (!arguments.fine()) return arguments.error();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const double utilization = in.arrival_rate_jobs_per_day * in.avg_job_duration_days;
  if (utilization >= 1) return OrchestrationOut{utilization, infinity, infinity, false};
  const double twice_idle = 2 * (1 - utilization);
  return OrchestrationOut{utilization, utilization * in.avg_job_duration_days / twice_idle,
                          utilization * utilization / twice_idle, true};
}

std::vector<Solver> orchestration_rows() {
  using In = OrchestrationIn;
  using Out = OrchestrationOut;
  return {{.name = "OrchestrationModel",
           .short_name = "orchestration",
           .kind = Solver::Kind::model,
           .title = "How long jobs wait for the cluster",
           .walls = {16},
           .equations = {"rho = lambda/mu", "wait = rho / (2 mu (1-rho))"},
           .assumptions = {"M/D/1: jobs arrive by chance, all are as long, each takes the whole "
                           "cluster",
                           "the fleet plays no part"},
           .inputs = {input<&In::fleet>("fleet", "", "the cluster; changes nothing"),
                      input<&In::arrival_rate_jobs_per_day>("arrival_rate_jobs_per_day", "1/day",
                                                            "jobs", required),
                      input<&In::avg_job_duration_days>("avg_job_duration_days", "day", "of a job",
                                                        required)},
           .outputs = {output<&Out::cluster_utilization>("cluster_utilization", "1", "rho"),
                       output<&Out::avg_wait_time_days>("avg_wait_time_days", "day",
                                                        "before a job starts"),
                       output<&Out::avg_queue_length>("avg_queue_length", "1", "jobs that wait"),
                       output<&Out::is_stable>("is_stable", "", "rho is below 1")},
           .run = run_as<In, Out, orchestration>}};
}

}  // namespace fleetsim::analytic
