#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analytic/lookup.h"
#include "analytic/value.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// A solver is a pure function from an aggregate of inputs to an aggregate of outputs. One row of a
// table describes it, and the command line, JSON, --describe, the documents and the Python module
// are all made from that row. Adding a solver touches its own file and its row.

// A quantity in an answer: number, flag, label, list or object, with the unit it is given in.
struct Shown {
  std::string name;
  std::string unit;  // empty for flags and labels; "1" for plain numbers
  Value value;
};

struct InputSpec {
  std::string_view name;
  std::string_view unit;  // of a number without one: "1", "s", "GB/s" ...; empty where not a number
  std::string_view help;
  bool required = false;
  // Reads an argument into the member, or shows the member as an argument.
  Status (*read)(void* inputs, const InputSpec& spec, const Value& value,
                 const Lookup& lookup) = nullptr;
  Value (*show)(const void* inputs, const InputSpec& spec) = nullptr;
  bool is_list = false;
  std::string_view alias{};  // another name that people know it by; empty: none

  InputSpec also(std::string_view other) const {
    InputSpec spec = *this;
    spec.alias = other;
    return spec;
  }
};

struct OutputSpec {
  std::string_view name;
  std::string_view unit;  // in which the answer is shown
  std::string_view help;
  Value (*show)(const void* outputs, const OutputSpec& spec) = nullptr;  // empty: nothing to tell
};

struct Answer {
  std::vector<Shown> inputs;  // every one, as resolved
  std::vector<Shown> outputs;
  std::vector<std::string> notes;
  bool feasible = true;
};

struct Solver {
  enum class Kind : std::uint8_t { model, solver, optimizer, formula, exact };

  std::string_view name;        // as the textbook's package calls it: "ServingModel"
  std::string_view short_name;  // "serving"
  Kind kind = Kind::model;
  std::string_view title;  // one line
  std::vector<int> walls;  // of the 22
  std::vector<std::string_view> equations, assumptions;
  std::vector<InputSpec> inputs;
  std::vector<OutputSpec> outputs;
  Result<Answer> (*run)(const Solver& self, const Fields& arguments,
                        const Lookup& lookup) = nullptr;
};

// All rows, in the order of the documents; each file of solvers contributes a part (registry.cpp).
std::span<const Solver> solvers();
// By name or short name, letters of either case, '-' for '_'; an error names the nearest.
Result<const Solver*> solver_named(std::string_view name);

}  // namespace fleetsim::analytic
