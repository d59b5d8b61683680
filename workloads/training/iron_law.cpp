#include "workloads/training/iron_law.h"

#include "analytic/exact/execution.h"

namespace fleetsim::training {
namespace {

// What a device reaches by itself, and all of them together, by formulas.
double predicted_mfu(const StepConfig& step) {
  return step.model ? step.flops / (step.peak * step.model->by_ring.compute) : step.mfu();
}
double predicted_scaling(const StepConfig& step) {
  return step.model ? step.model->by_ring.scaling() : 1;
}

}  // namespace

std::string iron_prefix_of(const TrainingConfig& config, std::size_t job) {
  return config.jobs.size() > 1 ? "ironlaw." + config.jobs[job].name + "." : "ironlaw.";
}

std::vector<Measured> iron_law(const JobConfig& job, const JobWindow& window, std::uint32_t windows,
                               const std::string& prefix) {
  const StepConfig& step = *job.step;
  const double useful = seconds(window.ledger[Phase::useful]);
  const double wall = seconds(window.ledger.total());
  const double devices = job.all_devices();
  const double peak = step.peak / devices, goodput = wall > 0 ? useful / wall : 0;
  const double flops = step.flops * (useful / step.seconds);
  const double reached = devices * peak * step.mfu() * step.scaling() * goodput;
  return {{{prefix + "flops", "FLOP"}, flops * windows},
          {{prefix + "n", "1"}, devices},
          {{prefix + "peak", "FLOP/s"}, peak},
          {{prefix + "mfu", "1"}, step.mfu()},
          {{prefix + "scaling", "1"}, step.scaling()},
          {{prefix + "goodput", "1"}, goodput, wall},
          {{prefix + "time", "s"}, wall * windows},
          {{prefix + "residual", "1"}, flops > 0 ? wall * reached / flops - 1 : 0}};
}

void tell_iron_law(const Prospect& prospect, const JobConfig& job, const std::string& prefix,
                   Twin& twin) {
  const StepConfig& step = *job.step;
  const auto tell = [&](const char* name, double value, const char* formula,
                        const std::string& broken) {
    if (broken.empty())
      twin.predictions.push_back({prefix + name, value, formula, ""});
    else
      twin.predictions.push_back({prefix + name, {}, "", "no closed form: " + broken});
  };
  const double devices = job.all_devices();
  const double mfu = predicted_mfu(step), scaling = predicted_scaling(step);
  const std::string& broken = prospect.broken;
  tell("residual", 0, "g.isolaw", "");
  tell("goodput", prospect.goodput(), "c.exact", broken);
  if (!job.work || !prospect.finishes) return;
  const double flops = step.flops * (seconds(*job.work) / step.seconds);
  tell("flops", flops, "g.isolaw", broken);
  const Result<double> time = analytic::iron_law_time({.flops = flops,
                                                       .devices = devices,
                                                       .peak = step.peak / devices,
                                                       .mfu = mfu,
                                                       .scaling = scaling,
                                                       .goodput = prospect.goodput()});
  if (!time) return;
  const bool meets = step.model && step.model->flows_meet;
  tell("time", *time, "g.isolaw", broken.empty() && meets ? "flows of a step share links" : broken);
}

}  // namespace fleetsim::training
