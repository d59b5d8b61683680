#include "workloads/training/energy_outlook.h"

#include <algorithm>

#include "topology/bill.h"
#include "workloads/training/metrics.h"
#include "workloads/training/prospect.h"

namespace fleetsim::training {
namespace {

std::size_t region_of(const TrainingConfig& config, ClusterId cluster) {
  return config.fleet->plan().clusters[cluster.index].region.index;
}

// Shares of all time by phase, in the order of phases.
std::array<double, phases> shares_of(const Prospect& p) {
  const double all = p.wall() / (1 - p.waiting);
  return {p.useful / all,  p.writing / all,   p.lost / all,
          p.restart / all, p.detection / all, p.waiting};
}

void break_by(const std::string& reason, EnergyOutlook& out) {
  if (out.broken.empty()) out.broken = reason;
}

void add_job(const TrainingConfig& config, const JobConfig& job, EnergyOutlook& out) {
  const Prospect prospect = prospect_of(config, job);
  break_by(prospect.broken, out);
  if (!prospect.in_parts) break_by("the formula tells only how long it takes", out);
  if (prospect.finishes && config.jobs.size() > 1) break_by("some job may end before others", out);
  const double watched = seconds(config.horizon - config.warm_up);
  const double time = prospect.finishes ? prospect.wall() : watched;
  const double saves = job.checkpoint.deeper.empty() ? 1 : job.checkpoint.deeper.back().every;
  out.time = time;
  out.formula = prospect.formula;
  out.overrun = std::max(out.overrun, prospect.begin / watched);
  if (!prospect.finishes)
    out.overrun = std::max(out.overrun, 2 * saves * prospect.wall() / watched);
  const std::array<double, phases> shares = shares_of(prospect);
  for (const ClusterId where : job.clusters()) {
    const NodePower& node = config.energy->sites.node(where);
    const PhaseWatts watts = phase_watts(node, job);
    double missing = 0;
    const std::optional<Spot>& spot = config.failures[where.index].spot;
    if (spot)
      missing = job.nodes * (1 - held_share(spot));
    else if (prospect.waiting > 0)
      missing = job.nodes - standby_of(config, where).mean_active;
    double& it = out.it[region_of(config, where)];
    for (std::size_t p = 0; p < phases; ++p) {
      const bool queued = static_cast<Phase>(p) == Phase::queued;
      const double node_time = time * (shares[p] * job.nodes - (queued ? missing : 0));
      const double joules = watts[p] * node_time;
      out.phase[p] += joules;
      out.overhead += node.overhead * node_time;
      out.conversion += (1 - node.efficiency) * joules;
      it += joules;
    }
    // To first order half a write each.
    const double broken = prospect.finishes ? prospect.rate * prospect.writing : 0;
    if (broken < 0.1)
      out.unseen += watts[static_cast<std::size_t>(Phase::checkpoint)] * job.nodes * broken *
                    seconds(job.checkpoint.write) / 2;
    const double book = prospect.finishes ? prospect.useful : watched;
    out.at_work[region_of(config, where)] += watts[0] * job.nodes * book;
  }
  const double useful = shares[0] * time;
  out.useful += job.all_devices() * useful;
  if (!job.step) return;
  out.tokens += job.step->tokens * (useful / job.step->seconds);
  if (job.work) out.weights += job.step->parameters * (useful / seconds(*job.work));
}

// On average so many nodes stand by.
void add_spares(const TrainingConfig& config, ClusterId where, EnergyOutlook& out) {
  const Places places = places_of(config, where);
  const FailurePlan& plan = config.failures[where.index];
  if (places.in_use == 0 || places.spares == 0) return;
  double mean = static_cast<double>(places.spares);
  if (plan.repair) {
    const Standby standby = standby_of(config, where);
    if (standby.node_rate > 0) break_by(standby.broken, out);
    if (standby.node_rate > 0 && out.time < 100 * (plan.repair->mean() + seconds(plan.burn_in)))
      break_by("all nodes are whole at first", out);
    mean += static_cast<double>(places.in_use) - standby.mean_active - standby.mean_failed;
  }
  const double idle = config.energy->sites.node(where).node(Activity::idle, 0).total();
  const double joules = mean * idle * out.time * held_share(plan.spot);
  out.standby += joules;
  out.it[region_of(config, where)] += joules;
}

void add_network(const TrainingConfig& config, ClusterId where, EnergyOutlook& out) {
  if (places_of(config, where).in_use == 0) return;
  const double joules = fabric_power(*config.fleet, where).watts * out.time *
                        held_share(config.failures[where.index].spot);
  out.network += joules;
  out.it[region_of(config, where)] += joules;
}

}  // namespace

EnergyOutlook energy_outlook(const TrainingConfig& config) {
  const std::size_t regions = config.energy->sites.regions.size();
  EnergyOutlook out{.it = std::vector<double>(regions), .at_work = std::vector<double>(regions)};
  for (const JobConfig& job : config.jobs) add_job(config, job, out);
  for (std::uint32_t c = 0; c < config.failures.size(); ++c) add_spares(config, {c}, out);
  for (std::uint32_t c = 0; c < config.failures.size(); ++c) add_network(config, {c}, out);
  return out;
}

}  // namespace fleetsim::training
