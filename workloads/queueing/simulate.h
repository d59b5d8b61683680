#pragma once
#include <vector>

#include "sim/record.h"
#include "sim/stream.h"
#include "workloads/queueing/collector.h"
#include "workloads/queueing/config.h"
#include "workloads/queueing/system.h"

namespace fleetsim::queueing {

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
