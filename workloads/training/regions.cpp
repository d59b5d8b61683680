#include "workloads/training/regions.h"

#include <algorithm>
#include <cmath>

#include "analytic/exact/distance.h"
#include "workloads/network/gauges.h"
#include "workloads/network/network_model.h"
#include "workloads/training/config.h"

namespace fleetsim::training {
namespace {

constexpr std::string_view no_form = "no closed form: ";
constexpr double longest = 30 * 365.25 * 86400;  // s that an exchange may take

bool has_jitter(const Fleet& fleet) {
  const auto& links = fleet.plan().wide_links;
  return std::any_of(links.begin(), links.end(), [](const auto& l) { return bool(l.jitter); });
}

// One exchange, or the mean of a thousand where links are late by chance.
network::NetworkConfig exchanges(std::shared_ptr<const Fleet> fleet,
                                 const std::vector<ClusterId>& clusters, std::int64_t bytes) {
  const Result<Law> second = Law::constant(1);
  check(bool(second), "a second is a law");
  const std::uint32_t rounds = has_jitter(*fleet) ? 1000 : 1;
  network::NetworkConfig out{.fleet = std::move(fleet), .horizon = from_seconds(longest)};
  out.outer_steps = {{.name = "outer",
                      .clusters = clusters,
                      .step = *second,
                      .inner_steps = 1,
                      .bytes = bytes,
                      .overlap = false,
                      .rounds = rounds}};
  return out;
}

}  // namespace

Result<OuterExchange> outer_exchange(std::shared_ptr<const Fleet> fleet,
                                     const std::vector<ClusterId>& clusters, std::int64_t bytes) {
  const network::NetworkConfig config = exchanges(std::move(fleet), clusters, bytes);
  const network::NetworkModel model(config);
  const std::string metric = metric_of(config, config.outer_steps[0], "exchange_time");
  const Observation seen = model.simulate({.seed = 1}, {.end = config.horizon}, nullptr);
  OuterExchange out;
  for (const Measured& one : seen.windows[0])
    if (one.metric.name == metric) out.seconds = one.value;
  if (!std::isfinite(out.seconds)) return Error{"an exchange takes more than 30 years"};
  const Twin twin = model.twin();
  for (const Prediction& one : twin.predictions)
    if (one.metric == metric) {
      out.by_formula = one.value.value_or(out.seconds);
      if (!one.value) out.broken = one.note.substr(std::min(no_form.size(), one.note.size()));
    }
  return out;
}

double outer_part(double exchange, double step, std::uint32_t every, double overlap) {
  const Result<double> efficiency =
      analytic::local_update_efficiency({every, step, exchange, overlap});
  check(bool(efficiency), "training by local updates has an efficiency");
  return step / *efficiency - step;
}

double failure_rate(const TrainingConfig& config, const JobConfig& job) {
  double sum = 0;
  for (const ClusterId where : job.clusters())
    sum += failure_rate(config.failures[where.index], job.nodes);
  return sum;
}

std::vector<std::string> causes(const TrainingConfig& config, const JobConfig& job) {
  std::vector<std::string> out;
  for (const ClusterId where : job.clusters()) {
    std::vector<std::string> names = causes(config.failures[where.index]);
    if (names.size() > out.size()) out = std::move(names);
  }
  return out;
}

std::size_t causes_counted(const TrainingConfig& config, const JobConfig& job) {
  for (const ClusterId where : job.clusters())
    if (any_interrupts(config.failures[where.index])) return causes(config, job).size();
  return 0;
}

}  // namespace fleetsim::training
