#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "sim/record.h"
#include "sim/result.h"
#include "sim/results.h"
#include "sim/stopping.h"
#include "tools/crew.h"
#include "tools/progress.h"
#include "traces/results_hdf5.h"
#include "traces/scenario_file.h"
#include "workloads/model.h"

namespace fleetsim {

// Run until the interval of a metric is narrow enough: --until 'queue.wait.mean:1%'.
struct Until {
  std::string metric;
  double half_width = 0.01;  // of the mean
};

// METRIC:1%, or METRIC:0.01.
Result<Until> parse_until(const std::string& text);

// What theory says of a system. The program asks the system; a test that wants to see a wrong
// formula found out asks something else.
using Predict = Twin (*)(const Model& model);
inline Twin ask(const Model& model) {
  return model.twin();
}

struct ExperimentOptions {
  Predict predict = ask;
  std::optional<Until> until{};
  std::optional<SavedReplications> resume{};  // of an interrupted run: not run again
  RecordSink* watch = nullptr;                // hears replication 0
  bool outlook = false;                       // findings that cost replications too (see Model)
};

// Warm-up, replications, intervals, closed forms, findings: a scenario becomes its results. They
// are the same for any number of threads, because replication i is a function of i alone.
Result<Results> run_experiment(const LoadedScenario& loaded, const ExperimentOptions& options,
                               Crew& crew, Progress& progress);

}  // namespace fleetsim
