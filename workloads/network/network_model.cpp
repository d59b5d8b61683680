#include "workloads/network/network_model.h"

#include <fmt/format.h>

#include "workloads/network/gauges.h"
#include "workloads/network/twin.h"

namespace fleetsim::network {
namespace {

std::optional<LinkId> busiest(const NetworkRun& run, const std::vector<LinkId>& trunks) {
  std::optional<LinkId> found;
  for (const LinkId link : trunks)
    if (run.use(link) > (found ? run.use(*found) : 0)) found = link;
  return found;
}

const char* algorithm_name(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::ring:
      return "RING";
    case Algorithm::tree:
      return "TREE";
    case Algorithm::halving_doubling:
      return "HALVING_DOUBLING";
    case Algorithm::hierarchical:
      return "HIERARCHICAL";
    case Algorithm::pairwise:
      return "PAIRWISE";
    case Algorithm::automatic:
      break;
  }
  return "AUTO";
}

// Which link is the hottest, and which algorithm was chosen.
std::vector<Finding> findings_of(const NetworkRun& run, const NetworkConfig& config) {
  std::vector<Finding> out;
  const Fleet& fleet = *config.fleet;
  const bool sends =
      !config.patterns.empty() || !config.collectives.empty() || !config.outer_steps.empty();
  if (config.shared && sends)
    if (const auto link = busiest(run, trunks_of(fleet)))
      out.push_back(
          {"network.link_utilization.max",
           fmt::format("in replication 0 the hottest link is {}", fleet.link_name(*link))});
  for (const CollectiveConfig& collective : config.collectives)
    if (collective.chosen)
      out.push_back({metric_of(config, collective),
                     fmt::format("of all algorithms {} is the fastest where flows do not meet",
                                 algorithm_name(collective.algorithm))});
  if (config.load && run.loads().max > 0)
    out.push_back({"network.load.max", fmt::format("in replication 0 that link is {}",
                                                   fleet.link_name(run.loads().hottest))});
  return out;
}

}  // namespace

std::vector<MetricSpec> NetworkModel::metrics() const {
  std::vector<MetricSpec> out;
  for (const Gauge& gauge : gauges_of(config_)) out.push_back(gauge.metric);
  return out;
}

Observation NetworkModel::simulate(const Chance& chance, const Plan& plan, RecordSink*) const {
  NetworkRun run(config_, chance);
  Observation out;
  run.go(plan, out);
  std::vector<Measured> window;
  for (const Gauge& gauge : gauges_of(config_)) {
    const Reading reading = gauge.read(run);
    window.push_back({gauge.metric, reading.value, reading.weight});
  }
  out.windows = {std::move(window)};
  out.distributions = {{}};
  if (!config_.patterns.empty())
    out.distributions = {{{"network.transfer", run.deliveries().times}}};
  out.findings = findings_of(run, config_);
  out.events = run.events();
  return out;
}

Twin NetworkModel::twin() const {
  return twin_of(config_);
}

}  // namespace fleetsim::network
