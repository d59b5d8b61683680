#include "sim/printable.h"
#include "sim/unit_text.h"
#include "tools/case_text.h"
#include "tools/cases.h"

namespace fleetsim {
namespace {

// The kind of the catalogue's entries that an input of a case names: models for model.
Result<const ZooKind*> kind_for(const std::string& input) {
  Result<const ZooKind*> kind = zoo_kind(input);
  return kind ? kind : zoo_kind(input + "s");
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
  add_catalogue(run.figures, {{input, value}}, zoo);
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
    if (input == "pair" && slash != std::string::npos)
      rows = {text->substr(0, slash), text->substr(slash + 3)};
    for (const analytic::Value& row : rows) {
      Result<CaseRun> run = look_up(input == "pair" ? "hardware" : input, row, zoo);
      if (!run) return run.error();
      runs.push_back(*std::move(run));
    }
  }
  if (runs.empty()) return Error{"it names no row of the catalogue"};
  return runs;
}

}  // namespace fleetsim
