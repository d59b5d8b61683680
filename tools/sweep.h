#pragma once
#include <optional>
#include <string>

#include "sim/result.h"
#include "tools/crew.h"
#include "tools/experiment.h"
#include "tools/progress.h"
#include "tools/sweep_plan.h"
#include "traces/sweep_results.h"

namespace fleetsim {

struct SweepWays {
  std::optional<Until> until{};           // for each point
  std::string part{};                     // file that keeps what is done so far; empty: none
  std::optional<SweepResults> earlier{};  // of an interrupted sweep: not run again
};

// Runs the points of a plan. As many as fill the crew run at the same time, a thread each; the few
// that are left share it one after another. Each point is a function of its scenario alone, so the
// results are the same for any number of threads, resumed or not. After an interruption those
// points are there that were done.
Result<SweepResults> run_sweep(const SweepPlan& plan, const SweepWays& ways, Crew& crew,
                               Progress& progress);

}  // namespace fleetsim
