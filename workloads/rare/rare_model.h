#pragma once
#include "workloads/rare/exhaustion.h"
#include "workloads/training/training_model.h"

namespace fleetsim::rare {

// Clusters that break, as TrainingModel has them, and beside what their history shows the metric
// fleet.exhaustion: the probability of an event that no plain history would show.
class RareModel final : public Model {
 public:
  RareModel(const training::TrainingConfig& fleet, const ExhaustionConfig& event)
      : fleet_(fleet),
        config_(event),
        event_(event) {}
  std::vector<MetricSpec> metrics() const override;
  Observation simulate(const Chance& chance, const Plan& plan, RecordSink* sink) const override;
  Twin twin() const override;

 private:
  training::TrainingModel fleet_;
  ExhaustionConfig config_;
  Exhaustion event_;
};

// The event that the spares of a cluster are used up. REQUIRES: the plan repairs nodes, whose parts
// that send them to repair have exponential lives; some place is in use.
ExhaustionConfig exhaustion_of(const training::TrainingConfig& fleet, ClusterId cluster,
                               std::uint32_t paths);

}  // namespace fleetsim::rare
