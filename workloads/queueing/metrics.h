#pragma once
#include <vector>

#include "sim/metric.h"
#include "workloads/queueing/config.h"

namespace fleetsim::queueing {

// The quantiles of waits and sojourns that a run reports, by the last word of their names.
struct NamedQuantile {
  const char* name = "";
  double p = 0;
};
inline constexpr NamedQuantile passage_quantiles[] = {
    {"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}};

// How the names of the metrics of one source or station begin; "queue." when it is the only one.
std::string source_prefix(const QueueingConfig& config, std::size_t source);
std::string station_prefix(const QueueingConfig& config, std::size_t station);

// All metrics that a run of the system reports, in their order: known before anything has run.
std::vector<MetricSpec> metrics_of(const QueueingConfig& config);

}  // namespace fleetsim::queueing
