#include <fmt/format.h>

#include <cstdio>

#include "tools/commands.h"
#include "tools/report.h"
#include "traces/scenario_file.h"
#include "traces/schema_description.h"

namespace fleetsim {
namespace {

// Every field of the schema: path, what it holds, its default and limits, what it means.
std::string all_fields() {
  std::string out;
  for (const FieldDescription& field : describe_schema()) {
    std::string holds = field.type;
    if (!field.unit.empty()) holds += " in " + field.unit;
    if (!field.range.empty()) holds += ", " + field.range;
    if (!field.default_value.empty()) holds += ", default " + field.default_value;
    if (field.required) holds += ", required";
    out += fmt::format("{}\n    {}\n    {}\n", field.path, holds, field.help);
  }
  return out;
}

}  // namespace

int check_command(const CheckOptions& options) {
  if (options.fields) return write_out(all_fields(), Exit::done);
  std::string out;
  int status = Exit::done;
  for (const std::string& path : options.scenarios) {
    const Result<LoadedScenario> loaded = load_scenario(path, options.sets);
    if (!loaded) {
      status = std::max(status, fail(loaded.error()));
      continue;
    }
    for (const std::string& warning : loaded->warnings) warn(warning);
    out += options.print ? loaded->resolved_text : path + ": ok\n";
  }
  return write_out(out, status);
}

}  // namespace fleetsim
