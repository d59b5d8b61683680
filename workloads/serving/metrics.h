#pragma once
#include <vector>

#include "workloads/model.h"
#include "workloads/serving/config.h"

namespace fleetsim::serving {

struct NamedQuantile {
  const char* name;
  double p;
};
inline constexpr NamedQuantile quantiles[] = {
    {"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999}};

std::vector<MetricSpec> metrics_of(const ServingConfig& config);

}  // namespace fleetsim::serving
