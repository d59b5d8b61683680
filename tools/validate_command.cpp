#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/nearest.h"
#include "tools/commands.h"
#include "tools/print_results.h"
#include "tools/report.h"
#include "tools/validation.h"

namespace fleetsim {
namespace {

// The cases that some glob names, in the order of the suite; a glob that names none is an error.
Result<std::vector<ValidationCase>> chosen(const std::vector<std::string>& globs) {
  Result<std::vector<ValidationCase>> all = shipped_cases();
  if (!all || globs.empty()) return all;
  std::vector<std::string> ids;
  for (const ValidationCase& test : *all) ids.push_back(test.id);
  for (const std::string& glob : globs)
    if (std::none_of(ids.begin(), ids.end(), [&](const auto& id) { return fits(glob, id); }))
      return Error{"no validation case \"" + glob + "\"" + did_you_mean(glob, ids)};
  std::erase_if(*all, [&](const ValidationCase& test) {
    return std::none_of(globs.begin(), globs.end(),
                        [&](const std::string& glob) { return fits(glob, test.id); });
  });
  return all;
}

std::string as_json(const std::vector<ValidationRow>& rows, std::size_t agreed) {
  nlohmann::ordered_json out{{"cases", nlohmann::ordered_json::array()}};
  for (const ValidationRow& row : rows)
    out["cases"].push_back({{"id", row.id},
                            {"metric", row.metric},
                            {"mean", row.mean},
                            {"ci", {row.low, row.high}},
                            {"level", validation_level},
                            {"closed_form", row.closed_form},
                            {"formula", row.formula},
                            {"tolerance", row.tolerance},
                            {"agrees", row.agrees},
                            {"note", row.why}});
  out["agreed"] = agreed;
  out["disagreed"] = rows.size() - agreed;
  return out.dump(2) + "\n";
}

std::string as_csv(const std::vector<ValidationRow>& rows) {
  std::string out = "id,metric,mean,ci_low,ci_high,level,closed_form,formula,tolerance,agrees\n";
  for (const ValidationRow& r : rows)
    out += fmt::format("{},{},{},{},{},{},{},{},{},{}\n", r.id, r.metric, r.mean, r.low, r.high,
                       validation_level, r.closed_form, r.formula, r.tolerance, r.agrees);
  return out;
}

std::string verdict(const ValidationRow& row) {
  if (!row.agrees) return "DISAGREES: " + row.why;
  return row.is_bound ? "below the bound" : "agrees";
}

std::string line_of(const ValidationRow& row, std::size_t id_width, std::size_t metric_width) {
  const double half = (row.high - row.low) / 2;
  const ReadableInterval shown = readable(row.mean, half, row.unit);
  const std::string closed = readable_beside(row.closed_form, row.mean, half, row.unit);
  return fmt::format("{:<{}}  {:<{}}  {:>14}  {:>12}  {:>14}  {:<17}{}\n", row.id, id_width,
                     row.metric, metric_width, shown.mean, shown.half_width, closed, row.formula,
                     verdict(row));
}

std::string as_text(const std::vector<ValidationRow>& rows, std::size_t agreed) {
  std::size_t id_width = 4, metric_width = 6;
  for (const ValidationRow& row : rows) {
    id_width = std::max(id_width, row.id.size());
    metric_width = std::max(metric_width, row.metric.size());
  }
  std::string out =
      fmt::format("{:<{}}  {:<{}}  {:>14}  {:>12}  {:>14}  {:<17}{}\n", "case", id_width, "metric",
                  metric_width, "simulated", "± 99.9 %", "closed form", "formula", "verdict");
  for (const ValidationRow& row : rows) out += line_of(row, id_width, metric_width);
  return out + fmt::format("\n{} agreed, {} disagreed\n", agreed, rows.size() - agreed);
}

}  // namespace

int validate_command(const ValidateOptions& options) {
  Result<std::vector<ValidationCase>> cases = chosen(options.globs);
  if (!cases) return fail(cases.error());
  if (options.list) {
    std::string out;
    for (const ValidationCase& test : *cases) out += fmt::format("{:<22}{}\n", test.id, test.title);
    return write_out(out, Exit::done);
  }
  Crew crew(options.common.threads);
  Progress progress(options.common.quiet ? Progress::When::never : options.common.progress);
  std::vector<ValidationRow> rows;
  for (ValidationCase& test : *cases) {
    if (!options.common.seed.empty()) test.sets.push_back("run.seed=" + options.common.seed);
    const Result<std::vector<ValidationRow>> judged = validate_case(test, ask, crew, progress);
    if (!judged) return fail(judged.error());
    if (crew.interrupted()) break;
    rows.insert(rows.end(), judged->begin(), judged->end());
  }
  progress.clear();
  const auto agreed = static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(), [](const ValidationRow& row) { return row.agrees; }));
  int status = agreed == rows.size() ? Exit::done : Exit::check_failed;
  if (crew.interrupted()) status = Exit::interrupted;
  switch (options.common.format) {
    case Format::json:
      return write_out(as_json(rows, agreed), status);
    case Format::csv:
      return write_out(as_csv(rows), status);
    case Format::text:
      if (options.common.quiet) return status;
      return write_out(as_text(rows, agreed), status);
  }
  return status;
}

}  // namespace fleetsim
