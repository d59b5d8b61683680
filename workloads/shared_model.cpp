#include "workloads/shared_model.h"

#include "workloads/serving/run.h"
#include "workloads/serving/serving_model.h"
#include "workloads/shared_pools.h"
#include "workloads/training/training_model.h"
#include "workloads/training/training_run.h"

namespace fleetsim {
namespace {

template <class T>
void append(std::vector<T> from, std::vector<T>& to) {
  for (T& one : from) to.push_back(std::move(one));
}

}  // namespace

std::vector<MetricSpec> SharedModel::metrics() const {
  std::vector<MetricSpec> out = training::TrainingModel(training_).metrics();
  append(serving::ServingModel(serving_).metrics(), out);
  return out;
}

// Serving runs the engine to the end of the plan; jobs then go on to their next whole write.
Observation SharedModel::simulate(const Chance& chance, const Plan& plan, RecordSink* sink) const {
  Engine engine;
  SharedPools pools(engine, *training_.fleet, training_.failures, chance);
  training::Run jobs(training_, engine, pools, chance, plan, sink);
  serving::ServingRun replicas(serving_, engine, &pools, chance);
  pools.build();
  jobs.begin(false);
  Observation served = serving::observe(replicas, plan);
  Observation out = jobs.observe();
  for (std::size_t w = 0; w < out.windows.size(); ++w) {
    append(std::move(served.windows[w]), out.windows[w]);
    append(std::move(served.distributions[w]), out.distributions[w]);
  }
  out.load = std::move(served.load);
  out.series = std::move(served.series);
  append(std::move(served.tables), out.tables);
  append(std::move(served.findings), out.findings);
  out.events = engine.events_run();
  return out;
}

bool SharedModel::ends() const {
  return training::TrainingModel(training_).ends();
}

Twin SharedModel::twin() const {
  Twin out;
  const Twin training = training::TrainingModel(training_).twin();
  out.rivals = training.rivals;
  for (const Prediction& one : training.predictions) {
    if (one.value && one.metric.ends_with(".goodput"))
      out.rivals.push_back(
          {one.metric, *one.value, one.formula, "it assumes that nobody else takes spares"});
    out.predictions.push_back({one.metric, {}, {}, "others use the nodes too"});
  }
  Twin serving = serving::ServingModel(serving_).twin();
  append(std::move(serving.predictions), out.predictions);
  append(std::move(serving.rivals), out.rivals);
  return out;
}

}  // namespace fleetsim
