#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analytic/defaults.h"
#include "analytic/walls.h"
#include "sim/unit_text.h"
#include "tools/answer_print.h"
#include "tools/json_value.h"
#include "tools/text_table.h"

namespace fleetsim {
namespace {

using analytic::Solver;

std::string_view kind_name(Solver::Kind kind) {
  switch (kind) {
    case Solver::Kind::model:
      return "model";
    case Solver::Kind::solver:
      return "solver";
    case Solver::Kind::optimizer:
      return "optimizer";
    case Solver::Kind::formula:
      return "formula";
    case Solver::Kind::exact:
      return "exact";
  }
  return "";
}

// Numbers and names of its walls: "4 Serving, 5 Batching".
std::string walls_of(const Solver& solver) {
  std::string out;
  for (const int number : solver.walls)
    if (const auto wall = analytic::wall(number))
      out += fmt::format("{}{} {}", out.empty() ? "" : ", ", number, wall->name);
  return out;
}

// How an input is given where it has no default, or what its default is.
std::string default_of(const analytic::InputSpec& spec, const analytic::Shown& shown) {
  if (spec.required) return "required";
  const std::string* text = shown.value.as_text();
  if (shown.value.empty() || (text != nullptr && text->empty())) return "none";
  return readable(shown);
}

template <class Lines>
std::string section(std::string_view title, const Lines& lines) {
  std::string out;
  for (const auto& line : lines) out += fmt::format("  {}\n", line);
  return out.empty() ? out : fmt::format("\n{}\n{}", title, out);
}

std::string description_text(const Solver& solver) {
  std::string out = fmt::format("{} ({}), a {}: {}\n", solver.name, solver.short_name,
                                kind_name(solver.kind), solver.title);
  const std::vector<analytic::Shown> defaults = analytic::defaults_of(solver);
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < solver.inputs.size(); ++i) {
    const analytic::InputSpec& spec = solver.inputs[i];
    const std::string also = spec.alias.empty() ? "" : fmt::format(" (or {})", spec.alias);
    lines.push_back(fmt::format("{:<28}  {:<10}  {:<14}  {}{}", spec.name, spec.unit,
                                default_of(spec, defaults[i]), spec.help, also));
  }
  out += section("inputs (name, unit of a bare number, default, meaning)", lines);
  lines.clear();
  for (const analytic::OutputSpec& spec : solver.outputs)
    lines.push_back(fmt::format("{:<28}  {:<10}  {}", spec.name, spec.unit, spec.help));
  out += section("outputs (name, unit, meaning)", lines);
  out += section("equations", solver.equations);
  lines.clear();
  for (const int number : solver.walls)
    if (const auto wall = analytic::wall(number))
      lines.push_back(fmt::format("{} {} ({}): {}; iron law: {}", number, wall->name, wall->domain,
                                  wall->equation, wall->iron_law));
  out += section("walls", lines);
  return out + section("assumptions", solver.assumptions);
}

Json description_json(const Solver& solver) {
  Json json;
  json["solver"] = solver.name;
  json["short_name"] = solver.short_name;
  json["kind"] = kind_name(solver.kind);
  json["title"] = solver.title;
  json["walls"] = solver.walls;
  json["equations"] = solver.equations;
  json["assumptions"] = solver.assumptions;
  Json& inputs = json["inputs"] = Json::array();
  const std::vector<analytic::Shown> defaults = analytic::defaults_of(solver);
  for (std::size_t i = 0; i < solver.inputs.size(); ++i) {
    const analytic::InputSpec& spec = solver.inputs[i];
    inputs.push_back({{"name", spec.name},
                      {"unit", spec.unit},
                      {"required", spec.required},
                      {"default", spec.required ? Json() : json_of(defaults[i].value)},
                      {"help", spec.help}});
  }
  Json& outputs = json["outputs"] = Json::array();
  for (const analytic::OutputSpec& spec : solver.outputs)
    outputs.push_back({{"name", spec.name}, {"unit", spec.unit}, {"help", spec.help}});
  return json;
}

}  // namespace

std::string solver_list(Format format) {
  Json json = Json::array();
  std::string out;
  std::string_view last;
  std::vector<Solver> sorted(analytic::solvers().begin(), analytic::solvers().end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Solver& a, const Solver& b) { return a.kind < b.kind; });
  for (const Solver& solver : sorted) {
    const std::string_view kind = kind_name(solver.kind);
    const std::string walls = walls_of(solver);
    if (format == Format::csv)
      out += csv_line({std::string(solver.name), std::string(solver.short_name), std::string(kind),
                       std::string(solver.title)});
    if (format == Format::text && kind != last)
      out += fmt::format("{}{}\n", last.empty() ? "" : "\n",
                         kind == "exact" ? "exact forms" : std::string(kind) + "s");
    if (format == Format::text)
      out += fmt::format("  {:<40}  {:<28}  {}{}\n", solver.name, solver.short_name, solver.title,
                         walls.empty() ? "" : " [" + walls + "]");
    json.push_back({{"solver", solver.name},
                    {"short_name", solver.short_name},
                    {"kind", kind},
                    {"title", solver.title},
                    {"walls", solver.walls}});
    last = kind;
  }
  if (format == Format::json) return dumped({{"solvers", json}});
  return format == Format::csv ? "solver,short_name,kind,title\n" + out : out;
}

std::string solver_description(const Solver& solver, Format format) {
  return format == Format::json ? dumped(description_json(solver)) : description_text(solver);
}

std::string wall_list(Format format) {
  Json json = Json::array();
  std::string out = format == Format::csv ? "number,name,domain,resolver,equation,iron_law\n" : "";
  for (const analytic::Wall& wall : analytic::walls()) {
    json.push_back({{"number", wall.number},
                    {"name", wall.name},
                    {"domain", wall.domain},
                    {"resolver", wall.resolver},
                    {"equation", wall.equation},
                    {"iron_law", wall.iron_law}});
    if (format == Format::csv)
      out += csv_line({std::to_string(wall.number), std::string(wall.name),
                       std::string(wall.domain), std::string(wall.resolver),
                       std::string(wall.equation), std::string(wall.iron_law)});
    else
      out += fmt::format("{:>2}  {:<14}  {:<10}  {:<27}  {}\n      iron law: {}\n", wall.number,
                         wall.name, wall.domain, wall.resolver, wall.equation, wall.iron_law);
  }
  if (format == Format::json) return dumped({{"walls", json}});
  return out;
}

}  // namespace fleetsim
