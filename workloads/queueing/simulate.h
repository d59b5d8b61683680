#pragma once
#include <vector>

#include "sim/record.h"
#include "sim/stream.h"
#include "workloads/queueing/collector.h"
#include "workloads/queueing/config.h"
#include "workloads/queueing/system.h"

namespace fleetsim::queueing {

// How one replication is watched. The time from warm_up to end is cut into `windows` of equal
// length, each measured for itself; the number of customers present, into `bins` from 0 to end.
struct Plan {
  Duration warm_up{};
  Duration end{};
  std::uint32_t windows = 1;
  std::uint32_t bins = 0;
  std::size_t keep_visits = 0;  // of the first customers who leave after the warm-up
};

struct Replication {
  std::vector<std::vector<Measured>> windows;            // the same metrics in each
  std::vector<std::vector<Distribution>> distributions;  // by window
  std::vector<ControlValue> controls;                    // of the last window
  std::vector<double> present;                           // mean number in the system, by bin
  std::vector<System::Visit> visits;
  std::uint64_t visits_total = 0;  // how many there were, kept or not
  std::uint64_t events = 0;
};

// A pure function of its arguments.
Replication simulate(const QueueingConfig& config, const Chance& chance, const Plan& plan,
                     RecordSink* sink = nullptr);

}  // namespace fleetsim::queueing
