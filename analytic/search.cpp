#include "analytic/search.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "analytic/front.h"
#include "analytic/name.h"
#include "sim/nearest.h"
#include "sim/printable.h"
#include "sim/unit_text.h"

namespace fleetsim::analytic {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// The levels of a system's evaluation, and the letter that its outputs begin with.
constexpr std::pair<std::string_view, std::string_view> levels[] = {
    {"feasibility.", "f_"}, {"performance.", "p_"}, {"macro.", "m_"}};

// The output that a path begins with; null for none.
const OutputSpec* output_of(const Solver& solver, std::string_view path) {
  const auto named = [&](std::string_view name) -> const OutputSpec* {
    for (const OutputSpec& spec : solver.outputs)
      if (same_name(spec.name, name)) return &spec;
    return nullptr;
  };
  for (const auto& [level, letter] : levels) {
    if (!path.starts_with(level)) continue;
    const std::string name(path.substr(path.rfind('.') + 1));
    const OutputSpec* spec = named(std::string(letter) + name);
    return spec != nullptr ? spec : named(name);
  }
  return named(path.substr(0, path.find('.')));
}

Error no_output(const Solver& solver, std::string_view path) {
  std::vector<std::string> names;
  for (const OutputSpec& spec : solver.outputs) names.emplace_back(spec.name);
  std::string hint = did_you_mean(path, names);
  if (hint.empty()) hint = fmt::format("; it tells {}", fmt::join(names, ", "));
  return Error{fmt::format("{} does not tell {}{}", solver.name, in_quotes(path), hint)};
}

// A constraint with its bound in the unit of its output.
struct Bound {
  const Constraint* constraint = nullptr;
  std::optional<double> number{};  // else a word
};

Result<Bound> bound_of(const Solver& solver, const Constraint& constraint) {
  const OutputSpec* spec = output_of(solver, constraint.figure);
  if (spec == nullptr) return no_output(solver, constraint.figure);
  Bound bound{&constraint};
  const Result<double> number = bound_in(constraint, spec->unit);
  if (number) bound.number = *number;
  const bool may_be_word = constraint.op == "==" || constraint.op == "!=";
  if (!number && !may_be_word) return number.error();
  return bound;
}

// What an answer does not tell satisfies nothing.
bool holds(const Bound& bound, const Answer& answer) {
  std::string_view unit;
  const Value* value = find_figure(answer, bound.constraint->figure, &unit);
  if (value == nullptr) return false;
  if (const double* number = value->as_number())
    return bound.number && compare(*number, bound.constraint->op, *bound.number);
  std::string word;
  if (const bool* flag = value->as_bool()) word = *flag ? "true" : "false";
  if (const std::string* text = value->as_text()) word = *text;
  const std::string& op = bound.constraint->op;
  if (op != "==" && op != "!=") return false;
  return (op == "==") == same_name(word, bound.constraint->bound);
}

Status check_plan(const SearchPlan& plan, std::vector<Bound>& bounds) {
  if (plan.objectives.empty() || plan.objectives.size() > 2)
    return Error{"a search needs one objective, or two for a front: minimize: FIGURE"};
  for (const Objective& objective : plan.objectives)
    if (output_of(*plan.solver, objective.figure) == nullptr)
      return no_output(*plan.solver, objective.figure);
  for (const Axis& axis : plan.axes) {
    if (find_input(*plan.solver, axis.name) == nullptr)
      return Error{fmt::format("{} has no argument {}", plan.solver->name, in_quotes(axis.name))};
    if (axis.values.empty()) return Error{axis.name + " has no values to search"};
  }
  for (const Constraint& constraint : plan.constraints) {
    const Result<Bound> bound = bound_of(*plan.solver, constraint);
    if (!bound) return bound.error();
    bounds.push_back(*bound);
  }
  return Done{};
}

Fields set_at(const SearchPlan& plan, std::span<const std::size_t> at) {
  Fields set;
  for (std::size_t i = 0; i < plan.axes.size(); ++i)
    set.emplace_back(plan.axes[i].name, plan.axes[i].values[at[i]]);
  return set;
}

// One candidate: its objectives, if it is one.
class Judge {
 public:
  Judge(const SearchPlan& plan, const Lookup& lookup, std::vector<Bound> bounds)
      : plan_(plan),
        lookup_(lookup),
        bounds_(std::move(bounds)) {}

