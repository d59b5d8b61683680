#pragma once
#include <utility>

#include "workloads/model.h"
#include "workloads/serving/config.h"
#include "workloads/training/config.h"

namespace fleetsim {

// Jobs that train and replicas that serve on the nodes of the same clusters: what breaks is drawn
// for all together, and whoever misses a node first has the spare. The budget of a site holds for
// both. Energy is not counted. Closed forms of training are for jobs that have their spares for
// themselves, so they stand beside it as what people would use.
class SharedModel final : public Model {
 public:
  // The training's plan of failures holds for both.
  SharedModel(training::TrainingConfig training, serving::ServingConfig serving)
      : training_(std::move(training)),
        serving_(std::move(serving)) {}
  std::vector<MetricSpec> metrics() const override;
  Observation simulate(const Chance& chance, const Plan& plan, RecordSink* sink) const override;
  Twin twin() const override;
  bool ends() const override;

 private:
  training::TrainingConfig training_;
  serving::ServingConfig serving_;
};

}  // namespace fleetsim
