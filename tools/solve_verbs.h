#pragma once
#include <string>
#include <vector>

#include "analytic/value.h"
#include "tools/json_value.h"
#include "tools/solve_command.h"
#include "traces/zoo.h"

namespace fleetsim {

// What `solve` does beside one answer.

// solve compare A B --ARG VALUE ...: what bound before, what binds after, why. A and B are devices,
// or changes "ARG=VALUE,ARG=VALUE"; --solver names another solver than SingleNodeModel.
int compare_command(const SolveOptions& options, const Zoo& zoo);

// solve search SOLVER --vary ARG=V,V --minimize FIGURE --subject-to 'FIGURE <= NUMBER UNIT' ...,
// or one document with solver, space, objective, constraints, fixed, top; or a plan.
int search_command(const SolveOptions& options, const Zoo& zoo);

// solve evaluate PLAN.json, or with arguments: feasibility, performance, macro.
int evaluate_command(const SolveOptions& options, const Zoo& zoo);

// A plan (analytic.md, section 11.1): what to evaluate, and what must hold of it.
struct Plan {
  analytic::Fields arguments;            // of SystemEvaluation
  std::vector<std::string> constraints;  // "performance.latency <= 50"
};
// Unknown keys are errors, with the nearest one named.
Result<Plan> read_plan(const Json& json, const std::string& source);

}  // namespace fleetsim
