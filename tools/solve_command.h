#pragma once
#include <string>
#include <vector>

#include "tools/commands.h"

namespace fleetsim {

// fleetsim solve: one answer from closed forms, the table of solvers, or files of cases.
struct SolveOptions {
  Format format = Format::text;
  std::string solver;                  // or "compare", "search", "evaluate"
  std::vector<std::string> arguments;  // --NAME VALUE ..., as they came
  bool list = false, describe = false, walls = false;
  bool strict = false;            // exit 1 when what was asked is not feasible
  std::string cases;              // a file of {id, solver, inputs, expected}
  std::vector<std::string> zoos;  // the user's additions to the catalogue
};
int solve_command(const SolveOptions& options);

}  // namespace fleetsim
