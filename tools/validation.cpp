#include "tools/validation.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cmath>

#include "traces/embedded.h"

namespace fleetsim {
namespace {

const MetricResult* find(const Results& results, const std::string& metric) {
  for (const MetricResult& m : results.metrics)
    if (m.spec.name == metric) return &m;
  return nullptr;
}

void judge_equality(ValidationRow& row, double half_width) {
  const double allowed = row.tolerance * (row.closed_form != 0 ? std::abs(row.closed_form) : 1);
  const double rounding = 1e-8 * std::abs(row.closed_form) + 1e-9;  // times are whole nanoseconds
  if (row.closed_form < row.low - rounding || row.closed_form > row.high + rounding)
    row.why = "the closed form lies outside the interval";
  else if (half_width > allowed)
    row.why =
        fmt::format("the interval is wider than {:.2g} % of the closed form", 100 * row.tolerance);
}

}  // namespace

Result<std::vector<ValidationCase>> shipped_cases() {
  std::vector<ValidationCase> all;
  for (const EmbeddedFile& file : embedded_files()) {
    if (!file.path.starts_with("workloads/validation/")) continue;
    Result<std::vector<ValidationCase>> cases =
        parse_validation(std::string(file.text), std::string(file.path));
    if (!cases) return cases.error();
    all.insert(all.end(), cases->begin(), cases->end());
  }
  return all;
}

bool fits(const std::string& glob, const std::string& name) {
  return fnmatch(glob.c_str(), name.c_str(), 0) == 0;
}

Result<std::vector<ValidationRow>> validate_case(const ValidationCase& test, Predict predict,
                                                 Crew& crew, Progress& progress) {
  const std::string path = "workloads/scenarios/" + test.scenario + ".textproto";
  const std::string_view text = embedded_file(path);
  if (text.empty()) return Error{test.id + ": no shipped scenario \"" + test.scenario + "\""};
  const Result<LoadedScenario> loaded = load_scenario_text(std::string(text), path, test.sets);
  if (!loaded) return Error{test.id + ": " + loaded.error().message};
  const Result<Results> results =
      run_experiment(*loaded, {.predict = predict, .until = {}, .resume = {}}, crew, progress);
  if (!results) return Error{test.id + ": " + results.error().message};
  const Twin twin = predict(*model_of(loaded->scenario));

  std::vector<ValidationRow> rows;
  for (const ValidationCheck& check : test.checks) {
    const MetricResult* metric = find(*results, check.metric);
    if (metric == nullptr) return Error{test.id + ": the run has no metric " + check.metric};
    const Estimate& wide = metric->wide;
    ValidationRow row{.id = test.id,
                      .metric = check.metric,
                      .unit = metric->spec.unit,
                      .formula = metric->formula};
    row.mean = wide.mean;
    row.low = wide.low;
    row.high = wide.high;
    row.tolerance = check.tolerance;
    if (!check.bound.empty()) {
      const auto rival = std::find_if(twin.rivals.begin(), twin.rivals.end(), [&](const Rival& r) {
        return r.metric == check.metric && r.formula == check.bound;
      });
      if (rival == twin.rivals.end()) return Error{test.id + ": no formula " + check.bound};
      row.formula = check.bound;
      row.is_bound = true;
      row.closed_form = rival->value;
      if (row.low > row.closed_form) row.why = "the interval lies above the bound";
    } else if (!metric->closed_form) {
      row.why = "no closed form: " + metric->note;
    } else {
      row.closed_form = *metric->closed_form;
      judge_equality(row, wide.half_width());
    }
    row.agrees = row.why.empty() && !results->partial;
    rows.push_back(row);
  }
  return rows;
}

}  // namespace fleetsim
