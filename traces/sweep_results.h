#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/results.h"

namespace fleetsim {

// A sweep as plain data: one scenario at many points.

// What is varied: a field of the scenario.
struct SweepField {
  std::string path{};
  bool numeric = false;  // its values are numbers or quantities
  std::string unit{};    // of the quantities; empty for plain numbers
};

// A point that has been run.
struct SweepPoint {
  std::uint64_t number = 0;           // its place in the plan
  std::vector<std::string> values{};  // of the fields, as --set takes them
  std::vector<MetricResult> metrics{};
};

struct SweepResults {
  std::string version{}, build_id{};
  std::string scenario{};  // its name
  std::string scenario_text{};
  std::string resolved_text{};  // of the first point of the plan
  std::string plan{};           // the options that say which points there are, one a line
  std::uint64_t seed = 1;
  std::uint64_t planned = 0;  // points
  std::vector<SweepField> fields{};
  std::vector<SweepPoint> points{};  // those that are done, by number

  bool partial() const { return points.size() < planned; }
};

// The metric of a point; null when it has none of that name.
inline const MetricResult* find_metric(const SweepPoint& point, const std::string& name) {
  for (const MetricResult& metric : point.metrics)
    if (metric.spec.name == name) return &metric;
  return nullptr;
}

}  // namespace fleetsim
