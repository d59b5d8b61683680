#include "sim/printable.h"
#include "sim/unit_text.h"
#include "tools/case_names.h"
#include "tools/case_text.h"
#include "tools/cases.h"

namespace fleetsim {
namespace {

// Kinds by what a case may call their rows.
constexpr std::pair<std::string_view, std::string_view> kind_names[] = {
    {"fleet", "clusters"}, {"device", "hardware"},       {"accelerator", "hardware"},
    {"region", "grids"},   {"component", "reliability"}, {"workload", "models"},
};

// The kind of the catalogue's entries that an input of a case names: models for model.
Result<const ZooKind*> kind_for(const std::string& input) {
  for (const auto& [said, meant] : kind_names)
    if (input == said) return zoo_kind(meant);
  Result<const ZooKind*> kind = zoo_kind(input);
  return kind ? kind : zoo_kind(input + "s");
}

// The input of a solver that takes rows of that kind, under which definitions know their figures.
std::string argument_of(const ZooKind& kind) {
  constexpr std::pair<std::string_view, std::string_view> arguments[] = {
      {"hardware", "hardware"}, {"models", "model"},           {"clusters", "fleet"},
      {"grids", "grid"},        {"datacenters", "datacenter"},
  };
  for (const auto& [name, argument] : arguments)
    if (kind.name == name) return std::string(argument);
  return std::string(kind.name);
}

// The first kind that has both rows of a pair.
std::string kind_of_pair(const std::vector<analytic::Value>& rows, const Zoo& zoo) {
  for (const std::string kind : {"hardware", "models", "grids", "datacenters", "clusters", "nodes",
                                 "fabrics", "tech", "pricing"})
    if (zoo.entry(kind, rows[0]) && zoo.entry(kind, rows[1])) return kind;
  return "hardware";
}

Result<CaseRun> look_up(const std::string& input, const analytic::Value& value, const Zoo& zoo) {
  const Result<const ZooKind*> kind = kind_for(input);
  if (!kind) return kind.error();
  const Result<ZooEntry> entry = zoo.entry((*kind)->name, value);
  if (!entry) return entry.error();
  CaseRun run;
  for (const ZooCell& cell : entry->cells) {
    const Result<Unit> unit = parse_unit(cell.unit);
    run.figures.add(
        {std::string(cell.field->name), cell.value, unit ? unit->dimension : Dimension{}});
  }
  run.told = run.figures.all().size();
  add_catalogue(run.figures, {{argument_of(**kind), value}}, zoo);
  if (const std::string* text = value.as_text())
    run.tags.push_back(text->substr(text->rfind('.') + 1));
  return run;
}

}  // namespace

// What the catalogue itself says of a row, or of each of a pair ("H100 / A100").
Result<std::vector<CaseRun>> look_up_case(const Case& test, const Zoo& zoo) {
  std::vector<CaseRun> runs;
  for (const auto& [input, value] : test.inputs) {
    const std::string* text = value.as_text();
    const auto slash = text != nullptr ? text->find(" / ") : std::string::npos;
    std::vector<analytic::Value> rows{plain_value(value)};
    if (const analytic::Values* list = value.as_list()) rows = *list;
    std::string kind = input;
    if (input == "pair" && slash != std::string::npos) {
      rows = {text->substr(0, slash), text->substr(slash + 3)};
      kind = kind_of_pair(rows, zoo);
    }
    for (const analytic::Value& row : rows) {
      Result<CaseRun> run = look_up(kind, row, zoo);
      if (!run) return run.error();
      runs.push_back(*std::move(run));
    }
  }
  if (runs.empty()) return Error{"it names no row of the catalogue"};
  return runs;
}

}  // namespace fleetsim
