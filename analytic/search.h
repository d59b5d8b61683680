#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "analytic/solver.h"

namespace fleetsim::analytic {

// Exhaustive search over arguments of a solver (analytic.md, section 9): a space, one objective or
// two, and constraints that all must hold.

struct Objective {
  bool maximize = false;
  std::string figure;  // an output, or a field of one: "latency", "parallelism.tp"
};
// "minimize: latency", "maximize(throughput)", "Minimize performance.latency".
Result<Objective> parse_objective(std::string_view text);

struct Constraint {
  std::string figure;
  std::string op;     // < > <= >= == !=
  std::string bound;  // a number in the output's unit, text with a unit, or a word
};
// "latency <= 50 ms", "bottleneck == Compute". Anything else is an error, not a silent pass.
Result<Constraint> parse_constraint(std::string_view text);

// The bound as a number, in `unit`: a plain number is one already.
Result<double> bound_in(const Constraint& constraint, std::string_view unit);
// `value op bound`, for each op that a constraint may have.
bool compare(double value, std::string_view op, double bound);

struct Axis {
  std::string name;
  Values values;
};

struct SearchPlan {
  const Solver* solver = nullptr;
  std::vector<Axis> axes{};  // the first is the slowest
  Fields fixed{};
  std::vector<Objective> objectives{};  // one, or two for a front
  std::vector<Constraint> constraints{};
  std::size_t top = 5;
  bool infeasible_too = false;
};

struct Candidate {
  Fields set{};                     // of the axes
  std::vector<Shown> objectives{};  // as the solver tells them
};

struct SearchOutcome {
  std::size_t searched = 0, infeasible = 0, constrained = 0, failed = 0;
  std::string first_failure{};     // what the first that failed complained of
  std::vector<Candidate> best{};   // by the first objective; ties as they came
  std::vector<Candidate> front{};  // of two objectives, by the first
};

// An error when the plan itself is wrong: figures that the solver does not tell (the nearest is
// named), bounds of another kind, no objective, an empty axis; or when no candidate is left.
Result<SearchOutcome> search(const SearchPlan& plan, const Lookup& lookup);

// Whether an answer satisfies a constraint; an error when the solver tells no such figure.
Result<bool> constraint_holds(const Solver& solver, std::string_view text, const Answer& answer);

// A figure of an answer by a path: an output, a field of one, or with the level that the book puts
// before it ("performance.latency"). Null when there is none.
const Value* find_figure(const Answer& answer, std::string_view path, std::string_view* unit);

}  // namespace fleetsim::analytic
