#include "workloads/loads/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fleetsim::loads {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

double ratio(double a, double b) {
  return b > 0 ? a / b : nothing;
}

class Window {
 public:
  Window(Instant from, Instant to, std::uint32_t windows)
      : from_(from),
        to_(to),
        windows_(windows) {}

  void sites(const LoadsConfig& config, const History& history);
  void load(const LoadsConfig& config, std::uint32_t number, const Lived& lived);
  std::vector<Measured> take() { return std::move(out_); }

 private:
  void tell(const std::string& name, const char* unit, double value, double weight = 1) {
    out_.push_back({{name, unit}, value, weight});
  }
  void tell_sum(const std::string& name, const char* unit, double value) {
    tell(name, unit, value * windows_);
  }
  OwnershipShare owned(const LoadsConfig& config, const History& history) const;
  void tell_better(const LoadsConfig& config, std::uint32_t number, const Lived& lived);

  Instant from_, to_;
  double windows_;
  std::vector<Measured> out_;
};

// Nodes are charged for the time in which something runs on them.
OwnershipShare Window::owned(const LoadsConfig& config, const History& history) const {
  std::vector<double> seconds_of(config.sites.owned.size());
  for (const Piece& piece : history.pieces) {
    const Place& place = config.loads[history.jobs[piece.job].load].places[piece.place];
    const Instant from = std::max(from_, piece.from), to = std::min(to_, piece.to);
    if (place.cluster && from < to)
      seconds_of[place.cluster->index] += place.devices() * seconds(to - from);
  }
  constexpr Duration year = 365 * day;
  OwnershipShare sum;
  for (std::size_t i = 0; i < seconds_of.size(); ++i) {
    const OwnershipShare one = share_of(config.sites.owned[i], seconds_of[i] / seconds(year), year);
    sum.capital += one.capital;
    sum.maintenance += one.maintenance;
    sum.embodied += one.embodied;
  }
  return sum;
}

// The highest power of all sites together: looked at where what runs changes, and a PUE.
double highest_power(const LoadsConfig& config, const History& history, Instant from, Instant to) {
  struct Change {
    Instant at;
    std::uint32_t region;
    double watts;
  };
  std::vector<Change> changes;
  double fixed = 0;
  for (std::size_t r = 0; r < history.meters.size(); ++r)
    if (history.meters[r]) fixed += config.sites.regions[r]->facility().fixed;
  for (const Piece& piece : history.pieces) {
    const Place& place = config.loads[history.jobs[piece.job].load].places[piece.place];
    const Instant begin = std::max(from, piece.from), end = std::min(to, piece.to);
    if (begin >= end) continue;
    changes.push_back({begin, place.region.index, piece.watts});
    changes.push_back({end, place.region.index, -piece.watts});
  }
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) { return a.at < b.at; });
  std::vector<double> watts(history.meters.size());
  double highest = fixed;
  const auto look = [&](Instant now, Instant end) {
    while (now < end) {
      double sum = fixed;
      Instant next = end;
      for (std::size_t r = 0; r < watts.size(); ++r) {
        const StepSeries& per_it = config.sites.regions[r]->facility().per_it;
        sum += watts[r] * per_it.at(now);
        next = std::min(next, per_it.next_change(now).value_or(end));
      }
      highest = std::max(highest, sum);
      now = next;
    }
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    watts[changes[i].region] += changes[i].watts;
    if (i + 1 < changes.size()) look(changes[i].at, changes[i + 1].at);
  }
  return highest;
}

