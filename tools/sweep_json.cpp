#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tools/json_value.h"
#include "tools/sweep_print.h"
#include "tools/text_table.h"
#include "traces/results_csv.h"
#include "traces/results_json.h"

namespace fleetsim {
namespace {

// A number where the text is one and no more; else the text, as --set takes it.
Json value_json(const std::string& text) {
  const char* end = text.data() + text.size();
  std::int64_t whole = 0;
  if (const auto [stop, problem] = std::from_chars(text.data(), end, whole);
      problem == std::errc() && stop == end)
    return whole;
  double number = 0;
  const auto [stop, problem] = std::from_chars(text.data(), end, number);
  if (problem == std::errc() && stop == end && std::isfinite(number)) return number;
  return text;
}

class Writer {
 public:
  explicit Writer(const SweepReport& report) : report_(report), points_(report.results.points) {}

  // The values of as many axes as there are values.
  Json set_json(const std::vector<std::string>& values) const {
    Json json = Json::object();
    for (std::size_t a = 0; a < values.size(); ++a)
      json[report_.plan.axes[a].field().path] = value_json(values[a]);
    return json;
  }
  Json set_json(std::size_t point) const { return set_json(points_[point].values); }

  Json mean(std::size_t point, const std::string& name) const {
    const MetricResult* metric = find_metric(points_[point], name);
    return metric != nullptr ? Json(metric->estimate.mean) : Json();
  }

  Json points_json() const {
    Json json = Json::array();
    for (const SweepPoint& point : points_)
      json.push_back({{"set", set_json(point.values)}, {"metrics", metrics_json(point.metrics)}});
    return json;
  }

  Json best_json() const {
    if (!report_.answers.best) return {};
    const BestPoint& best = *report_.answers.best;
    const std::string& metric = report_.questions.objectives[0].figure;
    Json others = Json::array();
    for (const std::size_t point : best.indistinguishable) others.push_back(set_json(point));
    return {{"set", set_json(best.point)},
            {"metric", metric},
            {"mean", mean(best.point, metric)},
            {"indistinguishable", others}};
  }

  Json front_json() const {
    Json json = Json::array();
    for (const std::size_t point : report_.answers.front) {
      Json means = Json::object();
      for (const analytic::Objective& objective : report_.questions.objectives)
        means[objective.figure] = mean(point, objective.figure);
      json.push_back({{"set", set_json(point)}, {"means", means}});
    }
    return json;
  }

  Json firsts_json() const {
    Json json = Json::array();
    for (const FirstPoint& first : report_.answers.firsts)
      json.push_back({{"condition", report_.questions.firsts[first.condition].text()},
                      {"where", set_json(first.others)},
                      {"set", first.point ? set_json(*first.point) : Json()}});
    return json;
  }

 private:
  const SweepReport& report_;
  const std::vector<SweepPoint>& points_;
};

}  // namespace

std::string sweep_json(const SweepReport& report) {
  const Writer writer(report);
  Json json;
  json["fleetsim"] = report.results.version;
  json["scenario"] = report.results.scenario;
  json["seed"] = report.results.seed;
  json["partial"] = report.results.partial();
  json["points"] = writer.points_json();
  json["best"] = writer.best_json();
  json["pareto"] = writer.front_json();
  json["first"] = writer.firsts_json();
  return dumped(json);
}

std::string sweep_csv(const SweepReport& report) {
  std::string csv = "point,";
  for (const SweepAxis& axis : report.plan.axes) csv += csv_cell(axis.field().path) + ',';
  csv += metric_csv_heading;
  for (const SweepPoint& point : report.results.points) {
    std::string front = std::to_string(point.number) + ',';
    for (const std::string& value : point.values) front += csv_cell(value) + ',';
    for (const MetricResult& metric : point.metrics) csv += front + metric_csv(metric);
  }
  return csv;
}

}  // namespace fleetsim
