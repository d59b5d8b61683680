#pragma once
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tools/experiment.h"

namespace fleetsim::testing_support {

// A shipped scenario, run as the program runs it; all that it shows but for how long it took.
inline Results run_shipped(const std::string& name, const std::vector<std::string>& sets = {},
                           std::uint32_t threads = 1) {
  const auto loaded = load_scenario(SOURCE_DIR "/workloads/scenarios/" + name + ".textproto", sets);
  EXPECT_TRUE(loaded) << loaded.error().message;
  Crew crew(threads);
  Progress progress(Progress::When::never);
  Result<Results> results = run_experiment(*loaded, {}, crew, progress);
  EXPECT_TRUE(results) << results.error().message;
  results->wall_s = 0;
  return std::move(*results);
}

inline double mean(const Results& results, const std::string& metric) {
  for (const MetricResult& one : results.metrics)
    if (one.spec.name == metric) return one.estimate.mean;
  ADD_FAILURE() << metric;
  return 0;
}

}  // namespace fleetsim::testing_support
