#include "workloads/training/energy_twin.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analytic/exact/carbon.h"
#include "sim/unit_text.h"
#include "topology/bill.h"
#include "workloads/training/energy_metrics.h"
#include "workloads/training/energy_outlook.h"
#include "workloads/training/metrics.h"
#include "workloads/training/prospect.h"
#include "workloads/training/telling.h"

namespace fleetsim::training {
namespace {

constexpr double worth_telling = 0.005;  // of a formula's distance from the exact one

// What IT energy by region comes to on sites that are what they are on average.
struct Charges {
  double facility = 0, carbon = 0, water = 0, energy_cost = 0;
};
Charges charges_of(const EnergyConfig& energy, const std::vector<double>& it, double time) {
  Charges out;
  for (std::size_t r = 0; r < it.size(); ++r) {
    if (it[r] == 0) continue;  // no job is there
    const Facility& facility = energy.sites.regions[r]->facility();
    const Grid& grid = energy.sites.regions[r]->grid();
    const double drawn = it[r] * facility.per_it.mean() + facility.fixed * time;
    out.facility += drawn;
    out.carbon += drawn * grid.carbon.mean();
    out.energy_cost += drawn * grid.price.mean();
    out.water += it[r] * facility.wue;
  }
  return out;
}

// What keeps the figures of the sites of jobs from being the same at all times.
struct Unsteady {
  std::string pue{}, carbon{}, price{};
};
Unsteady unsteady(const EnergyConfig& energy, const std::vector<double>& it) {
  Unsteady out;
  for (std::size_t r = 0; r < it.size(); ++r) {
    if (it[r] == 0) continue;
    const Facility& facility = energy.sites.regions[r]->facility();
    const Grid& grid = energy.sites.regions[r]->grid();
    if (!facility.per_it.constant()) out.pue = "the PUE changes over time";
    if (!grid.carbon.constant()) out.carbon = "the carbon of the grid changes over time";
    if (grid.demand_charge > 0) out.price = "a charge is on the highest power";
    if (!grid.price.constant()) out.price = "the price changes over time";
  }
  if (out.carbon.empty()) out.carbon = out.pue;
  if (out.price.empty()) out.price = out.pue;
  return out;
}

// What of the networks of jobs is taken to draw nothing.
std::string unknown_parts(const TrainingConfig& config) {
  bool switches = false, cables = false;
  for (std::uint32_t c = 0; c < config.failures.size(); ++c) {
    if (places_of(config, {c}).in_use == 0) continue;
    const FabricPower fabric = fabric_power(*config.fleet, {c});
    switches = switches || !fabric.switches_known;
    cables = cables || !fabric.cables_known;
  }
  if (!switches && !cables) return "";
  return fmt::format("power of {} unknown", switches && cables ? "switches and cables"
                                            : switches         ? "switches"
                                                               : "cables");
}

// What is owned, rented and kept for a time.
struct Held {
  double capital = 0, maintenance = 0, embodied = 0;  // $; $; kg
  double spot = 0, storage = 0;                       // $
  double rented = 0, of = 0;                          // nodes that are held, of those rented
};
Held held_for(const TrainingConfig& config, double time) {
  Held sum;
  for (std::uint32_t c = 0; c < config.failures.size(); ++c) {
    if (places_of(config, {c}).in_use == 0) continue;
    const ClusterPlan& plan = config.fleet->plan().clusters[c];
    const Sites& sites = config.energy->sites;
    const double nodes = static_cast<double>(plan.nodes) + plan.spares;
    const OwnershipShare one =
        share_of(sites.ownership({c}), nodes * sites.node({c}).devices, from_seconds(time));
    sum.capital += one.capital;
    sum.maintenance += one.maintenance;
    const std::optional<Spot>& spot = config.failures[c].spot;
    const double share = held_share(spot);
    sum.embodied += one.embodied * share;
    if (!spot) continue;
    sum.spot += spot->price * nodes * share * time;
    sum.rented += nodes * share;
    sum.of += nodes;
  }
  for (const JobConfig& job : config.jobs)
    sum.storage += job.checkpoint.storage * static_cast<double>(job.clusters().size()) * time;
  return sum;
}

class Telling {
 public:
  Telling(const TrainingConfig& config, Twin& twin)
      : config_(config),
        twin_(twin),
        out_(energy_outlook(config)),
        varies_(unsteady(*config.energy, out_.it)),
        charges_(charges_of(*config.energy, out_.it, out_.time)),
        owned_(held_for(config, out_.time)) {
    it_ = std::accumulate(out_.it.begin(), out_.it.end(), 0.0);
    const double life = config.energy->sites.ownership(config.jobs[0].cluster).lifetime;
    network_ = config.energy->network_price.value_or(0) * (out_.time / life);
    bought_ = owned_.capital + owned_.maintenance + network_ + owned_.spot + owned_.storage;
  }

