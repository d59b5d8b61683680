#pragma once
#include <string>

#include "analytic/solver.h"
#include "tools/commands.h"

namespace fleetsim {

// How an answer of a solver is written.

// One quantity for a person: "71 ms", "85.9 GB", "2048", "Compute", "yes".
std::string readable(const analytic::Shown& shown);

// As text for a person, as the JSON of CONTRACT section 4, or as lines name,value,unit.
std::string answer_text(const analytic::Solver& solver, const analytic::Answer& answer);
std::string answer_json(const analytic::Solver& solver, const analytic::Answer& answer);
std::string answer_csv(const analytic::Answer& answer);

// The table of all solvers, what one of them is, and the 22 walls. Text or JSON.
std::string solver_list(Format format);
std::string solver_description(const analytic::Solver& solver, Format format);
std::string wall_list(Format format);

}  // namespace fleetsim
