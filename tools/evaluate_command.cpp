#include <nlohmann/json.hpp>

#include "analytic/name.h"
#include "analytic/search.h"
#include "tools/answer_print.h"
#include "tools/report.h"
#include "tools/solve_arguments.h"
#include "tools/solve_verbs.h"
#include "tools/solve_words.h"

namespace fleetsim {

int evaluate_command(const SolveOptions& options, const Zoo& zoo) {
  std::vector<std::string> words = options.arguments;
  const std::vector<std::string> files = take_names(words);
  if (files.size() > 1) return fail(Error{"evaluate takes one plan"});
  Plan plan;
  if (!files.empty()) {
    const Result<Json> json = read_json_file(files[0]);
    if (!json) return fail(json.error());
    const Result<Plan> read = read_plan(*json, files[0]);
    if (!read) return fail(read.error());
    plan = *read;
  }
  const Result<analytic::Fields> more = parse_arguments(words);
  if (!more) return fail(more.error());
  for (const auto& field : *more) {  // the command line before the plan
    std::erase_if(plan.arguments,
                  [&](const auto& own) { return analytic::same_name(own.first, field.first); });
  }
  plan.arguments.insert(plan.arguments.end(), more->begin(), more->end());
  const Result<const analytic::Solver*> solver = analytic::solver_named("SystemEvaluation");
  if (!solver) return fail(solver.error());
  Result<analytic::Answer> answer = (*solver)->run(**solver, plan.arguments, zoo);
  if (!answer) return fail(answer.error());
  int status = options.strict && !answer->feasible ? Exit::check_failed : Exit::done;
  for (const std::string& text : plan.constraints) {
    const Result<bool> holds = analytic::constraint_holds(**solver, text, *answer);
    if (!holds) return fail(holds.error());
    if (*holds) continue;
    answer->notes.push_back("does not hold: " + text);
    status = Exit::check_failed;
  }
  switch (options.format) {
    case Format::json:
      return write_out(answer_json(**solver, *answer), status);
    case Format::csv:
      return write_out(answer_csv(*answer), status);
    case Format::text:
      return write_out(answer_text(**solver, *answer), status);
  }
  return status;
}

}  // namespace fleetsim
