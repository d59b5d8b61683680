#include "workloads/queueing/metrics.h"

#include <algorithm>

#include "workloads/queueing/presence.h"

namespace fleetsim::queueing {
namespace {

void add_passages(const std::string& prefix, std::vector<MetricSpec>& out) {
  for (const char* kind : {"wait", "sojourn"}) {
    out.push_back({prefix + kind + ".mean", "s"});
    for (const NamedQuantile& q : passage_quantiles)
      out.push_back({prefix + kind + "." + q.name, "s"});
  }
}

void add_counts(const QueueingConfig& config, std::vector<MetricSpec>& out) {
  const auto any = [&](auto has) {
    return std::any_of(config.stations.begin(), config.stations.end(), has);
  };
  out.push_back({"queue.length", "1"});
  out.push_back({"queue.throughput", "1/s"});
  out.push_back({"queue.little", "1"});
  if (any([](const StationConfig& s) { return s.room.has_value(); }))
    out.push_back({"queue.blocked", "1"});
  if (any([](const StationConfig& s) { return s.patience.has_value(); }))
    out.push_back({"queue.abandoned", "1"});
  if (any([](const StationConfig& s) { return s.retrial.has_value(); }))
    out.push_back({"queue.retries", "1"});
}

void add_states(const QueueingConfig& config, std::vector<MetricSpec>& out) {
  out.push_back({"queue.utilization", "1"});
  if (std::any_of(config.stations.begin(), config.stations.end(),
                  [](const StationConfig& s) { return s.retrial.has_value(); }))
    out.push_back({"queue.orbit", "1"});
  for (std::size_t i = 0; i < config.stations.size(); ++i) {
    const std::string prefix = station_prefix(config, i);
    if (config.stations.size() > 1) {
      out.push_back({prefix + "utilization", "1"});
      out.push_back({prefix + "length", "1"});
    }
    if (config.stations[i].copies == 1) continue;
    for (std::uint32_t k = 1; k <= DepthProfile::deepest; ++k)
      out.push_back({prefix + "at_least." + std::to_string(k), "1"});
  }
}

}  // namespace

std::string source_prefix(const QueueingConfig& config, std::size_t source) {
  return config.sources.size() > 1 ? "queue." + config.sources[source].name + "." : "queue.";
}

std::string station_prefix(const QueueingConfig& config, std::size_t station) {
  return config.stations.size() > 1 ? "queue." + config.stations[station].name + "." : "queue.";
}

std::vector<MetricSpec> metrics_of(const QueueingConfig& config) {
  std::vector<MetricSpec> out;
  add_passages("queue.", out);
  add_counts(config, out);
  for (std::size_t i = 0; config.sources.size() > 1 && i < config.sources.size(); ++i)
    add_passages(source_prefix(config, i), out);
  for (std::size_t i = 0; config.stations.size() > 1 && i < config.stations.size(); ++i)
    add_passages(station_prefix(config, i), out);
  add_states(config, out);
  return out;
}

}  // namespace fleetsim::queueing
