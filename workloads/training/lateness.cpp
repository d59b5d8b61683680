#include "workloads/training/lateness.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/stream.h"
#include "workloads/training/metrics.h"

namespace fleetsim::training {
namespace {

struct NamedQuantile {
  const char* name;
  double p;
};
constexpr NamedQuantile told[] = {{"p50", 0.5}, {"p99", 0.99}, {"p999", 0.999}};

// Where a law of single values steps from one to the next at p, chance decides which one a sample's
// quantile is.
bool jumps(const StepTerms& terms, const LateReplicas& late, double p) {
  const double near = 1e-3 * (1 - p);
  const double above = step_quantile(terms, late, p + near);
  return above > 1.005 * step_quantile(terms, late, p - near);
}

}  // namespace

double step_quantile(const StepTerms& terms, const LateReplicas& late, double p) {
  constexpr double below_one = 1 - 0x1p-53;
  const double each = std::min(below_one, std::pow(p, 1.0 / late.count));
  return terms.data + terms.replica() * (1 + late.jitter.quantile(each));
}

std::vector<std::vector<Distribution>> drawn_steps(const TrainingConfig& config,
                                                   const Chance& chance, std::uint32_t windows,
                                                   std::uint32_t steps) {
  std::vector<std::vector<Distribution>> out(windows);
  for (std::uint32_t j = 0; j < config.jobs.size(); ++j) {
    const std::optional<StepConfig>& step = config.jobs[j].step;
    if (!step || !step->model || !step->model->late) continue;
    const ModelledStep& model = *step->model;
    Stream draws = chance.stream("training.steps", j);
    for (std::vector<Distribution>& window : out) {
      Distribution seen{prefix_of(config, j) + "step_time", {}};
      for (std::uint32_t i = 0; i < steps / windows; ++i)
        seen.nanoseconds.add(1e9 * step_quantile(model.terms, *model.late, draws.uniform()));
      window.push_back(std::move(seen));
    }
  }
  return out;
}

std::vector<Measured> step_quantiles(const std::vector<Distribution>& drawn) {
  std::vector<Measured> out;
  for (const Distribution& seen : drawn)
    for (const NamedQuantile& q : told)
      out.push_back({{seen.name + '.' + q.name, "s"},
                     seen.nanoseconds.count() > 0 ? seen.nanoseconds.quantile(q.p) / 1e9
                                                  : std::numeric_limits<double>::quiet_NaN()});
  return out;
}

void tell_step_quantiles(const ModelledStep& model, const std::string& prefix,
                         const std::string& broken, Twin& twin) {
  if (!model.late) return;
  for (const NamedQuantile& q : told) {
    Prediction out{prefix + "step_time." + q.name, {}, "", ""};
    if (!broken.empty())
      out.note = "no closed form: " + broken;
    else if (jumps(model.by_ring, *model.late, q.p))
      out.note = "no closed form: the law jumps at this quantile";
    else
      out.value = step_quantile(model.by_ring, *model.late, q.p), out.formula = "s.straggler";
    twin.predictions.push_back(std::move(out));
  }
}

}  // namespace fleetsim::training