  void energy() {
    const char* times = out_.formula.c_str();
    sum("energy.it", it_, times);
    sum("energy.facility", charges_.facility, "e.carbon", varies_.pue);
    for (std::size_t p = 0; p < phases; ++p) {
      // A phase that takes no time is a difference of shares of all time.
      const double joules = std::abs(out_.phase[p]) < 1e-12 * it_ ? 0 : out_.phase[p];
      sum(std::string("energy.phase.") + phase_names[p], joules, times);
      if (static_cast<Phase>(p) == Phase::checkpoint)
        twin_.predictions.back().rounding += out_.unseen;
      // A job on rented nodes waits without them: a difference of numbers that may be equal.
      if (static_cast<Phase>(p) == Phase::queued && pays_rent(config_))
        twin_.predictions.back().rounding += 1e-12 * it_;
    }
    parts(times);
    const double nodes = it_ - out_.network;
    ratio("energy.wasted_share", nodes - out_.phase[0], nodes, "e.cw");
    ratio("power.mean", charges_.facility, out_.time, "e.carbon", varies_.pue);
  }

  void parts(const char* times) {
    const double drawn = std::accumulate(out_.phase.begin(), out_.phase.end(), 0.0);
    sum("energy.accelerators", drawn - out_.overhead - out_.conversion, times);
    sum("energy.overhead", out_.overhead, times);
    sum("energy.conversion", out_.conversion, times);
    sum("energy.standby", out_.standby, times);
    sum("energy.network", out_.network, times);
    if (out_.broken.empty()) twin_.predictions.back().note = unknown_parts(config_);
  }

  void carbon() {
    sum("carbon.operational", charges_.carbon, "e.carbon", varies_.carbon);
    sum("carbon.embodied", owned_.embodied, "e.embodied");
    sum("carbon.total", charges_.carbon + owned_.embodied, "e.carbon", varies_.carbon);
    if (out_.weights > 0)
      ratio("carbon.per_weight", charges_.carbon, out_.weights, "e.cw", varies_.carbon);
    sum("water.total", charges_.water, "e.carbon");
  }

  void cost() {
    const double total = bought_ + charges_.energy_cost;
    sum("cost.capex", owned_.capital, "e.tco");
    sum("cost.energy", charges_.energy_cost, "e.tco", varies_.price);
    sum("cost.maintenance", owned_.maintenance, "e.tco");
    sum("cost.network", network_, "e.tco");
    if (pays_rent(config_)) sum("cost.spot", owned_.spot, "e.spot");
    if (pays_rent(config_)) ratio("spot.held", owned_.rented, owned_.of, "e.spot");
    if (pays_storage(config_)) sum("cost.storage", owned_.storage, "e.tco");
    sum("cost.total", total, "e.tco", varies_.price);
    ratio("cost.per_useful_hour", total, out_.useful / 3600, "e.tco", varies_.price);
    if (out_.tokens > 0)
      ratio("cost.per_million_tokens", total, out_.tokens / 1e6, "e.tco", varies_.price);
  }

