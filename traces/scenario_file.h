#pragma once
#include <span>
#include <string>
#include <vector>

#include "sim/result.h"
#include "topology/site.h"
#include "workloads/scenario.h"

namespace fleetsim {

// A scenario that has passed all checks, and what is worth keeping beside it.
struct LoadedScenario {
  Scenario scenario{};
  Sites sites{};                        // of the scenario's fleet, if it has one
  std::string resolved_text{};          // in text format, with every default and every --set
  std::string source_text{};            // as it was given; of a binary file: its text format
  std::vector<std::string> warnings{};  // what is allowed but looks wrong, one line each
};

// Reads a scenario: text format, proto-JSON (.json) or binary (.pb); what has another extension is
// told apart by its first letters. `sets` are the --set options, "PATH=VALUE", carried out in
// order.
//
// An error is one line, `file:line:column: path: what was found; what was expected`, with the
// nearest valid name where one is near. It is of kind environment when a file can't be read.
Result<LoadedScenario> load_scenario(const std::string& path,
                                     std::span<const std::string> sets = {});

// The same for a scenario that comes with the program, or from anywhere but a file of its own.
// Files that it names are looked for beside `display_name`, which stands for the file in messages.
Result<LoadedScenario> load_scenario_text(const std::string& text, const std::string& display_name,
                                          std::span<const std::string> sets = {});

}  // namespace fleetsim
