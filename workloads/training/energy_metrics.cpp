#include "workloads/training/energy_metrics.h"

#include <algorithm>

#include "workloads/training/metrics.h"

namespace fleetsim::training {
namespace {

template <class Question>
bool all_jobs(const TrainingConfig& config, Question question) {
  return std::all_of(config.jobs.begin(), config.jobs.end(), question);
}

}  // namespace

bool counts_energy(const TrainingConfig& config) {
  return config.energy && !config.jobs.empty();
}

bool pays_rent(const TrainingConfig& config) {
  for (std::uint32_t c = 0; c < config.failures.size(); ++c)
    if (config.failures[c].spot && places_of(config, {c}).in_use > 0) return true;
  return false;
}

bool pays_storage(const TrainingConfig& config) {
  return !all_jobs(config, [](const JobConfig& job) { return job.checkpoint.storage == 0; });
}

std::vector<Measured> energy_metrics(const TrainingConfig& config, const EnergyWindow& window,
                                     std::uint32_t windows) {
  std::vector<Measured> out;
  if (!counts_energy(config)) return out;
  const auto sum = [&](const std::string& name, const char* unit, double value) {
    out.push_back({{name, unit}, value * windows});
  };
  const auto ratio = [&](const char* name, const char* unit, double over, double under) {
    out.push_back(as_measured({name, unit}, {over, under}));
  };
  const double it = window.it(), nodes = it - window.fabric;
  sum("energy.it", "J", it);
  sum("energy.facility", "J", window.facility);
  for (std::size_t p = 0; p < phases; ++p)
    sum(std::string("energy.phase.") + phase_names[p], "J", window.phase[p]);
  sum("energy.accelerators", "J", window.accelerators());
  sum("energy.overhead", "J", window.overhead);
  sum("energy.conversion", "J", window.conversion);
  sum("energy.standby", "J", window.standby);
  sum("energy.network", "J", window.fabric);
  const double useful = window.phase[static_cast<std::size_t>(Phase::useful)];
  ratio("energy.wasted_share", "1", nodes - useful, nodes);
  ratio("power.mean", "W", window.facility, seconds(window.length));
  out.push_back({{"power.peak", "W"}, window.peak});
  out.push_back({{"power.ramp", "W"}, window.ramp});
  sum("carbon.operational", "kg", window.carbon);
  sum("carbon.embodied", "kg", window.embodied);
  sum("carbon.total", "kg", window.carbon + window.embodied);
  if (all_jobs(config, [](const JobConfig& job) {
        return job.work && job.step && job.step->parameters > 0;
      }))
    ratio("carbon.per_weight", "kg", window.carbon, window.weights);
  sum("water.total", "L", window.water);
  const double cost = window.capital + window.energy_cost + window.maintenance + window.network +
                      window.spot + window.storage;
  sum("cost.capex", "USD", window.capital);
  sum("cost.energy", "USD", window.energy_cost);
  sum("cost.maintenance", "USD", window.maintenance);
  if (config.energy->network_price) sum("cost.network", "USD", window.network);
  if (pays_rent(config)) sum("cost.spot", "USD", window.spot);
  if (pays_storage(config)) sum("cost.storage", "USD", window.storage);
  sum("cost.total", "USD", cost);
  ratio("cost.per_useful_hour", "USD", cost, window.useful / 3600);
  if (all_jobs(config, [](const JobConfig& job) { return job.step.has_value(); }))
    ratio("cost.per_million_tokens", "USD", cost, window.tokens / 1e6);
  if (pays_rent(config))
    out.push_back(as_measured({"spot.held", "1"},
                              {window.held * seconds(window.length), seconds(window.length)}));
  return out;
}

}  // namespace fleetsim::training
