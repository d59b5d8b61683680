#include "tools/solve_command.h"

#include "analytic/solver.h"
#include "tools/answer_print.h"
#include "tools/cases_command.h"
#include "tools/report.h"
#include "tools/solve_arguments.h"
#include "tools/solve_verbs.h"
#include "traces/zoo.h"

namespace fleetsim {
namespace {

int print_answer(const analytic::Solver& solver, const analytic::Answer& answer,
                 const SolveOptions& options) {
  const int status = options.strict && !answer.feasible ? Exit::check_failed : Exit::done;
  switch (options.format) {
    case Format::json:
      return write_out(answer_json(solver, answer), status);
    case Format::csv:
      return write_out(answer_csv(answer), status);
    case Format::text:
      return write_out(answer_text(solver, answer), status);
  }
  return status;
}

int solve_one(const SolveOptions& options, const Zoo& zoo) {
  const Result<const analytic::Solver*> solver = analytic::solver_named(options.solver);
  if (!solver) return fail(solver.error());
  const Result<analytic::Fields> arguments = parse_arguments(options.arguments);
  if (!arguments) return fail(arguments.error());
  const Result<analytic::Answer> answer = (*solver)->run(**solver, *arguments, zoo);
  if (!answer) return fail(answer.error());
  return print_answer(**solver, *answer, options);
}

int describe(const SolveOptions& options) {
  const Result<const analytic::Solver*> solver = analytic::solver_named(options.solver);
  if (!solver) return fail(solver.error());
  return write_out(solver_description(**solver, options.format), Exit::done);
}

}  // namespace

int solve_command(const SolveOptions& options) {
  if (options.walls) return write_out(wall_list(options.format), Exit::done);
  if (options.list) return write_out(solver_list(options.format), Exit::done);
  if (options.describe && !options.solver.empty()) return describe(options);
  const Result<Zoo> zoo = load_zoo(options.zoos);
  if (!zoo) return fail(zoo.error());
  if (!options.cases.empty()) return cases_command(options.cases, *zoo, options.format);
  if (options.solver.empty())
    return fail(Error{"solve needs the name of a solver; solve --list lists them"});
  if (options.solver == "compare") return compare_command(options, *zoo);
  if (options.solver == "search") return search_command(options, *zoo);
  if (options.solver == "evaluate") return evaluate_command(options, *zoo);
  return solve_one(options, *zoo);
}

}  // namespace fleetsim
