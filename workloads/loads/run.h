#pragma once
#include <list>
#include <vector>

#include "sim/engine.h"
#include "sim/stream.h"
#include "topology/meter.h"
#include "workloads/loads/policy.h"

namespace fleetsim::loads {

// The jobs of one replication, as they arrive until `end`.
std::vector<Job> jobs_of(const LoadsConfig& config, const Chance& chance, Instant end);

// Constant power of one job.
struct Piece {
  std::uint32_t job = 0, place = 0;
  Instant from{}, to{};
  double watts = 0;
};

// What happened to the jobs of a replication, from the first arrival until the last is done, or
// forty years beyond the horizon.
struct History {
  std::vector<Job> jobs;
  std::vector<Piece> pieces;
  struct Paid {
    Instant when{};
    double price = 0;  // $ of a move
  };
  std::vector<Paid> paid;
  std::vector<std::optional<Meter>> meters;  // by region; none where no load may run
  std::uint64_t events = 0;
};

// A site with a power budget lets jobs in by order of arrival there: one that doesn't fit waits and
// all behind it, or runs with the power that is left. Power that becomes free goes to those that
// wait, then to those that run with less than they want. An event for each arrival and decision; a
// choice to run on changes nothing, and energy is read off the series once a job stops or its power
// changes.
History run(const LoadsConfig& config, std::vector<Job> jobs);

}  // namespace fleetsim::loads
