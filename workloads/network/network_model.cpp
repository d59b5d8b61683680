#include "workloads/network/network_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "workloads/network/twin.h"

namespace fleetsim::network {
namespace {

std::string_view algorithm_name(Algorithm algorithm) {
  const auto found = std::find_if(std::begin(algorithm_names), std::end(algorithm_names),
                                  [&](const auto& known) { return known.second == algorithm; });
  return found->first;
}

// Which link is the hottest, and which algorithm was chosen.
std::vector<Finding> findings_of(const NetworkRun& run, const NetworkConfig& config) {
  std::vector<Finding> out;
  const Fleet& fleet = *config.fleet;
  if (const auto link = run.busiest().link)
    out.push_back({"network.link_utilization.max",
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

NetworkModel::NetworkModel(NetworkConfig config)
    : config_(std::move(config)),
      groundwork_(config_),
      gauges_(gauges_of(config_, groundwork_)) {}

std::vector<MetricSpec> NetworkModel::metrics() const {
  std::vector<MetricSpec> out;
  for (const Gauge& gauge : gauges_) out.push_back(gauge.metric);
  return out;
}

Observation NetworkModel::simulate(const Chance& chance, const Plan& plan, RecordSink*) const {
  NetworkRun run(config_, groundwork_, chance);
  Observation out;
  run.go(plan, out);
  std::vector<Measured> window;
  for (const Gauge& gauge : gauges_) {
    const Reading reading = gauge.read(run);
    window.push_back({gauge.metric, reading.value, reading.weight});
  }
  out.windows = {std::move(window)};
  out.distributions = {{}};
  if (!config_.patterns.empty())
    out.distributions = {{{"network.transfer", run.deliveries().times}}};
  if (chance.replication == 0) out.findings = findings_of(run, config_);
  out.events = run.events();
  return out;
}

Twin NetworkModel::twin() const {
  return twin_of(config_);
}

}  // namespace fleetsim::network
