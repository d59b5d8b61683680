#include "traces/results_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/check.h"

namespace fleetsim {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json metric_json(const MetricResult& metric) {
  const Estimate& e = metric.estimate;
  check(e.level == result_level, "the JSON result names its intervals ci95");
  const bool bounded = std::isfinite(e.low) && std::isfinite(e.high);
  Json json;
  json["unit"] = metric.spec.unit;
  json["mean"] = e.mean;
  json["ci95"] = bounded ? Json::array({e.low, e.high}) : Json();
  json["closed_form"] = or_null(metric.closed_form);
  json["formula"] = metric.formula.empty() ? Json() : Json(metric.formula);
  json["agrees"] = or_null(metric.agrees);
  json["note"] = metric.note;
  for (const RivalValue& rival : metric.rivals) json["rivals"][rival.formula] = rival.value;
  return json;
}

Json findings_json(const std::vector<Finding>& findings) {
  Json json = Json::array();
  for (const Finding& finding : findings)
    json.push_back({{"metric", finding.metric}, {"text", finding.text}});
  return json;
}

}  // namespace

Json metrics_json(const std::vector<MetricResult>& metrics) {
  Json json = Json::object();
  for (const MetricResult& metric : metrics) json[metric.spec.name] = metric_json(metric);
  return json;
}

std::string results_json(const Results& results) {
  Json json;
  json["fleetsim"] = results.version;
  json["scenario"] = results.scenario;
  json["seed"] = results.seed;
  json["replications"] = results.replications;
  json["partial"] = results.partial;
  json["events"] = results.events;
  json["wall_s"] = results.wall_s;
  json["simulated_s"] = results.simulated_s;
  json["metrics"] = metrics_json(results.metrics);
  json["findings"] = findings_json(results.findings);
  // A name from a user may hold bytes that are no UTF-8: they are replaced, never thrown about.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace fleetsim
