#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "analytic/explain.h"
#include "sim/printable.h"
#include "sim/unit_text.h"
#include "tools/report.h"
#include "tools/solve_arguments.h"
#include "tools/solve_verbs.h"
#include "tools/solve_words.h"

namespace fleetsim {
namespace {

// "A100" is hardware=A100; "batch_size=8,precision=int8" are changes of those arguments.
analytic::Fields changes_of(const std::string& text) {
  if (text.find('=') == std::string::npos) return {{"hardware", text}};
  analytic::Fields changes;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string change = text.substr(begin, end - begin);
    const std::size_t equals = std::min(change.find('='), change.size());
    changes.emplace_back(change.substr(0, equals),
                         equals < change.size() ? change.substr(equals + 1) : "true");
    begin = end + 1;
  }
  return changes;
}

// The common arguments, those of the side in their place.
analytic::Fields merged(analytic::Fields common, const analytic::Fields& side) {
  for (const auto& change : side) {
    std::erase_if(common, [&](const auto& field) { return field.first == change.first; });
    common.push_back(change);
  }
  return common;
}

Json parts_json(const std::vector<analytic::TimePart>& parts) {
  Json json = Json::array();
  for (const analytic::TimePart& part : parts)
    json.push_back({{"part", part.name}, {"value", part.time}, {"unit", "s"}});
  return json;
}

std::string parts_text(const std::vector<analytic::TimePart>& parts) {
  std::string out;
  for (const analytic::TimePart& part : parts)
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", part.name,
                       format_measure(part.time, "s", 4));
  return out;
}

std::string as_json(const analytic::Solver& solver, const std::vector<std::string>& sides,
                    const analytic::Explanation& change) {
  Json json;
  json["solver"] = solver.name;
  json["before"] = {{"case", sides[0]},
                    {"time", {{"value", change.before}, {"unit", "s"}}},
                    {"parts", parts_json(change.parts_before)}};
  json["after"] = {{"case", sides[1]},
                   {"time", {{"value", change.after}, {"unit", "s"}}},
                   {"parts", parts_json(change.parts_after)}};
  json["speedup"] = change.speedup;
  json["reasons"] = change.reasons;
  return dumped(json);
}

std::string as_text(const analytic::Solver& solver, const std::vector<std::string>& sides,
                    const analytic::Explanation& change) {
  const std::string verdict = change.speedup >= 1
                                  ? fmt::format("{:.2f} times as fast", change.speedup)
                                  : fmt::format("{:.2f} times as slow", 1 / change.speedup);
  std::string out =
      fmt::format("{}: {} against {} is {}\n\n", solver.name, sides[1], sides[0], verdict);
  out += fmt::format("before  {:<12}{}\n", format_measure(change.before, "s", 4),
                     parts_text(change.parts_before));
  out += fmt::format("after   {:<12}{}\n\n", format_measure(change.after, "s", 4),
                     parts_text(change.parts_after));
  for (const std::string& reason : change.reasons) out += reason + "\n";
  return out;
}

}  // namespace

int compare_command(const SolveOptions& options, const Zoo& zoo) {
  std::vector<std::string> words = options.arguments;
  const std::vector<std::string> sides = take_names(words);
  if (sides.size() != 2)
    return fail(Error{"compare needs two cases: two devices, or two changes such as batch_size=8"});
  const Result<std::vector<std::string>> named = take_option(words, "solver");
  if (!named) return fail(named.error());
  const Result<const analytic::Solver*> solver =
      analytic::solver_named(named->empty() ? "SingleNodeModel" : named->back());
  if (!solver) return fail(solver.error());
  const Result<analytic::Fields> common = parse_arguments(words);
  if (!common) return fail(common.error());
  std::vector<analytic::Answer> answers;
  for (const std::string& side : sides) {
    const Result<analytic::Answer> answer =
        (*solver)->run(**solver, merged(*common, changes_of(side)), zoo);
    if (!answer) return fail(Error{in_quotes(side) + ": " + answer.error().message});
    answers.push_back(*answer);
  }
  const Result<analytic::Explanation> change =
      analytic::explain_change(**solver, answers[0], answers[1]);
  if (!change) return fail(change.error());
  return write_out(options.format == Format::json ? as_json(**solver, sides, *change)
                                                  : as_text(**solver, sides, *change),
                   Exit::done);
}

}  // namespace fleetsim
