#pragma once
#include <vector>

#include "workloads/model.h"
#include "workloads/serving/config.h"

namespace fleetsim::serving {

// The quantiles of times that a run reports, by the last word of their names.
struct NamedQuantile {
  const char* name;
  double p;
};
inline constexpr NamedQuantile quantiles[] = {
    {"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999}};

// All metrics of a run, in their order: known before anything has run.
std::vector<MetricSpec> metrics_of(const ServingConfig& config);

}  // namespace fleetsim::serving
