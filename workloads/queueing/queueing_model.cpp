#include "workloads/queueing/queueing_model.h"

#include "workloads/queueing/metrics.h"
#include "workloads/queueing/simulate.h"
#include "workloads/queueing/twin.h"
#include "workloads/queueing/visit_table.h"

namespace fleetsim::queueing {

std::vector<MetricSpec> QueueingModel::metrics() const {
  return metrics_of(config_);
}

Observation QueueingModel::simulate(const Chance& chance, const Plan& plan,
                                    RecordSink* sink) const {
  Replication replication = queueing::simulate(config_, chance, plan, sink);
  Observation out;
  out.tables = {visit_table(replication)};
  Series length{.name = "queue.length", .unit = "1"};
  for (std::size_t i = 0; i < replication.present.size(); ++i) {
    const double share = static_cast<double>(i + 1) / static_cast<double>(plan.bins);
    length.t.push_back(seconds(plan.end) * share);
    length.value.push_back(replication.present[i]);
  }
  out.series = {std::move(length)};
  out.windows = std::move(replication.windows);
  out.distributions = std::move(replication.distributions);
  out.controls = std::move(replication.controls);
  out.load = std::move(replication.present);
  out.events = replication.events;
  return out;
}

Twin QueueingModel::twin() const {
  return twin_of(config_);
}

}  // namespace fleetsim::queueing