void Window::sites(const LoadsConfig& config, const History& history) {
  SiteUsage sum;
  for (const std::optional<Meter>& meter : history.meters) {
    if (!meter) continue;
    const SiteUsage one = meter->usage(from_, to_);
    sum.it += one.it;
    sum.facility += one.facility;
    sum.carbon += one.carbon;
    sum.energy_cost += one.energy_cost + one.demand_cost;
    sum.water += one.water;
    sum.mean_power += one.mean_power;
    sum.largest_step = std::max(sum.largest_step, one.largest_step);
  }
  double network = 0;
  for (const History::Paid& paid : history.paid)
    if (from_ <= paid.when && paid.when < to_) network += paid.price;
  const OwnershipShare own = owned(config, history);
  tell_sum("energy.it", "J", sum.it);
  tell_sum("energy.facility", "J", sum.facility);
  tell("power.mean", "W", sum.mean_power);
  tell("power.peak", "W", highest_power(config, history, from_, to_));
  tell("power.ramp", "W", sum.largest_step);
  tell_sum("carbon.operational", "kg", sum.carbon);
  tell_sum("carbon.embodied", "kg", own.embodied);
  tell_sum("carbon.total", "kg", sum.carbon + own.embodied);
  tell_sum("water.total", "L", sum.water);
  tell_sum("cost.capex", "$", own.capital);
  tell_sum("cost.energy", "$", sum.energy_cost);
  tell_sum("cost.maintenance", "$", own.maintenance);
  tell_sum("cost.network", "$", network);
  tell_sum("cost.total", "$", own.capital + sum.energy_cost + own.maintenance + network);
}

double wait_of(const Job& job) {
  return seconds(job.ended - job.arrival - job.needs);
}

// The jobs of a load that arrive in a window.
template <class Visit>
void each_job(const Lived& lived, std::uint32_t load, Instant from, Instant to, Visit visit) {
  const std::vector<Job>& jobs = lived.as_decided.jobs;
  const auto earlier = [](const Job& job, Instant t) { return job.arrival < t; };
  const auto first = std::lower_bound(jobs.begin(), jobs.end(), from, earlier);
  for (auto job = first; job != jobs.end() && job->arrival < to; ++job)
    if (job->load == load) visit(*job, static_cast<std::size_t>(job - jobs.begin()));
}

QuantileSketch waits_of(const Lived& lived, std::uint32_t load, Instant from, Instant to) {
  QuantileSketch out;
  each_job(lived, load, from, to, [&](const Job& job, std::size_t) {
    if (job.done()) out.add(std::max(0.0, wait_of(job)) * 1e9);
  });
  return out;
}

// With less power, which takes less energy: the optimum at full power is then no bound.
bool may_run_slowly(const LoadsConfig& config, const LoadConfig& load) {
  const auto may_be_full = [&](const Place& place) {
    return config.sites.site(place.region).facility().budget.has_value();
  };
  return load.policy == Policy::capped ||
         (load.cap_when_over && std::any_of(load.places.begin(), load.places.end(), may_be_full));
}

void Window::tell_better(const LoadsConfig& config, std::uint32_t number, const Lived& lived) {
  const LoadConfig& load = config.loads[number];
  const std::string prefix = prefix_of(config, load);
  double carbon = 0, cost = 0, carbon_at_once = 0, cost_at_once = 0;
  double bounded_carbon = 0, bounded_cost = 0, least_carbon = 0, least_cost = 0;
  each_job(lived, number, from_, to_, [&](const Job& job, std::size_t id) {
    if (!job.in_time() || !lived.at_once[id].done()) return;
    carbon += job.carbon;
    cost += job.cost;
    carbon_at_once += lived.at_once[id].carbon;
    cost_at_once += lived.at_once[id].cost;
    const Lived::Least& least = lived.least[id];
    if (!least.carbon) return;
    bounded_carbon += job.carbon;
    bounded_cost += job.cost;
    least_carbon += *least.carbon;
    least_cost += *least.cost;
  });
  if (load.policy != Policy::at_once) {
    tell(prefix + "carbon_saved", "1", 1 - ratio(carbon, carbon_at_once), carbon_at_once);
    tell(prefix + "cost_saved", "1", 1 - ratio(cost, cost_at_once), std::max(0.0, cost_at_once));
  }
  if (!load.deadline || may_run_slowly(config, load)) return;
  tell(prefix + "regret", "1", ratio(bounded_carbon, least_carbon) - 1, least_carbon);
  tell(prefix + "cost_regret", "1", ratio(bounded_cost, least_cost) - 1, std::max(0.0, least_cost));
}

