#pragma once
#include <string_view>
#include <utility>
#include <vector>

#include "analytic/bind.h"

namespace fleetsim::analytic {

template <class Function>
struct FormulaSignature;
template <class In, class Out>
struct FormulaSignature<Result<Out> (*)(const In&)> {
  using in = In;
  using out = Out;
};

// The row of a formula function: `name` as the book has it; without its "calc_" for short. The
// equation's symbols are those of the header that declares the function.
template <auto Solve>
Solver formula(std::string_view name, std::string_view title, std::string_view equation,
               std::vector<InputSpec> inputs, std::vector<OutputSpec> outputs) {
  using Of = FormulaSignature<decltype(Solve)>;
  constexpr std::string_view prefix = "calc_";
  Solver row;
  row.name = name;
  row.short_name = name.starts_with(prefix) ? name.substr(prefix.size()) : name;
  row.kind = Solver::Kind::formula;
  row.title = title;
  row.equations = {equation};
  row.inputs = std::move(inputs);
  row.outputs = std::move(outputs);
  row.run = run_as<typename Of::in, typename Of::out, Solve>;
  return row;
}

}  // namespace fleetsim::analytic
