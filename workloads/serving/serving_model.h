#pragma once
#include <utility>

#include "workloads/model.h"
#include "workloads/serving/config.h"

namespace fleetsim::serving {

class ServingRun;

// Runs the engine of a replication through the windows of a plan, and sums up.
Observation observe(ServingRun& run, const Plan& plan);

// A fleet of replicas that answers clients, as a Model.
class ServingModel final : public Model {
 public:
  explicit ServingModel(ServingConfig config) : config_(std::move(config)) {}
  std::vector<MetricSpec> metrics() const override;
  Observation simulate(const Chance& chance, const Plan& plan, RecordSink* sink) const override;
  Twin twin() const override;
  std::vector<Finding> outlook(const Chance& chance, const Plan& plan) const override;

 private:
  ServingConfig config_;
};

}  // namespace fleetsim::serving
