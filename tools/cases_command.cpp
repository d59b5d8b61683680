#include "tools/cases_command.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/unit_text.h"
#include "tools/cases.h"
#include "tools/report.h"

namespace fleetsim {
namespace {

using Verdict = CaseOutcome::Status;

struct Judged {
  Case test;
  CaseOutcome outcome;
};

std::string_view name_of(Verdict status) {
  return status == Verdict::pass ? "pass" : status == Verdict::fail ? "fail" : "skipped";
}

std::size_t count(const std::vector<Judged>& all, Verdict status) {
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [&](const Judged& one) { return one.outcome.status == status; }));
}

std::string as_json(const std::vector<Judged>& all) {
  Json out;
  Json& cases = out["cases"] = Json::array();
  for (const auto& [test, outcome] : all) {
    Json metrics = Json::object();
    for (const CaseFigure& figure : outcome.figures)
      metrics[figure.name] = {{"value", json_of(figure.value)},
                              {"expected", json_of(figure.expected)},
                              {"rel_error", figure.rel_error ? Json(*figure.rel_error) : Json()},
                              {"pass", figure.pass}};
    cases.push_back({{"id", test.id},
                     {"status", name_of(outcome.status)},
                     {"reason", outcome.reason},
                     {"metrics", metrics}});
  }
  out["passed"] = count(all, Verdict::pass);
  out["failed"] = count(all, Verdict::fail);
  out["skipped"] = count(all, Verdict::skipped);
  return dumped(out);
}

std::string shown(const analytic::Value& value) {
  const double* number = value.as_number();
  return number != nullptr ? format_number(*number, 10) : json_of(value).dump();
}

std::string as_csv(const std::vector<Judged>& all) {
  std::string out = "id,status,metric,value,expected,rel_error,pass\n";
  for (const auto& [test, outcome] : all)
    for (const CaseFigure& figure : outcome.figures)
      out += fmt::format("{},{},{},{},{},{},{}\n", test.id, name_of(outcome.status), figure.name,
                         shown(figure.value), shown(figure.expected),
                         figure.rel_error ? fmt::format("{}", *figure.rel_error) : "", figure.pass);
  return out;
}

// What differs, then what was left out and why, then the counts by generation.
std::string as_text(const std::vector<Judged>& all) {
  std::string out;
  for (const auto& [test, outcome] : all) {
    if (outcome.status == Verdict::pass) continue;
    out += fmt::format("{:<8}{} ({})\n", name_of(outcome.status), test.id, test.solver);
    if (!outcome.reason.empty()) out += fmt::format("        {}\n", outcome.reason);
    for (const CaseFigure& figure : outcome.figures)
      if (!figure.pass)
        out += fmt::format("        {} is {}, expected {}\n", figure.name, shown(figure.value),
                           shown(figure.expected));
  }
  std::vector<std::string> generations;
  for (const Judged& one : all)
    if (std::find(generations.begin(), generations.end(), one.test.generation) == generations.end())
      generations.push_back(one.test.generation);
  for (const std::string& generation : generations) {
    std::vector<Judged> own;
    for (const Judged& one : all)
      if (one.test.generation == generation) own.push_back(one);
    out += fmt::format("{}{:<14} {:>4} passed  {:>4} failed  {:>4} skipped\n",
                       &generation == generations.data() ? "\n" : "",
                       generation.empty() ? "cases" : generation, count(own, Verdict::pass),
                       count(own, Verdict::fail), count(own, Verdict::skipped));
  }
  return out;
}

}  // namespace

int cases_command(const std::string& path, const Zoo& zoo, Format format) {
  const Result<std::vector<Case>> cases = read_cases(path);
  if (!cases) return fail(cases.error());
  std::vector<Judged> all;
  for (const Case& test : *cases) all.push_back({test, run_case(test, zoo)});
  const int status = count(all, Verdict::fail) > 0 ? Exit::check_failed : Exit::done;
  switch (format) {
    case Format::json:
      return write_out(as_json(all), status);
    case Format::csv:
      return write_out(as_csv(all), status);
    case Format::text:
      return write_out(as_text(all), status);
  }
  return status;
}

}  // namespace fleetsim
