#include "workloads/network/gauges.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "topology/bill.h"

namespace fleetsim::network {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

const char* time_of(CollectiveKind kind) {
  switch (kind) {
    case CollectiveKind::all_reduce:
      return "allreduce_time";
    case CollectiveKind::all_gather:
      return "allgather_time";
    case CollectiveKind::reduce_scatter:
      return "reduce_scatter_time";
    case CollectiveKind::broadcast:
      return "broadcast_time";
    case CollectiveKind::all_to_all:
      return "alltoall_time";
    case CollectiveKind::point_to_point:
      return "send_time";
  }
  return "";
}

// byte/s one way across the worst cut into halves of the cluster that has the least, by its parts.
double least_bisection(const Fleet& fleet) {
  double least = std::numeric_limits<double>::infinity();
  for (std::uint32_t c = 0; c < fleet.plan().clusters.size(); ++c) {
    const double rate = fleet.fabric({c}).parts().bisection * fleet.plan().clusters[c].trunk_rate;
    if (std::isnan(rate)) return rate;  // not known
    least = std::min(least, rate);
  }
  return least;
}

double egress_cost(const NetworkRun& run) {
  const Fleet& fleet = *run.config().fleet;
  double sum = 0;
  for (std::uint32_t w = 0; w < fleet.plan().wide_links.size(); ++w)
    for (const bool from_a : {true, false})
      sum += run.bytes_over(fleet.wide_link({w}, from_a)) * fleet.plan().wide_links[w].price;
  return sum;
}

// What a device has when all of its cluster send at once; of the cluster where that is least.
double device_bandwidth(const Fleet& fleet, Level level) {
  double least = std::numeric_limits<double>::infinity();
  for (const ClusterPlan& c : fleet.plan().clusters) {
    double wide = 0;
    for (const WideLinkPlan& link : fleet.plan().wide_links)
      if (link.a == c.region || link.b == c.region) wide += link.rate;
    const double rates[] = {c.device_rate, c.port_rate * c.ports / c.devices,
                            std::min(wide, c.border_rate) / c.nodes / c.devices};
    least = std::min(least, rates[static_cast<std::size_t>(level)]);
  }
  return least;
}

// The levels that a collective's time is told for: none unless it is hierarchical.
std::vector<Level> levels_of(const CollectiveConfig& config, const std::vector<Phase>& phases) {
  std::vector<Level> out;
  if (config.algorithm != Algorithm::hierarchical) return out;
  for (const Phase& phase : phases)
    if (std::find(out.begin(), out.end(), phase.level) == out.end()) out.push_back(phase.level);
  std::sort(out.begin(), out.end());
  return out;
}

using Gauges = std::vector<Gauge>;

// What no replication changes.
void add_known(Gauges& out, const std::string& name, const char* unit, double value) {
  out.push_back({{name, unit}, [value](const NetworkRun&) -> Reading { return {value}; }});
}

void add_transfers(Gauges& out) {
  const auto mean_of = [](double Deliveries::*sum) {
    return [sum](const NetworkRun& run) -> Reading {
      const Deliveries& d = run.deliveries();
      return {d.count > 0 ? d.*sum / d.count : nothing, d.count};
    };
  };
  out.push_back({{"network.transfer.mean", "s"}, mean_of(&Deliveries::sum_s)});
  out.push_back({{"network.transfer.latency", "s"}, mean_of(&Deliveries::latency_s)});
  out.push_back({{"network.transfer.alone", "s"}, mean_of(&Deliveries::alone_s)});
  out.push_back({{"network.transfer.sharing", "s"}, [](const NetworkRun& run) -> Reading {
                   const Deliveries& d = run.deliveries();
                   // Below a nanosecond each it is the rounding of sums.
                   const double spent = d.sum_s - d.latency_s - d.alone_s;
                   const double rest = spent > -1e-9 * d.count ? std::max(0.0, spent) : spent;
                   return {d.count > 0 ? rest / d.count : nothing, d.count};
                 }});
  for (const auto& [name, p] : {std::pair{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}})
    out.push_back(
        {{std::string("network.transfer.") + name, "s"}, [p = p](const NetworkRun& run) -> Reading {
           const Deliveries& d = run.deliveries();
           return {d.count > 0 ? d.times.quantile(p) / 1e9 : nothing};
         }});
  out.push_back({{"network.line_rate.mean", "1"}, [](const NetworkRun& run) -> Reading {
                   const std::vector<double>& share = run.line_rates();
                   const double flows = static_cast<double>(share.size());
                   if (share.empty()) return {nothing};
                   return {std::accumulate(share.begin(), share.end(), 0.0) / flows, flows};
                 }});
  out.push_back({{"network.line_rate.min", "1"}, [](const NetworkRun& run) -> Reading {
                   const std::vector<double>& share = run.line_rates();
                   if (share.empty()) return {nothing};
                   return {*std::min_element(share.begin(), share.end())};
                 }});
  out.push_back({{"network.undelivered", "count"}, [](const NetworkRun& run) -> Reading {
                   return {static_cast<double>(run.undelivered())};
                 }});
}

void add_load(Gauges& out) {
  const std::pair<const char*, double LinkLoads::*> shares[] = {
      {"network.bisection_use", &LinkLoads::across},
      {"network.load.mean", &LinkLoads::mean},
      {"network.load.max", &LinkLoads::max},
      {"network.hops.mean", &LinkLoads::mean_hops},
      {"network.hops.max", &LinkLoads::most_hops}};
  for (const auto& [name, share] : shares)
    out.push_back({{name, "1"}, [share = share](const NetworkRun& run) -> Reading {
                     return {run.loads().*share};
                   }});
  out.push_back({{"network.injection_limit", "B/s"}, [](const NetworkRun& run) -> Reading {
                   return {run.config().load->rate / run.loads().max};
                 }});
}

void add_collective(Gauges& out, const NetworkConfig& config, const Groundwork& groundwork,
                    std::size_t i) {
  const std::string name = metric_of(config, config.collectives[i]);
  out.push_back({{name, "s"}, [i](const NetworkRun& run) -> Reading {
                   const Repeated& repeated = run.repeated(i);
                   return {repeated.done() > 0 ? repeated.mean() : nothing, repeated.done()};
                 }});
  for (const Level level : levels_of(config.collectives[i], groundwork.schedules[i].phases))
    out.push_back(
        {{name + '.' + level_name(level), "s"}, [i, level](const NetworkRun& run) -> Reading {
           return {run.repeated(i).spent(level), run.repeated(i).done()};
         }});
}

void add_outer(Gauges& out, const NetworkConfig& config, std::size_t i) {
  const OuterStepsConfig& outer = config.outer_steps[i];
  const auto add = [&](const char* what, const char* unit, double (OuterSteps::*read)() const) {
    out.push_back({{metric_of(config, outer, what), unit}, [i, read](const NetworkRun& run) {
                     const OuterSteps& steps = run.outer_steps(i);
                     const bool whole = steps.rounds_done() == run.config().outer_steps[i].rounds;
                     return Reading{whole ? (steps.*read)() : nothing};
                   }});
  };
  add("efficiency", "1", &OuterSteps::efficiency);
  add("exchange_time", "s", &OuterSteps::exchange_time);
}

void add_pings(Gauges& out, const NetworkConfig& config, const std::vector<RegionPair>& pairs) {
  if (pairs.empty()) return;
  const auto round_trip = [](std::size_t p) {
    return [p](const NetworkRun& run) -> Reading {
      const double done = run.pings()->done(p);
      return {done > 0 ? run.pings()->mean(p) : nothing, done};
    };
  };
  out.push_back({{"network.wan_rtt", "s"}, round_trip(farthest(*config.fleet, pairs))});
  for (std::size_t p = 0; p < pairs.size() && pairs.size() > 1; ++p)
    out.push_back({{metric_of(config, pairs[p]), "s"}, round_trip(p)});
}

void add_faults(Gauges& out) {
  out.push_back({{"network.faults", "count"}, [](const NetworkRun& run) -> Reading {
                   return {static_cast<double>(run.faults()->begun())};
                 }});
  out.push_back({{"network.link_availability", "1"},
                 [](const NetworkRun& run) -> Reading { return {run.faults()->share_well()}; }});
}

void add_parts(Gauges& out, const Fleet& fleet) {
  const Bill bill = bill_of(fleet);
  const auto cables = static_cast<double>(bill.end_cables + bill.trunk_cables);
  add_known(out, "network.parts.switches", "count", static_cast<double>(bill.switches));
  add_known(out, "network.parts.cables", "count", cables);
  if (bill.price) add_known(out, "network.parts.price", "USD", *bill.price);
  if (bill.power) add_known(out, "network.parts.power", "W", *bill.power);
}

}  // namespace

