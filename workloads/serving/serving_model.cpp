#include "workloads/serving/serving_model.h"

#include <algorithm>
#include <iterator>

#include "workloads/serving/metrics.h"
#include "workloads/serving/replication.h"
#include "workloads/serving/sensitivity.h"
#include "workloads/serving/twin.h"
#include "workloads/windows.h"

namespace fleetsim::serving {

std::vector<MetricSpec> ServingModel::metrics() const {
  return metrics_of(config_);
}

Observation observe(ServingRun& run, const Plan& plan) {
  Observation out;
  const auto begins = [&](bool first) {
    run.restart();
    if (first) run.keep(plan.keep_visits);
  };
  const auto ends = [&](bool) {
    run.report(plan.windows, out.windows.emplace_back());
    out.distributions.push_back(run.distributions());
  };
  const auto bin_ends = [&] { run.bin_ended(); };
  out.load = run_windows(run.engine(), run.collector().present(), plan, {begins, ends, bin_ends});
  Series present{.name = "serving.in_flight", .unit = "1", .value = out.load};
  for (std::size_t i = 1; i <= out.load.size(); ++i)
    present.t.push_back(seconds(plan.end) * static_cast<double>(i) /
                        static_cast<double>(plan.bins));
  out.series.push_back(std::move(present));
  std::vector<Series> gauges = run.series();
  std::move(gauges.begin(), gauges.end(), std::back_inserter(out.series));
  out.tables = {run.requests()};
  out.events = run.engine().events_run();
  return out;
}

Observation ServingModel::simulate(const Chance& chance, const Plan& plan, RecordSink* sink) const {
  Replication replication(config_, chance, sink);
  return observe(replication.run, plan);
}

Twin ServingModel::twin() const {
  return twin_of(config_);
}

std::vector<Finding> ServingModel::outlook(const Chance& chance, const Plan& plan) const {
  return sensitivity(config_, chance, plan);
}

}  // namespace fleetsim::serving
