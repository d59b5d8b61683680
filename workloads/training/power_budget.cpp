#include "workloads/training/power_budget.h"

#include <algorithm>
#include <limits>

#include "topology/bill.h"
#include "workloads/training/draw.h"
#include "workloads/training/metrics.h"

namespace fleetsim::training {
namespace {

constexpr double no_cap = std::numeric_limits<double>::infinity();

// W of a node whose devices do all they can.
double busiest(const NodePower& node) {
  return std::max(node.node(Activity::compute, 1).total(), node.node(Activity::memory, 1).total());
}

class Demand {
 public:
  Demand(const TrainingConfig& config, const Sites& sites, RegionId region)
      : config_(config),
        sites_(sites) {
    const auto& clusters = config.fleet->plan().clusters;
    for (std::uint32_t c = 0; c < clusters.size(); ++c)
      if (clusters[c].region == region && places_of(config, {c}).in_use > 0)
        clusters_.push_back({c});
  }

  // W of IT with every job at its busiest and such a cap beside those there are.
  double at(double cap) const {
    double sum = 0;
    for (const ClusterId where : clusters_) {
      NodePower node = sites_.node(where);
      node.cap = std::min(cap, node.cap.value_or(no_cap));
      for (const JobConfig& job : config_.jobs)
        if (job.is_on(where)) sum += job.nodes * swing_of(node, job).most;
      const auto spares = static_cast<double>(places_of(config_, where).spares);
      sum += spares * node.node(Activity::idle, 0).total();
      sum += others_on(config_, where) * busiest(node);
      sum += fabric_power(*config_.fleet, where).watts;
    }
    return sum;
  }

  // W of the device that draws most of all when it idles.
  double idle() const {
    double most = 0;
    for (const ClusterId where : clusters_)
      most = std::max(most, sites_.node(where).device(Activity::idle, 0));
    return most;
  }

 private:
  const TrainingConfig& config_;
  const Sites& sites_;
  std::vector<ClusterId> clusters_{};
};

// The highest cap that keeps the budget: demand rises with the cap, which is halved in on to the
// last bit. REQUIRES: at(idle) is below the budget, and the demand without a cap above it.
double highest_cap(const Demand& demand, double budget) {
  double low = demand.idle(), high = 2 * low + 1;
  while (demand.at(high) <= budget) high *= 2;
  for (double middle = (low + high) / 2; low < middle && middle < high; middle = (low + high) / 2)
    (demand.at(middle) <= budget ? low : high) = middle;
  return low;
}

}  // namespace

std::vector<OverBudget> over_budget(const TrainingConfig& config, const Sites& sites) {
  std::vector<OverBudget> out;
  if (config.jobs.empty()) return out;
  for (std::uint32_t r = 0; r < sites.regions.size(); ++r) {
    const std::optional<double> budget = sites.regions[r]->facility().budget;
    const Demand demand(config, sites, {r});
    if (!budget || demand.at(no_cap) <= *budget) continue;
    OverBudget site{.region = {r}, .budget = *budget, .wanted = demand.at(no_cap)};
    site.least = demand.at(demand.idle());
    if (site.least < *budget) site.cap = highest_cap(demand, *budget);
    out.push_back(site);
  }
  return out;
}

}  // namespace fleetsim::training
