#pragma once
#include <optional>
#include <string>
#include <vector>

#include "sim/result.h"
#include "tools/figures.h"
#include "tools/json_value.h"
#include "traces/zoo.h"

namespace fleetsim {

// Published answers to hold the solvers against: lists of {id, solver, inputs, expected}, where
// each expected figure has value, unit, rel_tol, and perhaps abs_tol or op (with upper).

struct ExpectedFigure {
  std::string name{};
  analytic::Value value{};
  std::string unit{};
  double rel_tol = 1e-6, abs_tol = 0;
  std::string op{};  // ">", "<", ">=", "<=", "between"; empty: equal within the tolerance
  double upper = 0;  // of between
};

struct Case {
  std::string id{}, solver{};
  std::string generation{};  // "older" and "measurement" are told, not held against anybody
  analytic::Fields inputs{};
  std::vector<ExpectedFigure> expected{};
  std::string unreadable{};  // why nothing can be made of it; such a case is skipped

  bool gated() const { return generation != "older" && generation != "measurement"; }
};

Result<std::vector<Case>> read_cases(const std::string& path);

struct CaseFigure {
  std::string name{};
  analytic::Value value{}, expected{};
  std::optional<double> rel_error{};
  bool pass = false;
};

struct CaseOutcome {
  enum class Status : std::uint8_t { pass, fail, skipped };
  Status status = Status::skipped;
  std::string reason{};  // of skipping; or which convention changed since the case was published
  std::vector<CaseFigure> figures{};
};

CaseOutcome run_case(const Case& test, const Zoo& zoo);

// What a case asks, solved: one run, or one for each value of a list, each of a pair, .... The tags
// name what differs: "b4", "fp16", "baseline".
struct CaseRun {
  std::vector<std::string> tags{};
  Figures figures{};
  std::size_t told = 0;  // so many of the figures, the first ones, the solver itself tells
};
Result<std::vector<CaseRun>> solve_case(const Case& test, const Zoo& zoo);
Result<std::vector<CaseRun>> look_up_case(const Case& test, const Zoo& zoo);

// The figure that a case expects, out of its runs: told by the solver itself, or worked out from
// what it tells ("opex_energy_over_tco", "kv_ratio_b4_over_b1"). An error says why there is none.
Result<Figure> figure_of(const Case& test, const ExpectedFigure& expected,
                         const std::vector<CaseRun>& runs, const Zoo& zoo);

// Figures that a publication gives and no solver computes: measured_x.
bool is_given(std::string_view name);

// What a figure of the book was called or counted by when a case of an older generation was
// published (analytic.md, section 14); empty where nothing is known to have changed.
std::string changed_convention(const Case& test);

// What the book's package once counted by, where a case that calls itself stable still does:
// today's figure times `factor` is the figure then.
struct OlderCount {
  std::string_view solver, figure;
  double factor = 1;
  std::string_view what;
};
const OlderCount* older_count(std::string_view solver, std::string_view figure);

}  // namespace fleetsim
