#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "analytic/name.h"
#include "sim/unit_text.h"
#include "tools/cases.h"

namespace fleetsim {
namespace {

using analytic::Value;

// Rounding of the last digits is no difference, whatever tolerance a case states.
constexpr double rounding = 1e-12;

// Words in the units of cases that say what is counted, not how much one is.
constexpr std::string_view counted[] = {
    "fraction", "ratio",   "label", "bool",   "step",    "steps",    "score", "dimensionless",
    "x",        "img",     "image", "images", "sample",  "request",  "req",   "query",
    "queries",  "user",    "users", "job",    "replica", "replicas", "GPU",   "GPUs",
    "device",   "devices", "node",  "nodes",  "layer",   "layers",   "page",  "worker"};

Result<Unit> unit_of(std::string_view text) {
  constexpr std::string_view between = " */";
  std::string plain;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find_first_of(between));
    const bool counts =
        std::find(std::begin(counted), std::end(counted), word) != std::end(counted);
    plain += counts ? "1" : word;
    text.remove_prefix(word.size());
    if (!text.empty()) plain += text[0], text.remove_prefix(1);
  }
  return parse_unit(plain);
}

// Tokens are counted with and without saying so.
Dimension without_tokens(Dimension dimension) {
  dimension.exponent[Dimension::token] = 0;
  return dimension;
}

bool fits(const ExpectedFigure& expected, double value, double wanted, double upper) {
  if (expected.op == ">") return value > wanted;
  if (expected.op == "<") return value < wanted;
  if (expected.op == ">=") return value >= wanted;
  if (expected.op == "<=") return value <= wanted;
  if (expected.op == "between") return value >= wanted && value <= upper;
  const double off = std::fabs(value - wanted);
  const double allowed = std::max(expected.abs_tol, expected.rel_tol * std::fabs(wanted));
  return value == wanted || off <= allowed + rounding * std::fabs(wanted);
}

// One of the words of "Compute|Network".
bool says(const std::string& found, std::string_view wanted) {
  while (true) {
    const auto bar = std::min(wanted.find('|'), wanted.size());
    if (analytic::same_name(found, wanted.substr(0, bar))) return true;
    if (bar == wanted.size()) return false;
    wanted.remove_prefix(bar + 1);
  }
}

Result<CaseFigure> judge_number(const ExpectedFigure& expected, double value, double wanted,
                                const std::optional<Dimension>& dimension) {
  const Result<Unit> unit = unit_of(expected.unit);
  if (!unit) return Error{expected.name + ": " + unit.error().message};
  if (dimension && without_tokens(*dimension) != without_tokens(unit->dimension))
    return Error{
        fmt::format("{} is {}, not in {}", expected.name, kind_of(*dimension), expected.unit)};
  CaseFigure figure{.name = expected.name, .expected = wanted};
  const double shown = value * unit->denominator / unit->numerator;
  figure.value = shown;
  figure.pass = fits(expected, shown, wanted, expected.upper);
  if (wanted != 0 && expected.op.empty()) figure.rel_error = std::fabs(shown / wanted - 1);
  return figure;
}

// A label or a flag; also a number that a case writes as a word: "inf".
CaseFigure judge_word(const ExpectedFigure& expected, const Figure& found) {
  CaseFigure figure{.name = expected.name, .value = found.value, .expected = expected.value};
  const std::string* text = found.value.as_text();
  const std::string* wanted = expected.value.as_text();
  if (const double* number = found.value.as_number(); number != nullptr && wanted != nullptr)
    figure.pass = format_number(*number, 6) == *wanted;
  else if (text != nullptr && wanted != nullptr)
    figure.pass = says(*text, *wanted);
  else
    figure.pass = json_of(found.value) == json_of(expected.value);
  return figure;
}

Result<CaseFigure> judge(const ExpectedFigure& expected, const Figure& found) {
  const double* wanted = expected.value.as_number();
  const double* value = found.value.as_number();
  if (wanted == nullptr || value == nullptr) return judge_word(expected, found);
  return judge_number(expected, *value, *wanted, found.dimension);
}

// Why a figure differs that was counted otherwise once, if that is all.
std::string counted_otherwise(const Case& test, const ExpectedFigure& expected,
                              const Figure& found) {
  const OlderCount* count = older_count(test.solver, expected.name);
  if (count == nullptr || found.value.as_number() == nullptr) return "";
  Figure then = found;
  then.value = found.value.number() * count->factor;
  const Result<CaseFigure> judged = judge(expected, then);
  return judged && judged->pass ? expected.name + ": " + std::string(count->what) : "";
}

}  // namespace

CaseOutcome run_case(const Case& test, const Zoo& zoo) {
  CaseOutcome outcome;
  if (!test.unreadable.empty()) return outcome.reason = test.unreadable, outcome;
  const Result<std::vector<CaseRun>> runs = solve_case(test, zoo);
  if (!runs) return outcome.reason = runs.error().message, outcome;
  bool pass = true, explained = true;
  std::string unanswered;  // why there is no such figure; the others are compared all the same
  for (const ExpectedFigure& expected : test.expected) {
    if (is_given(expected.name)) continue;
    const Result<Figure> found = figure_of(test, expected, *runs, zoo);
    const Result<CaseFigure> figure =
        found ? judge(expected, *found) : Result<CaseFigure>(found.error());
    if (!figure) {
      if (unanswered.empty()) unanswered = figure.error().message;
      continue;
    }
    pass = pass && figure->pass;
    if (!figure->pass) {
      const std::string why = counted_otherwise(test, expected, *found);
      explained = explained && !why.empty();
      if (!why.empty()) outcome.reason = why;
    }
    outcome.figures.push_back(*figure);
  }
  if (!unanswered.empty() && (pass || !test.gated())) return outcome.reason = unanswered, outcome;
  if (outcome.figures.empty())
    return outcome.reason = "only measurements, which no solver computes", outcome;
  outcome.status = pass        ? CaseOutcome::Status::pass
                   : explained ? CaseOutcome::Status::skipped
                               : CaseOutcome::Status::fail;
  if (pass || explained || test.gated()) return outcome;
  outcome.status = CaseOutcome::Status::skipped;
  const std::string changed = changed_convention(test);
  outcome.reason = test.generation + ": " + (changed.empty() ? "differs from today's" : changed);
  return outcome;
}

}  // namespace fleetsim
