#pragma once
#include "workloads/model.h"
#include "workloads/training/config.h"

namespace fleetsim::training {

// Jobs on clusters that break, as experiments see them. All parts are new and all jobs begin at
// once. For names of metrics see metrics.h.
class TrainingModel final : public Model {
 public:
  explicit TrainingModel(TrainingConfig config) : config_(std::move(config)) {}
  std::vector<MetricSpec> metrics() const override;
  Observation simulate(const Chance& chance, const Plan& plan, RecordSink* sink) const override;
  Twin twin() const override;
  bool ends() const override;

 private:
  TrainingConfig config_;
};

}  // namespace fleetsim::training
