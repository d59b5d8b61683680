#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/result.h"
#include "tools/sweep_axes.h"
#include "traces/scenario_file.h"

namespace fleetsim {

// All points of a sweep, each loaded and checked before any of them runs. All have the same seed,
// so replication i of each point has the same draws: common random numbers.

struct SweepRequest {
  std::string scenario{};           // a file
  std::vector<std::string> sets{};  // --set options for all points
  std::vector<std::string> vary{};
  std::string sample{};  // "random:N", "lhs:N"; empty: the grid of all combinations
};

struct PlannedPoint {
  std::vector<std::string> values{};  // by axis
  LoadedScenario loaded{};
};

struct SweepPlan {
  std::vector<SweepAxis> axes{};
  std::vector<PlannedPoint> points{};  // of a grid: the first axis slowest
  std::size_t last_axis = 0;           // how many values the last axis of a grid has; 0 for samples
  std::string text{};                  // the options that say which points there are, one a line

  // "PATH=VALUE, PATH=VALUE" of a point, for messages.
  std::string name_of(const std::vector<std::string>& values) const;
};

// A wrong value is an error that names its --vary.
Result<SweepPlan> plan_sweep(const SweepRequest& request);

// For each point the shares that its axes take, each in [0, 1). Latin hypercube (McKay, Beckman and
// Conover, Technometrics 21, 1979): along each axis, each n-th part of [0, 1) holds one point.
enum class Sampling : std::uint8_t { random, latin_hypercube };
std::vector<std::vector<double>> sample_shares(Sampling sampling, std::size_t points,
                                               std::size_t axes, std::uint64_t seed);

}  // namespace fleetsim
