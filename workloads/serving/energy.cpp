#include "workloads/serving/energy.h"

#include <algorithm>
#include <limits>
#include <set>

#include "topology/bill.h"

namespace fleetsim::serving {
namespace {

constexpr Duration quarter = 900_s;

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

ServingEnergy::ServingEnergy(const ServingConfig& config) : config_(config) {
  std::set<std::uint32_t> clusters;
  for (const GroupConfig& group : config.groups) {
    const NodePower& node = config.energy->sites.node(group.cluster);
    const double share = static_cast<double>(group.devices) / node.devices;
    const auto watts = [&](Activity activity, double use) {
      return node.node(activity, use).total() * share;
    };
    draws_.push_back({.arithmetic = watts(Activity::compute, config.energy->use),
                      .memory = watts(Activity::memory, 1),
                      .rest = watts(Activity::communication, 0),
                      .idle = watts(Activity::idle, 0)});
    clusters.insert(group.cluster.index);
  }
  clusters_.assign(clusters.begin(), clusters.end());
  for (const std::uint32_t cluster : clusters_) add_beside({cluster});
}

ServingEnergy::Hall& ServingEnergy::hall_of(ClusterId cluster) {
  const std::uint32_t region = config_.energy->fleet->plan().clusters[cluster.index].region.index;
  const auto found = halls_.find(region);
  if (found != halls_.end()) return found->second;
  Hall& hall =
      halls_.emplace(region, Hall{Meter(config_.energy->sites.regions[region])}).first->second;
  hall.replicas = hall.meter.part("replicas");
  return hall;
}

// Devices without a replica idle, and so do nodes that stand by; networks draw all the time.
void ServingEnergy::add_beside(ClusterId cluster) {
  const ClusterPlan& plan = config_.energy->fleet->plan().clusters[cluster.index];
  const NodePower& node = config_.energy->sites.node(cluster);
  double free = (static_cast<double>(plan.nodes) + plan.spares) * plan.devices;
  for (const GroupConfig& group : config_.groups)
    if (group.cluster == cluster) free -= static_cast<double>(group.replicas) * group.devices;
  Hall& hall = hall_of(cluster);
  const double idle = node.node(Activity::idle, 0).total() / node.devices;
  hall.meter.set({}, hall.meter.part("standby"), free * idle);
  hall.meter.set({}, hall.meter.part("network"),
                 fabric_power(*config_.energy->fleet, cluster).watts);
}

Instant ServingEnergy::next_look(Instant now) const {
  Instant next = Instant{} + Duration{(now.ns / quarter.ns + 1) * quarter.ns};
  for (const auto& [region, hall] : halls_) {
    const Site& site = *config_.energy->sites.regions[region];
    for (const StepSeries* series :
         {&site.facility().per_it, &site.carbon_per_it(), &site.cost_per_it()})
      if (const auto change = series->next_change(now)) next = std::min(next, *change);
  }
  return next;
}

void ServingEnergy::look(std::uint32_t group, Instant now, const Tallies& before,
                         const Tallies& after) {
  const Draw& draw = draws_[group];
  const double arithmetic = seconds_of(after.arithmetic - before.arithmetic);
  const double memory = seconds_of(after.memory - before.memory);
  const double busy = seconds_of(after.busy - before.busy);
  const ClusterId cluster = config_.groups[group].cluster;
  joules_[config_.energy->fleet->plan().clusters[cluster.index].region.index] +=
      draw.arithmetic * arithmetic + draw.memory * memory +
      draw.rest * (busy - arithmetic - memory) + draw.idle * (seconds(now - last_) - busy);
}

void ServingEnergy::looked(Instant now) {
  for (auto& [region, joules] : joules_) {
    Hall& hall = halls_.at(region);
    if (now > last_) hall.meter.add(hall.replicas, last_, now, joules);
    joules = 0;
  }
  last_ = now;
}

ServingEnergy::Bill ServingEnergy::bill(Instant from, Instant to) const {
  Bill out;
  if (to == from) return out;
  for (const auto& [region, hall] : halls_) {
    const SiteUsage usage = hall.meter.usage(from, to);
    for (const auto& [name, joules] : usage.components) out.parts[name] += joules;
    out.it += usage.it;
    out.facility += usage.facility;
    out.carbon += usage.carbon;
    out.water += usage.water;
    out.energy += usage.energy_cost + usage.demand_cost;
    out.peak += usage.peak_power;
  }
  for (const std::uint32_t c : clusters_) {
    const ClusterPlan& plan = config_.energy->fleet->plan().clusters[c];
    const double devices = (static_cast<double>(plan.nodes) + plan.spares) * plan.devices;
    const OwnershipShare share = share_of(config_.energy->sites.ownership({c}), devices, to - from);
    out.owned.capital += share.capital;
    out.owned.maintenance += share.maintenance;
    out.owned.embodied += share.embodied;
  }
  const double life = config_.energy->sites.ownership(config_.groups[0].cluster).lifetime;
  out.network = config_.energy->network_price.value_or(0) * seconds(to - from) / life;
  return out;
}

void ServingEnergy::report(Instant from, Instant to, const Answered& answered,
                           std::uint32_t windows, std::vector<Measured>& out) const {
  const Bill bill = this->bill(from, to);
  const auto total = [&](const std::string& name, const char* unit, double value) {
    out.push_back({{name, unit}, value * windows});
  };
  const auto per = [&](const char* name, const char* unit, double value, double units) {
    out.push_back({{name, unit}, ratio(value, units), units});
  };
  const double tokens = static_cast<double>(answered.tokens);
  const double requests = static_cast<double>(answered.requests);
  const double carbon = bill.carbon + bill.owned.embodied;
  const double cost = bill.owned.capital + bill.owned.maintenance + bill.energy + bill.network;
  total("energy.it", "J", bill.it);
  total("energy.facility", "J", bill.facility);
  for (const auto& [name, joules] : bill.parts) total("energy." + name, "J", joules);
  per("energy.per_token", "J", bill.facility, tokens);
  out.push_back({{"power.mean", "W"}, ratio(bill.facility, seconds(to - from))});
  out.push_back({{"power.peak", "W"}, bill.peak});
  total("carbon.operational", "kg", bill.carbon);
  total("carbon.embodied", "kg", bill.owned.embodied);
  total("carbon.total", "kg", carbon);
  per("carbon.per_million_tokens", "kg", carbon, tokens / 1e6);
  per("carbon.per_request", "kg", carbon, requests);
  total("water.total", "L", bill.water);
  total("cost.capex", "USD", bill.owned.capital);
  total("cost.energy", "USD", bill.energy);
  total("cost.maintenance", "USD", bill.owned.maintenance);
  if (config_.energy->network_price) total("cost.network", "USD", bill.network);
  total("cost.total", "USD", cost);
  per("cost.per_million_tokens", "USD", cost, tokens / 1e6);
}

void heed_caps(ServingConfig& config) {
  for (GroupConfig& group : config.groups) {
    const NodePower& node = config.energy->sites.node(group.cluster);
    const double arithmetic = node.time_factor(Activity::compute, config.energy->use);
    const double memory = node.time_factor(Activity::memory, 1);
    group.cost.token *= arithmetic;
    group.cost.routed *= arithmetic;
    group.cost.pair *= arithmetic;
    for (double* part : {&group.cost.weights, &group.cost.experts, &group.cost.key})
      *part *= memory;
  }
}

}  // namespace fleetsim::serving
