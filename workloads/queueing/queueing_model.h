#pragma once
#include "workloads/model.h"
#include "workloads/queueing/config.h"

namespace fleetsim::queueing {

// A queueing system as experiments see it.
class QueueingModel final : public Model {
 public:
  explicit QueueingModel(QueueingConfig config) : config_(std::move(config)) {}
  std::vector<MetricSpec> metrics() const override;
  Observation simulate(const Chance& chance, const Plan& plan, RecordSink* sink) const override;
  Twin twin() const override;

 private:
  QueueingConfig config_;
};

}  // namespace fleetsim::queueing
