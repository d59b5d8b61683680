#pragma once
#include <string>
#include <utility>
#include <vector>

#include "topology/node_pool.h"
#include "workloads/model.h"
#include "workloads/training/watch.h"

namespace fleetsim::training {

// A value as numerator and denominator, so that windows, jobs and replications add up.
struct Ratio {
  double over = 0, under = 0;
};
// Value and weight, whose product is the numerator: also where a replication had time without a
// failure, for which the denominator is next to nothing.
Measured as_measured(MetricSpec spec, const Ratio& ratio);

// What one window showed of the nodes of all clusters that fail.
struct FleetWindow {
  NodePool::Totals totals{};
  Duration length{};
};

// How the names of the metrics of a job begin: "training."; among several "training.NAME.". What
// begins with "training." is then of all jobs: ratios by their devices, rates and counts summed.
std::string prefix_of(const TrainingConfig& config, std::size_t job);

// Whether there is something to be told of nodes: they are repaired, or nobody trains on them.
bool watches_fleet(const TrainingConfig& config);

// All metrics that a run reports, in their order.
std::vector<MetricSpec> metrics_of(const TrainingConfig& config);

// Their values in one window of so many. Ratios carry their denominator as weight, so that
// replications pool; counts and GPU-hours are those of as
// many such windows.
std::vector<Measured> measured(const TrainingConfig& config, const std::vector<JobWindow>& jobs,
                               const FleetWindow& fleet, std::uint32_t windows);

// What interrupts, by number and name, where there are several: each has a count of its own.
std::vector<std::pair<std::uint32_t, std::string>> told_causes(const TrainingConfig& config,
                                                               const JobConfig& job);

// Nodes of all clusters that jobs, or somebody, use; and those that stand by.
struct Places {
  std::uint64_t in_use = 0, spares = 0;
};
Places places_of(const TrainingConfig& config, ClusterId cluster);

}  // namespace fleetsim::training
