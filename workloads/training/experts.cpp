#include "workloads/training/experts.h"

#include <algorithm>

#include "analytic/book/workload.h"

namespace fleetsim::training {

using analytic::TrainingMemoryIn;
using analytic::TrainingMemoryOut;

namespace {

double states_of(const TrainingMemoryOut& held) {
  return held.weights + held.gradients + held.optimizer_state;
}

// States of so many of the parameters, of which each device of a group has its part.
struct Part {
  double parameters;
  std::int64_t copies, parts;
};

}  // namespace

Result<ExpertSplit> expert_split(const analytic::Model& model) {
  const Result<double> all = analytic::parameters_of(model);
  if (!all) return all.error();
  const auto count = static_cast<double>(model.experts.value_or(0));
  const auto visited =
      static_cast<double>(std::max<std::int64_t>(1, model.active_experts.value_or(1)));
  const double active = model.active_parameters.value_or(*all);
  if (count <= visited || active >= *all) return ExpertSplit{*all, 0};
  const double experts = std::min(*all, count * (*all - active) / (count - visited));
  return ExpertSplit{*all - experts, experts};
}

Result<DeviceMemory> held_by_device(const TrainingMemoryIn& in, std::int64_t context) {
  TrainingMemoryIn whole = in;
  whole.ep_size = 1;
  const Result<TrainingMemoryOut> all = analytic::training_memory_model(whole);
  if (!all) return all.error();
  DeviceMemory out{states_of(*all), all->total_memory_exact, all->available_memory};
  if (in.ep_size == 1 && context == 1) return out;
  const Result<ExpertSplit> split = expert_split(in.model);
  if (!split) return split.error();
  const double buckets = in.communication_buffer_fraction * all->gradients;
  out.total = (out.total - out.states - buckets) / static_cast<double>(context);
  out.states = 0;
  const std::int64_t copies = in.dp_size * context;
  for (const Part& part :
       {Part{split->dense, copies, 1}, Part{split->experts, copies / in.ep_size, in.ep_size}}) {
    if (part.parameters <= 0) continue;
    TrainingMemoryIn some = in;
    some.model.parameters = part.parameters;
    some.dp_size = part.copies;
    some.ep_size = part.parts;
    const Result<TrainingMemoryOut> held = analytic::training_memory_model(some);
    if (!held) return held.error();
    out.states += states_of(*held);
    out.total += in.communication_buffer_fraction * held->gradients;
  }
  out.total += out.states;
  return out;
}

}  // namespace fleetsim::training
