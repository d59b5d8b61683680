#include "traces/training_budget.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/unit_text.h"
#include "workloads/training/draw.h"
#include "workloads/training/metrics.h"
#include "workloads/training/power_budget.h"

namespace fleetsim {
namespace {

using namespace training;

std::string path_of(const Node& scenario, const OverBudget& site) {
  const Node region = scenario.child("fleet").children("region")[site.region.index];
  return region.child("site").path("power_budget");
}

void cap_devices(const TrainingConfig& config, const OverBudget& site, Sites& sites) {
  for (std::uint32_t c = 0; c < sites.nodes.size(); ++c) {
    const bool there = config.fleet->plan().clusters[c].region == site.region;
    if (!there || places_of(config, {c}).in_use == 0) continue;
    std::optional<double>& cap = sites.nodes[c].cap;
    cap = std::min(site.cap, cap.value_or(site.cap));
  }
}

// How many times longer caps make arithmetic of the site's jobs, the slowest of them.
double slowest(const TrainingConfig& config, const OverBudget& site, const Sites& sites) {
  double factor = 1;
  for (const JobConfig& job : config.jobs)
    for (const ClusterId where : job.clusters())
      if (config.fleet->plan().clusters[where.index].region == site.region)
        factor = std::max(factor, capped_time(sites.node(where), job));
  return factor;
}

}  // namespace

Result<ReadTraining> training_in_budget(const Node& scenario, const NamedFleet& fleet,
                                        const Zoo& zoo, const Provenance& provenance, Sites& sites,
                                        const std::vector<std::uint32_t>& others) {
  auto jobs = training_of(scenario, fleet, sites, zoo, provenance, others);
  if (!jobs) return jobs;
  const auto watts = [](double value) { return format_measure(value, "W"); };
  std::vector<std::string> warnings;
  for (const OverBudget& site : over_budget(jobs->config, sites)) {
    const std::string path = path_of(scenario, site);
    if (site.least >= site.budget)
      return provenance.error(
          path, fmt::format("found {}; expected more than {}, which the IT of its jobs draws with "
                            "no more for each accelerator than one that idles",
                            watts(site.budget), watts(site.least)));
    cap_devices(jobs->config, site, sites);
    warnings.push_back(fmt::format(
        "{}: at work its IT would draw {}; a cap of {} for each accelerator keeps it at {}, and "
        "makes arithmetic {:.3g} times as long",
        path, watts(site.wanted), watts(site.cap), watts(site.budget),
        slowest(jobs->config, site, sites)));
  }
  if (warnings.empty()) return jobs;
  jobs = training_of(scenario, fleet, sites, zoo, provenance, others);
  if (jobs) jobs->warnings.insert(jobs->warnings.end(), warnings.begin(), warnings.end());
  return jobs;
}

}  // namespace fleetsim
