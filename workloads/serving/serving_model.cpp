#include "workloads/serving/serving_model.h"

#include "workloads/serving/metrics.h"
#include "workloads/serving/run.h"
#include "workloads/serving/twin.h"
#include "workloads/shared_pools.h"
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
  out.load = run_windows(run.engine(), run.collector().present(), plan, {begins, ends});
  Series present{.name = "serving.in_flight", .unit = "1", .value = out.load};
  for (std::size_t i = 1; i <= out.load.size(); ++i)
    present.t.push_back(seconds(plan.end) * static_cast<double>(i) /
                        static_cast<double>(plan.bins));
  out.series = {std::move(present)};
  out.tables = {run.requests()};
  out.events = run.engine().events_run();
  return out;
}

Observation ServingModel::simulate(const Chance& chance, const Plan& plan, RecordSink*) const {
  Engine engine;
  std::optional<SharedPools> pools;
  if (config_.upkeep && !config_.upkeep->failures.empty())
    pools.emplace(engine, *config_.upkeep->fleet, config_.upkeep->failures, chance);
  ServingRun run(config_, engine, pools ? &*pools : nullptr, chance);
  if (pools) pools->build();
  return observe(run, plan);
}

Twin ServingModel::twin() const {
  return twin_of(config_);
}

}  // namespace fleetsim::serving
