#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "analytic/search.h"
#include "sim/printable.h"
#include "tools/answer_print.h"
#include "tools/report.h"
#include "tools/solve_arguments.h"
#include "tools/solve_verbs.h"
#include "tools/solve_words.h"

namespace fleetsim {
namespace {

using analytic::SearchPlan;

Status add_objective(SearchPlan& plan, const std::string& text) {
  const Result<analytic::Objective> objective = analytic::parse_objective(text);
  if (!objective) return objective.error();
  plan.objectives.push_back(*objective);
  return Done{};
}

Status add_constraint(SearchPlan& plan, const std::string& text) {
  const Result<analytic::Constraint> constraint = analytic::parse_constraint(text);
  if (!constraint) return constraint.error();
  plan.constraints.push_back(*constraint);
  return Done{};
}

Status set_solver(SearchPlan& plan, const std::string& name) {
  const Result<const analytic::Solver*> solver = analytic::solver_named(name);
  if (!solver) return solver.error();
  plan.solver = *solver;
  return Done{};
}

// A text or a list of texts, each handed to `add`.
template <class Add>
Status each_text(const Json& json, const std::string& place, Add&& add) {
  const Json list = json.is_array() ? json : Json::array({json});
  for (const Json& item : list) {
    if (!item.is_string()) return Error{place + ": expected text"};
    if (const Status status = add(item.get<std::string>()); !status)
      return Error{place + ": " + status.error().message};
  }
  return Done{};
}

Status read_space(const Json& json, const std::string& place, SearchPlan& plan) {
  if (!json.is_object()) return Error{place + ": space: expected an object of lists"};
  for (const auto& [name, values] : json.items()) {
    const analytic::Value value = value_of(values);
    plan.axes.push_back(
        {name, value.as_list() != nullptr ? value.list() : analytic::Values{value}});
  }
  return Done{};
}

// {"solver", "space", "objective", "constraints", "fixed", "top"}.
Status read_document(const Json& json, const std::string& source, SearchPlan& plan) {
  for (const auto& [key, value] : json.items()) {
    const std::string place = source + ": " + key;
    Status status = Done{};
    if (key == "solver" && value.is_string())
      status = set_solver(plan, value.get<std::string>());
    else if (key == "space")
      status = read_space(value, source, plan);
    else if (key == "objective" || key == "objectives")
      status = each_text(value, place, [&](const auto& text) { return add_objective(plan, text); });
    else if (key == "constraints")
      status =
          each_text(value, place, [&](const auto& text) { return add_constraint(plan, text); });
    else if (key == "fixed" && value.is_object())
      plan.fixed = value_of(value).fields();
    else if (key == "top" && value.is_number_unsigned())
      plan.top = value.get<std::size_t>();
    else
      return Error{place + ": expected solver, space, objective, constraints, fixed or top"};
    if (!status) return status;
  }
  return Done{};
}

// A document of a search, or a plan: then what it says is fixed, and what it asserts must hold.
Status read_file_into(const std::string& path, SearchPlan& plan) {
  const Result<Json> json = read_json_file(path);
  if (!json) return json.error();
  if (!json->contains("workload")) return read_document(*json, path, plan);
  const Result<Plan> read = read_plan(*json, path);
  if (!read) return read.error();
  plan.fixed = read->arguments;
  for (const std::string& text : read->constraints)
    if (const Status status = add_constraint(plan, text); !status) return status;
  return set_solver(plan, "SystemEvaluation");
}

// The options of the command line, over what a file says.
Status read_words(std::vector<std::string> words, SearchPlan& plan) {
  for (const std::string& name : take_names(words)) {
    const Status status = names_file(name) ? read_file_into(name, plan) : set_solver(plan, name);
    if (!status) return status;
  }
  const auto each = [&](std::string_view option, auto&& add) -> Status {
    const Result<std::vector<std::string>> values = take_option(words, option);
    if (!values) return values.error();
    for (const std::string& value : *values)
      if (const Status status = add(value); !status) return status;
    return Done{};
  };
  const auto vary = [&](const std::string& text) -> Status {
    const Result<analytic::Axis> axis = parse_axis(text);
    if (!axis) return axis.error();
    std::erase_if(plan.fixed, [&](const auto& field) { return field.first == axis->name; });
    plan.axes.push_back(*axis);
    return Done{};
  };
  const auto top = [&](const std::string& text) -> Status {
    if (text.empty() || text.size() > 6 || text.find_first_not_of("0123456789") != text.npos)
      return Error{"--top: expected a whole number, found " + in_quotes(text)};
    plan.top = std::stoul(text);
    return Done{};
  };
  const auto objective = [&](const std::string& text) { return add_objective(plan, text); };
  const auto minimize = [&](const std::string& t) { return add_objective(plan, "minimize: " + t); };
  const auto maximize = [&](const std::string& t) { return add_objective(plan, "maximize: " + t); };
  const auto constraint = [&](const std::string& text) { return add_constraint(plan, text); };
  for (const Status& status :
       {each("vary", vary), each("objective", objective), each("minimize", minimize),
        each("maximize", maximize), each("subject-to", constraint), each("top", top)})
    if (!status) return status;
  const Result<analytic::Fields> fixed = parse_arguments(words);
  if (!fixed) return fixed.error();
  plan.fixed.insert(plan.fixed.end(), fixed->begin(), fixed->end());
  if (plan.solver == nullptr) return set_solver(plan, "SingleNodeModel");
  return Done{};
}

Json candidate_json(const analytic::Candidate& candidate) {
  Json set = Json::object(), metrics = Json::object();
  for (const auto& [name, value] : candidate.set) set[name] = json_of(value);
  for (const analytic::Shown& shown : candidate.objectives) metrics[shown.name] = json_of(shown);
  return {{"set", set}, {"metrics", metrics}};
}

std::string as_json(const SearchPlan& plan, const analytic::SearchOutcome& outcome) {
  Json json;
  json["solver"] = plan.solver->name;
  json["searched"] = outcome.searched;
  json["infeasible"] = outcome.infeasible;
  json["constrained"] = outcome.constrained;
  json["failed"] = outcome.failed;
  json["best"] = candidate_json(outcome.best.front());
  Json& top = json["top"] = Json::array();
  for (const analytic::Candidate& candidate : outcome.best)
    top.push_back(candidate_json(candidate));
  Json& front = json["pareto"] = Json::array();
  for (const analytic::Candidate& candidate : outcome.front)
    front.push_back(candidate_json(candidate));
  return dumped(json);
}

std::string rows_text(const std::vector<analytic::Candidate>& candidates, Format format) {
  std::string out;
  for (const analytic::Candidate& candidate : candidates) {
    std::string line;
    const auto cell = [&](const std::string& text) {
      if (format == Format::csv) line += (line.empty() ? "" : ",") + text;
      if (format == Format::text) line += fmt::format("{:<22}", text);
    };
    for (const auto& [name, value] : candidate.set) cell(readable({name, "1", value}));
    for (const analytic::Shown& shown : candidate.objectives)
      cell(format == Format::csv ? fmt::format("{}", shown.value.number()) : readable(shown));
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string header(const analytic::Candidate& candidate, Format format) {
  std::string line;
  const auto cell = [&](const std::string& text) {
    if (format == Format::csv) line += (line.empty() ? "" : ",") + text;
    if (format == Format::text) line += fmt::format("{:<22}", text);
  };
  for (const auto& [name, value] : candidate.set) cell(name);
  for (const analytic::Shown& shown : candidate.objectives) cell(shown.name);
  return line + "\n";
}

std::string as_text(const SearchPlan& plan, const analytic::SearchOutcome& outcome) {
  std::string out = fmt::format(
      "{}: {} searched, {} infeasible, {} against a constraint, {} failed\n", plan.solver->name,
      outcome.searched, outcome.infeasible, outcome.constrained, outcome.failed);
  if (outcome.failed > 0) out += "the first failure: " + outcome.first_failure + "\n";
  out += "\nbest\n" + header(outcome.best.front(), Format::text) +
         rows_text(outcome.best, Format::text);
  if (!outcome.front.empty())
    out += "\nPareto front\n" + header(outcome.front.front(), Format::text) +
           rows_text(outcome.front, Format::text);
  return out;
}

}  // namespace

int search_command(const SolveOptions& options, const Zoo& zoo) {
  SearchPlan plan;
  if (const Status status = read_words(options.arguments, plan); !status)
    return fail(status.error());
  const Result<analytic::SearchOutcome> outcome = analytic::search(plan, zoo);
  if (!outcome) return fail(outcome.error());
  const bool front = !outcome->front.empty();
  switch (options.format) {
    case Format::json:
      return write_out(as_json(plan, *outcome), Exit::done);
    case Format::csv:
      return write_out(header(outcome->best.front(), Format::csv) +
                           rows_text(front ? outcome->front : outcome->best, Format::csv),
                       Exit::done);
    case Format::text:
      return write_out(as_text(plan, *outcome), Exit::done);
  }
  return Exit::done;
}

}  // namespace fleetsim
