#include "workloads/training/departure.h"

namespace fleetsim::training {

Departure departure_of(const FailurePlan& plan, std::uint32_t number, const JobConfig& job) {
  if (number < plan.maintenance.size())
    return {plan.maintenance[number].announced, plan.detection, "training.maintenance"};
  return {saves_in_time(*plan.spot, job), {}, "training.reclaimed"};
}

bool saves_in_time(const Spot& spot, const JobConfig& job) {
  return spot.notice >= job.checkpoint.write;
}

}  // namespace fleetsim::training
