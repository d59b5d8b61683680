#pragma once
#include "analytic/book/formula.h"

namespace fleetsim::analytic {

// The row of an exact form: "exact_..." in both names, for the book's models own the short ones.
template <auto Solve>
Solver exact(std::string_view name, std::string_view title, std::string_view equation,
             std::string_view assumption, std::vector<InputSpec> inputs,
             std::vector<OutputSpec> outputs) {
  Solver row = formula<Solve>(name, title, equation, std::move(inputs), std::move(outputs));
  row.kind = Solver::Kind::exact;
  row.assumptions = {assumption};
  return row;
}

}  // namespace fleetsim::analytic
