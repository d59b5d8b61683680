#include "traces/outer_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/printable.h"
#include "workloads/training/regions.h"

namespace fleetsim {

using training::JobConfig;

std::uint32_t free_nodes(const training::TrainingConfig& config, ClusterId cluster) {
  std::uint32_t free =
      config.fleet->plan().clusters[cluster.index].nodes - others_on(config, cluster);
  for (const JobConfig& other : config.jobs)
    if (other.is_on(cluster)) free -= other.nodes;
  return free;
}

Result<std::vector<ClusterId>> further_clusters(const Node& outer, const JobConfig& job,
                                                const training::TrainingConfig& config,
                                                const NamedFleet& fleet,
                                                const Provenance& provenance) {
  std::vector<ClusterId> out;
  const std::vector<std::string> names = outer.texts("cluster");
  const analytic::Node& own = fleet.hardware[job.cluster.index];
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string path = outer.path("cluster", i);
    const auto where = cluster_named(names[i], path, fleet, provenance);
    if (!where) return where.error();
    const analytic::Node& there = fleet.hardware[where->index];
    Route route;
    const std::uint32_t free = free_nodes(config, *where);
    if (*where == job.cluster || std::find(out.begin(), out.end(), *where) != out.end())
      return provenance.error(path, "found " + in_quotes(names[i]) + " twice");
    if (there.accelerator.id != own.accelerator.id ||
        fleet.fleet->plan().clusters[where->index].devices != job.devices)
      return provenance.error(
          path, fmt::format("its nodes hold {} {}; expected {} {}, as in the job's cluster",
                            fleet.fleet->plan().clusters[where->index].devices,
                            there.accelerator.name, job.devices, own.accelerator.name));
    if (job.nodes > free)
      return provenance.error(path, fmt::format("the job takes {} nodes of each cluster; expected "
                                                "at most {}, which {} has",
                                                job.nodes, free, in_quotes(names[i])));
    if (!fleet.fleet->route_striped(job.cluster, *where, route))
      return provenance.error(path, "no way leads to " + in_quotes(names[i]) +
                                        " from the job's cluster; expected a link between regions");
    out.push_back(*where);
  }
  return out;
}

Status add_outer(const Node& outer, std::int64_t bytes, const NamedFleet& fleet,
                 const Provenance& provenance, JobConfig& job) {
  if (outer.has("payload"))
    bytes = static_cast<std::int64_t>(std::llround(std::max(1.0, outer.in("payload", "B"))));
  const auto exchange = training::outer_exchange(fleet.fleet, job.clusters(), bytes);
  if (!exchange) return provenance.error(outer.path(), exchange.error().message);
  const auto every = static_cast<std::uint32_t>(outer.count("every"));
  const double overlap = outer.number("overlap");
  training::ModelledStep& model = *job.step->model;
  const auto part = [&](double time, const training::StepTerms& terms) {
    return training::outer_part(time, terms.total(), every, overlap);
  };
  model.terms.outer = part(exchange->seconds, model.terms);
  model.at_full_power.outer = part(exchange->seconds, model.at_full_power);
  model.by_ring.outer = part(exchange->by_formula, model.by_ring);
  model.outer_broken = exchange->broken;
  job.step->seconds = model.terms.total();
  return Done{};
}

}  // namespace fleetsim