  // What is told instead, where something else is predicted or could be but for the grid.
  void rivals() {
    if (!out_.broken.empty()) return;
    const bool hourly = varies_.carbon != varies_.pue && !varies_.carbon.empty();
    if (hourly)
      rival("carbon.operational", charges_.carbon, "average intensity",
            "it takes the mean of the grid for what it is while the job runs");
    const Charges book = charges_of(*config_.energy, out_.at_work, out_.time);
    if (varies_.carbon.empty() && far(book.carbon, charges_.carbon))
      rival("carbon.operational", book.carbon, "SustainabilityModel",
            "it has all devices at work, nothing fails, and networks draw nothing");
    const double total = bought_ + charges_.energy_cost;
    const double by_book = owned_.capital + owned_.maintenance + book.energy_cost;
    if (varies_.price.empty() && far(by_book, total) && !pays_rent(config_))
      rival("cost.total", by_book, "EconomicsModel",
            "it has all devices at work, and no network to pay for");
    if (varies_.carbon.empty()) best_interval();
  }

 private:
  static bool far(double value, double from) { return std::abs(value / from - 1) > worth_telling; }

  void told(const std::string& metric, double value, const char* formula, const std::string& varies,
            double rounding) {
    tell_quietly(twin_, metric, value, formula, out_.broken.empty() ? varies : out_.broken);
    twin_.predictions.back().rounding = rounding * std::abs(value);
  }
  void sum(const std::string& metric, double value, const char* formula,
           const std::string& varies = "") {
    told(metric, value, formula, varies, out_.overrun);
  }
  // By Wald's identity a ratio of one job has no error from where the run ends, unless its nodes
  // go back.
  void ratio(const char* metric, double over, double under, const char* formula,
             const std::string& varies = "") {
    told(metric, over / under, formula, varies,
         config_.jobs.size() > 1 || pays_rent(config_) ? out_.overrun : 0);
  }
  void rival(const char* metric, double value, const char* formula, const std::string& why) {
    twin_.rivals.push_back({metric, value, formula, why});
  }

  // Least energy for the work is not at the interval of least time where writes draw another power.
  void best_interval() {
    const JobConfig& job = config_.jobs[0];
    const Prospect prospect = prospect_of(config_, job);
    const bool plain = config_.jobs.size() == 1 && job.further.empty() && prospect.waiting == 0 &&
                       job.checkpoint.drain == Duration{} && job.checkpoint.levels() == 1 &&
                       job.checkpoint.verify.every == 0 && out_.weights > 0;
    if (!plain || prospect.rate == 0 || places_of(config_, job.cluster).spares > 0) return;
    const FailurePlan& plan = config_.failures[job.cluster.index];
    const PhaseWatts watts = phase_watts(config_.energy->sites.node(job.cluster), job);
    const double network = fabric_power(*config_.fleet, job.cluster).watts / job.nodes;
    const auto with_network = [&](Phase phase) {
      return watts[static_cast<std::size_t>(phase)] + network;
    };
    analytic::TrainedWeight weight{
        .plan = {.interval = seconds(job.checkpoint.interval),
                 .write = seconds(job.checkpoint.write),
                 .restart = seconds(plan.detection + job.restart + job.checkpoint.restore),
                 .mtbf = 1 / prospect.rate},
        .work_power = with_network(Phase::useful),
        .write_power = with_network(Phase::checkpoint),
        .restart_power = with_network(Phase::restart)};
    const auto now = analytic::carbon_per_weight(weight);
    if (!now || !(now->best_interval > 0)) return;
    weight.plan.interval = now->best_interval;
    const auto best = analytic::carbon_per_weight(weight);
    if (!best || !far(best->energy, now->energy)) return;
    rival("carbon.per_weight", charges_.carbon / out_.weights * (best->energy / now->energy),
          "e.cw", "it is the least, at an interval of " + format_measure(now->best_interval, "s"));
  }

  const TrainingConfig& config_;
  Twin& twin_;
  const EnergyOutlook out_;
  const Unsteady varies_;
  const Charges charges_;
  const Held owned_;
  double it_ = 0, bought_ = 0, network_ = 0;  // J; $; $ of that
};

}  // namespace

void tell_of_energy(const TrainingConfig& config, Twin& twin) {
  if (!counts_energy(config)) return;
  Telling telling(config, twin);
  telling.energy();
  telling.carbon();
  telling.cost();
  telling.rivals();
}

}  // namespace fleetsim::training