  std::optional<Candidate> candidate(std::span<const std::size_t> at, SearchOutcome& outcome) {
    Candidate found{set_at(plan_, at), {}};
    Fields arguments = plan_.fixed;
    arguments.insert(arguments.end(), found.set.begin(), found.set.end());
    const Result<Answer> answer = plan_.solver->run(*plan_.solver, arguments, lookup_);
    if (!answer) {
      if (outcome.failed++ == 0) outcome.first_failure = answer.error().message;
      return std::nullopt;
    }
    if (!answer->feasible && !plan_.infeasible_too) return ++outcome.infeasible, std::nullopt;
    for (const Bound& bound : bounds_)
      if (!holds(bound, *answer)) return ++outcome.constrained, std::nullopt;
    for (const Objective& objective : plan_.objectives) {
      std::string_view unit;
      const Value* value = find_figure(*answer, objective.figure, &unit);
      const double* number = value != nullptr ? value->as_number() : nullptr;
      if (number == nullptr || std::isnan(*number)) return ++outcome.constrained, std::nullopt;
      found.objectives.push_back({objective.figure, std::string(unit), *number});
    }
    return found;
  }

  // For comparing: lower is better.
  double cost(const Candidate& candidate, std::size_t i) const {
    const double value = candidate.objectives[i].value.number();
    return plan_.objectives[i].maximize ? -value : value;
  }

 private:
  const SearchPlan& plan_;
  const Lookup& lookup_;
  std::vector<Bound> bounds_;
};

}  // namespace

Result<Objective> parse_objective(std::string_view text) {
  const std::string_view whole = trimmed(text);
  constexpr std::size_t word = 8;  // letters of either direction
  const std::string_view direction = whole.substr(0, std::min(word, whole.size()));
  const bool minimize = same_name(direction, "minimize");
  if (!minimize && !same_name(direction, "maximize"))
    return Error{in_quotes(text) +
                 " is no objective; expected \"minimize: FIGURE\" or "
                 "\"maximize: FIGURE\""};
  std::string_view figure = trimmed(whole.substr(word));
  if (figure.starts_with(":")) figure = trimmed(figure.substr(1));
  if (figure.starts_with("(") && figure.ends_with(")"))
    figure = trimmed(figure.substr(1, figure.size() - 2));
  if (figure.empty() || figure.find_first_of(" ():") != figure.npos)
    return Error{in_quotes(text) + " names no figure"};
  return Objective{!minimize, std::string(figure)};
}

Result<Constraint> parse_constraint(std::string_view text) {
  const auto begin = text.find_first_of("<>=!");
  const auto end = text.find_first_not_of("<>=!", begin);
  const std::string expected = "; expected \"FIGURE <= NUMBER UNIT\"";
  if (begin == text.npos || end == text.npos)
    return Error{in_quotes(text) + " is no constraint" + expected};
  const Constraint constraint{std::string(trimmed(text.substr(0, begin))),
                              std::string(text.substr(begin, end - begin)),
                              std::string(trimmed(text.substr(end)))};
  constexpr std::string_view ops[] = {"<", ">", "<=", ">=", "==", "!="};
  if (std::find(std::begin(ops), std::end(ops), constraint.op) == std::end(ops))
    return Error{fmt::format("{}: no operator {}; there are < > <= >= == !=", in_quotes(text),
                             in_quotes(constraint.op))};
  if (constraint.figure.empty() || constraint.bound.empty() ||
      constraint.figure.find(' ') != std::string::npos)
    return Error{in_quotes(text) + " is no constraint" + expected};
  return constraint;
}

