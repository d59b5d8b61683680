#pragma once
#include "workloads/loads/config.h"
#include "workloads/model.h"

namespace fleetsim::loads {

// Work that may wait and move, on sites with grids and power budgets. Beside every run the same
// arrivals are run without any policy, and their optimum is computed. See config.h for what loads
// are, policy.h for what they do and metrics.h for what is told.
class LoadsModel final : public Model {
 public:
  explicit LoadsModel(LoadsConfig config) : config_(std::move(config)) {}
  std::vector<MetricSpec> metrics() const override;
  Observation simulate(const Chance& chance, const Plan& plan, RecordSink* sink) const override;
  Twin twin() const override;

 private:
  LoadsConfig config_;
};

}  // namespace fleetsim::loads
