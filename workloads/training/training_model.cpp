#include "workloads/training/training_model.h"

#include <algorithm>

#include "workloads/training/training_run.h"
#include "workloads/training/twin.h"

namespace fleetsim::training {

std::vector<MetricSpec> TrainingModel::metrics() const {
  return metrics_of(config_);
}

Observation TrainingModel::simulate(const Chance& chance, const Plan& plan,
                                    RecordSink* sink) const {
  Engine engine;
  SharedPools pools(engine, *config_.fleet, config_.failures, chance);
  Run run(config_, engine, pools, chance, plan, sink);
  pools.build();
  run.begin(true);
  return run.observe();
}

bool TrainingModel::ends() const {
  return std::any_of(config_.jobs.begin(), config_.jobs.end(),
                     [](const JobConfig& job) { return job.work.has_value(); });
}

Twin TrainingModel::twin() const {
  return twin_of(config_);
}

}  // namespace fleetsim::training
