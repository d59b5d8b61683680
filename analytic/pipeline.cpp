#include "analytic/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analytic/name.h"
#include "analytic/walls.h"
#include "sim/printable.h"

namespace fleetsim::analytic {
namespace {

// What an output is as an argument: a number keeps its unit. Lists, objects and what is no number
// do not travel.
Value as_argument(const Shown& shown) {
  if (shown.value.as_bool() != nullptr || shown.value.as_text() != nullptr) return shown.value;
  const double* number = shown.value.as_number();
  if (number == nullptr || !std::isfinite(*number)) return {};
  if (shown.unit.empty() || shown.unit == "1") return *number;
  return Fields{{"value", *number}, {"unit", shown.unit}};
}

void put(Fields& table, const std::string& name, Value value) {
  const auto known = std::find_if(table.begin(), table.end(),
                                  [&](const auto& field) { return same_name(field.first, name); });
  if (known == table.end())
    table.emplace_back(name, std::move(value));
  else
    known->second = std::move(value);
}

bool tells(const Solver& solver, std::string_view name) {
  return std::any_of(solver.outputs.begin(), solver.outputs.end(),
                     [&](const OutputSpec& spec) { return same_name(spec.name, name); });
}

// Under the stage's name, unless the message begins with it.
Error about(const Solver& stage, const Error& error) {
  if (error.message.starts_with(stage.name)) return error;
  return Error{fmt::format("{}: {}", stage.name, error.message)};
}

std::string walls_of(const Solver& solver) {
  std::string out;
  for (const int number : solver.walls)
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", number, wall(number)->name);
  return out.empty() ? "no wall of its own" : out;
}

}  // namespace

Result<Pipeline> Pipeline::of(const std::vector<std::string>& names) {
  if (names.empty()) return Error{"a pipeline needs at least one solver"};
  Pipeline pipeline;
  for (const std::string& name : names) {
    const Result<const Solver*> solver = solver_named(name);
    if (!solver) return solver.error();
    pipeline.solvers_.push_back(*solver);
  }
  return pipeline;
}

std::string Pipeline::explain() const {
  std::string out, flow;
  std::vector<std::string_view> domains;
  for (std::size_t i = 0; i < solvers_.size(); ++i) {
    const Solver& solver = *solvers_[i];
    std::vector<std::string_view> taken, needed;
    for (const InputSpec& input : solver.inputs) {
      const bool told =
          std::any_of(solvers_.begin(), solvers_.begin() + static_cast<std::ptrdiff_t>(i),
                      [&](const Solver* before) { return tells(*before, input.name); });
      if (told) taken.push_back(input.name);
      if (!told && input.required) needed.push_back(input.name);
    }
    out += fmt::format("{}. {}: {}\n   walls: {}\n", i + 1, solver.name, solver.title,
                       walls_of(solver));
    if (!taken.empty()) out += fmt::format("   from before: {}\n", fmt::join(taken, ", "));
    if (!needed.empty()) out += fmt::format("   from the caller: {}\n", fmt::join(needed, ", "));
    flow += fmt::format("{}{}", flow.empty() ? "" : " -> ", solver.name);
    for (const int number : solver.walls) {
      const std::string_view domain = wall(number)->domain;
      if (std::find(domains.begin(), domains.end(), domain) == domains.end())
        domains.push_back(domain);
    }
  }
  return fmt::format("{}{}\ndomains: {}\n", out, flow, fmt::join(domains, ", "));
}

Result<std::vector<Pipeline::Stage>> Pipeline::run(const Fields& arguments,
                                                   const Lookup& lookup) const {
  for (const auto& [name, value] : arguments) {
    const bool taken =
        std::any_of(solvers_.begin(), solvers_.end(), [&, &wanted = name](const Solver* solver) {
          return find_input(*solver, wanted) != nullptr;
        });
    if (!taken) return Error{"no stage has an argument " + in_quotes(name)};
  }
  Fields table = arguments;
  std::vector<Stage> stages;
  for (const Solver* solver : solvers_) {
    Fields mine;
    for (const auto& field : table)
      if (find_input(*solver, field.first) != nullptr) mine.push_back(field);
    const Result<Answer> answer = solver->run(*solver, mine, lookup);
    if (!answer) return about(*solver, answer.error());
    stages.push_back({solver, *answer});
    for (const Callback& callback : callbacks_) callback(stages.back());
    for (const Shown& output : answer->outputs)
      if (Value value = as_argument(output); !value.empty())
        put(table, output.name, std::move(value));
  }
  return stages;
}

}  // namespace fleetsim::analytic
