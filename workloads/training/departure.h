#pragma once
#include "workloads/training/config.h"

namespace fleetsim::training {

// How a cluster leaves a job that runs on it: a maintenance, by number, or as the one after the
// last rented nodes that go back. A job that knows it before has saved what it could and is paused;
// else it is struck.
struct Departure {
  bool announced = false;
  Duration detection{};
  const char* told = "";  // in records
};
Departure departure_of(const FailurePlan& plan, std::uint32_t number, const JobConfig& job);

// Whether a job knows soon enough when rented nodes go back to save all that it has done.
bool saves_in_time(const Spot& spot, const JobConfig& job);

}  // namespace fleetsim::training
