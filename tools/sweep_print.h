#pragma once
#include <string>

#include "tools/sweep_answers.h"
#include "tools/sweep_plan.h"
#include "traces/sweep_results.h"

namespace fleetsim {

// A finished sweep, as each reader wants it.
struct SweepReport {
  const SweepPlan& plan;
  const SweepQuestions& questions;
  const SweepResults& results;
  SweepAnswers answers;
};

std::string sweep_text(const SweepReport& report);  // a table, then the answers in words
std::string sweep_json(const SweepReport& report);  // as CONTRACT promises
std::string sweep_csv(const SweepReport& report);   // a row for each point and metric

}  // namespace fleetsim