Result<double> bound_in(const Constraint& constraint, std::string_view unit) {
  const std::string& text = constraint.bound;
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem == std::errc() && end == text.data() + text.size()) return number;
  const Result<double> parsed = parse_in(text, unit);
  if (parsed) return *parsed;
  return Error{fmt::format("constraint on {}: {}", constraint.figure, parsed.error().message)};
}

bool compare(double value, std::string_view op, double bound) {
  if (op == "<") return value < bound;
  if (op == ">") return value > bound;
  if (op == "<=") return value <= bound;
  if (op == ">=") return value >= bound;
  return (op == "==") == (value == bound);
}

Result<bool> constraint_holds(const Solver& solver, std::string_view text, const Answer& answer) {
  const Result<Constraint> constraint = parse_constraint(text);
  if (!constraint) return constraint.error();
  const Result<Bound> bound = bound_of(solver, *constraint);
  if (!bound) return bound.error();
  return holds(*bound, answer);
}

const Value* find_figure(const Answer& answer, std::string_view path, std::string_view* unit) {
  const auto named = [&](std::string_view name) -> const Shown* {
    for (const Shown& shown : answer.outputs)
      if (same_name(shown.name, name)) return &shown;
    return nullptr;
  };
  const Shown* found = nullptr;
  for (const auto& [level, letter] : levels) {
    if (!path.starts_with(level)) continue;
    path = path.substr(path.rfind('.') + 1);
    found = named(std::string(letter) + std::string(path));
  }
  if (found == nullptr) found = named(path.substr(0, path.find('.')));
  if (found == nullptr) return nullptr;
  *unit = found->unit;
  const Value* value = &found->value;
  for (auto dot = path.find('.'); dot != path.npos; dot = path.find('.')) {
    path.remove_prefix(dot + 1);
    const Fields* fields = value->as_fields();
    if (fields == nullptr) return nullptr;
    const auto field = std::find_if(fields->begin(), fields->end(), [&](const auto& f) {
      return same_name(f.first, path.substr(0, path.find('.')));
    });
    if (field == fields->end()) return nullptr;
    value = &field->second;
  }
  return value;
}

Result<SearchOutcome> search(const SearchPlan& plan, const Lookup& lookup) {
  std::vector<Bound> bounds;
  if (const Status status = check_plan(plan, bounds); !status) return status.error();
  std::vector<std::size_t> sizes;
  for (const Axis& axis : plan.axes) sizes.push_back(axis.values.size());
  Odometer odometer(sizes);
  Judge judge(plan, lookup, std::move(bounds));
  SearchOutcome outcome;
  Lowest lowest(plan.top);
  Front front;
  std::vector<Candidate> kept;  // those that were among the best when they came
  do {
    ++outcome.searched;
    std::optional<Candidate> candidate = judge.candidate(odometer.at(), outcome);
    if (!candidate) continue;
    const double first = judge.cost(*candidate, 0);
    const bool two = plan.objectives.size() == 2;
    const double second = two ? judge.cost(*candidate, 1) : 0;
    if (!lowest.takes(first) && !(two && front.takes(first, second))) continue;
    lowest.add(first, kept.size());
    if (two) front.add(first, second, kept.size());
    kept.push_back(*std::move(candidate));
  } while (odometer.next() < sizes.size());
  for (const auto& [value, number] : lowest.kept()) outcome.best.push_back(kept[number]);
  for (const auto& [value, point] : front.points()) outcome.front.push_back(kept[point.number]);
  if (outcome.best.empty())
    return Error{fmt::format(
        "no candidate is left of {}: {} infeasible, {} against a constraint, {} failed{}",
        outcome.searched, outcome.infeasible, outcome.constrained, outcome.failed,
        outcome.failed > 0 ? " (" + outcome.first_failure + ")" : "")};
  return outcome;
}

}  // namespace fleetsim::analytic