void Window::load(const LoadsConfig& config, std::uint32_t number, const Lived& lived) {
  const LoadConfig& load = config.loads[number];
  const std::string prefix = prefix_of(config, load);
  double completed = 0, missed = 0, done = 0, wait = 0, pauses = 0, moves = 0;
  double facility = 0, carbon = 0, cost = 0;
  each_job(lived, number, from_, to_, [&](const Job& job, std::size_t) {
    (job.in_time() ? completed : missed) += 1;
    if (job.done()) {
      done += 1;
      wait += wait_of(job);
    }
    pauses += job.pauses;
    moves += job.moves;
    facility += job.facility;
    carbon += job.carbon;
    cost += job.cost;
  });
  const QuantileSketch sketch = waits_of(lived, number, from_, to_);
  tell_sum(prefix + "completed", "count", completed);
  tell_sum(prefix + "missed", "count", missed);
  tell(prefix + "wait.mean", "s", ratio(wait, done), done);
  tell(prefix + "wait.p99", "s", done > 0 ? sketch.quantile(0.99) / 1e9 : nothing, done);
  tell_sum(prefix + "pauses", "count", pauses);
  tell_sum(prefix + "moves", "count", moves);
  tell_sum(prefix + "energy", "J", facility);
  tell_sum(prefix + "carbon", "kg", carbon);
  tell_sum(prefix + "cost", "$", cost);
  tell(prefix + "intensity", "g/kWh", ratio(carbon, facility) * grams_per_kwh, facility);
  tell_better(config, number, lived);
}

}  // namespace

std::string prefix_of(const LoadsConfig& config, const LoadConfig& load) {
  return config.loads.size() == 1 ? "load." : "load." + load.name + ".";
}

Lived live(const LoadsConfig& config, const Chance& chance, Instant end) {
  std::vector<Job> jobs = jobs_of(config, chance, end);
  LoadsConfig plain = config;
  bool decides = false;
  for (LoadConfig& load : plain.loads) {
    decides = decides || load.policy != Policy::at_once;
    load.policy = Policy::at_once;
  }
  Lived out;
  std::vector<Signal> carbon, cost;
  for (const LoadConfig& load : config.loads) {
    carbon.emplace_back(load, config.sites, Signal::Of::carbon);
    cost.emplace_back(load, config.sites, Signal::Of::cost);
  }
  for (const Job& job : jobs) {
    const LoadConfig& load = config.loads[job.load];
    const Task task{job.arrival, job.needs, job.deadline};
    out.least.emplace_back();
    if (load.deadline)
      out.least.back() = {least_value(load, carbon[job.load], task),
                          least_value(load, cost[job.load], task)};
  }
  out.as_decided = run(config, jobs);
  out.at_once = decides ? run(plain, std::move(jobs)).jobs : out.as_decided.jobs;
  return out;
}

std::vector<Measured> measure(const LoadsConfig& config, const Lived& lived, Instant from,
                              Instant to, std::uint32_t windows) {
  Window window(from, to, windows);
  window.sites(config, lived.as_decided);
  for (std::uint32_t i = 0; i < config.loads.size(); ++i) window.load(config, i, lived);
  return window.take();
}

std::vector<MetricSpec> specs_of(const LoadsConfig& config) {
  LoadsConfig never = config;
  for (LoadConfig& load : never.loads) load.first = 1_ns;
  const Lived none = live(never, {}, Instant{1});
  std::vector<MetricSpec> out;
  for (Measured& one : measure(config, none, {}, Instant{1}, 1))
    out.push_back(std::move(one.metric));
  return out;
}

std::vector<Distribution> waits(const LoadsConfig& config, const Lived& lived, Instant from,
                                Instant to) {
  std::vector<Distribution> out;
  for (std::uint32_t i = 0; i < config.loads.size(); ++i)
    out.push_back({prefix_of(config, config.loads[i]) + "wait", waits_of(lived, i, from, to)});
  return out;
}

}  // namespace fleetsim::loads