std::string metric_of(const NetworkConfig& config, const CollectiveConfig& collective) {
  const std::string name = config.collectives.size() > 1 ? collective.name + "." : "";
  return "network." + name + time_of(collective.kind);
}

std::string metric_of(const NetworkConfig& config, const OuterStepsConfig& outer,
                      const char* what) {
  return "network.outer." + (config.outer_steps.size() > 1 ? outer.name + "." : "") + what;
}

std::string metric_of(const NetworkConfig& config, const RegionPair& pair) {
  const auto& regions = config.fleet->plan().regions;
  return "network.wan_rtt." + regions[pair.a.index] + "." + regions[pair.b.index];
}

const char* level_name(Level level) {
  switch (level) {
    case Level::node:
      return "node";
    case Level::fabric:
      return "fabric";
    case Level::wide:
      return "wide";
  }
  return "";
}

Gauges gauges_of(const NetworkConfig& config, const Groundwork& groundwork) {
  Gauges out;
  add_known(out, "network.bisection_bandwidth", "B/s", least_bisection(*config.fleet));
  add_parts(out, *config.fleet);
  if (config.shared && config.sends())
    out.push_back({{"network.link_utilization.max", "1"},
                   [](const NetworkRun& run) -> Reading { return {run.busiest().use}; }});
  if (!config.patterns.empty()) add_transfers(out);
  if (config.load) add_load(out);
  for (std::size_t i = 0; i < config.collectives.size(); ++i)
    add_collective(out, config, groundwork, i);
  for (std::size_t i = 0; i < config.outer_steps.size(); ++i) add_outer(out, config, i);
  if (!config.fleet->plan().wide_links.empty())
    for (const Level level : {Level::node, Level::fabric, Level::wide})
      add_known(out, std::string("network.device_bandwidth.") + level_name(level), "B/s",
                device_bandwidth(*config.fleet, level));
  if (config.pings > 0) add_pings(out, config, groundwork.pinged);
  if (!config.faults.empty()) add_faults(out);
  const auto& wide = config.fleet->plan().wide_links;
  const bool priced = std::any_of(wide.begin(), wide.end(), [](auto& w) { return w.price > 0; });
  if (priced && config.shared)
    out.push_back({{"cost.network", "USD"},
                   [](const NetworkRun& run) -> Reading { return {egress_cost(run)}; }});
  return out;
}

}  // namespace fleetsim::network
