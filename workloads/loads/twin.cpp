#include "workloads/loads/twin.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "analytic/exact/carbon.h"
#include "analytic/queueing/erlang.h"
#include "analytic/queueing/mg1.h"
#include "workloads/loads/metrics.h"

namespace fleetsim::loads {
namespace {

struct Told {
  double value = 0;
  std::string formula{};
  double each = 0;  // see Prediction
};
using Values = std::map<std::string, Told>;

struct Span {
  Instant from{}, to{};
};

// The integral of power times the product of series, step by step of all of them; empty where one
// is negative, which the closed form does not take.
std::optional<double> by_steps(double watts, const std::vector<const StepSeries*>& factors,
                               Span span) {
  if (span.from >= span.to) return 0;
  std::vector<double> times, values;
  for (Instant now = span.from; now < span.to;) {
    double value = 1;
    Instant next = span.to;
    for (const StepSeries* factor : factors) {
      value *= factor->at(now);
      next = std::min(next, factor->next_change(now).value_or(span.to));
    }
    times.push_back(seconds(now - span.from));
    values.push_back(value);
    now = next;
  }
  const std::vector<double> zero{0}, power{watts};
  const auto out =
      analytic::stepwise_carbon({zero, power}, {times, values}, seconds(span.to - span.from), 1);
  if (!out) return std::nullopt;
  return out->carbon;
}

// Whose buildings draw what they do at any load.
std::set<std::uint32_t> regions_of(const LoadsConfig& config) {
  std::set<std::uint32_t> out;
  for (const LoadConfig& load : config.loads)
    for (const Place& place : load.places) out.insert(place.region.index);
  return out;
}

// Loads of which everything is known beforehand.
class Known {
 public:
  explicit Known(const LoadsConfig& config)
      : config_(config),
        window_{Instant{} + config.warm_up, Instant{} + config.horizon} {}

  // Why there is nothing to tell; empty where there is.
  std::string obstacle() const;
  Values values();

 private:
  // The equal steps of a site from an arrival to its deadline.
  struct Steps {
    std::vector<double> intensity;  // with the PUE
    std::vector<Instant> begins;
    Duration step{};
  };
  std::optional<Steps> steps_of(const LoadConfig& load, Instant arrival) const;
  std::optional<std::vector<Span>> spans_of(const LoadConfig& load, const Job& job) const;
  bool tied(const LoadConfig& load, const Job& job) const;
  void job(const LoadConfig& load, const Job& job);
  void sums();
  void load(std::uint32_t number, const std::vector<Job>& jobs);
  std::string carbon_formula() const;
  void tell(const std::string& name, double value, const std::string& formula) {
    out_[name] = {value, formula};
  }

  const LoadsConfig& config_;
  Span window_;
  Values out_;
  double it_ = 0, facility_ = 0, carbon_ = 0, cost_ = 0, water_ = 0;
  double capital_ = 0, maintenance_ = 0, embodied_ = 0;
  bool cost_known_ = true, energy_known_ = true, shifted_ = false;
};

std::string Known::obstacle() const {
  std::vector<double> needed(config_.sites.regions.size());
  for (const LoadConfig& load : config_.loads) {
    const bool shifts = load.policy == Policy::cleanest && load.pausable &&
                        load.pause == Duration{} && load.places.size() == 1;
    if (!load.certain()) return "no closed form: arrivals or needs follow chance";
    if (load.policy != Policy::at_once && !shifts)
      return "no closed form of this policy: e.shift takes free pauses at one place";
    const Place& place = load.places[0];
    const auto& budget = config_.sites.site(place.region).facility().budget;
    needed[place.region.index] += place.draw(1).watts;
    if (budget && (load.gap || needed[place.region.index] > *budget))
      return "no closed form: the site may be full";
  }
  for (const Job& job : jobs_of(config_, {}, window_.to))
    if (!spans_of(config_.loads[job.load], job))
      return "no closed form: e.shift takes whole steps from the arrival to the deadline";
  return "";
}

std::optional<Known::Steps> Known::steps_of(const LoadConfig& load, Instant arrival) const {
  const Site& site = config_.sites.site(load.places[0].region);
  const StepSeries &grid = site.grid().carbon, &pue = site.facility().per_it;
  const Instant end = arrival + *load.deadline;
  Steps out;
  for (Instant now = arrival; now < end;) {
    const Instant next =
        std::min({end, grid.next_change(now).value_or(end), pue.next_change(now).value_or(end)});
    if (out.begins.empty()) out.step = next - now;
    if (next - now != out.step) return std::nullopt;
    out.begins.push_back(now);
    out.intensity.push_back(grid.at(now) * pue.at(now));
    now = next;
  }
  return out;
}

// When a job runs: at once, or in the cleanest steps by e.shift.
std::optional<std::vector<Span>> Known::spans_of(const LoadConfig& load, const Job& job) const {
  if (load.policy == Policy::at_once)
    return std::vector<Span>{{job.arrival, job.arrival + job.needs}};
  const auto steps = steps_of(load, job.arrival);
  if (!steps || job.needs.ns % steps->step.ns != 0) return std::nullopt;
  const auto best = analytic::shift_optimum(steps->intensity, job.needs.ns / steps->step.ns);
  if (!best) return std::nullopt;
  std::vector<Span> out;
  for (const std::int64_t slot : best->slots) {
    const Instant from = steps->begins[static_cast<std::size_t>(slot)];
    out.push_back({from, from + steps->step});
  }
  return out;
}

// Other steps are as clean as the last that is chosen: the carbon is told, not which they are.
bool Known::tied(const LoadConfig& load, const Job& job) const {
  if (load.policy == Policy::at_once) return false;
  const auto steps = steps_of(load, job.arrival);
  std::vector<double> sorted = steps->intensity;
  std::sort(sorted.begin(), sorted.end());
  const auto chosen = static_cast<std::size_t>(job.needs.ns / steps->step.ns);
  return chosen < sorted.size() && sorted[chosen] == sorted[chosen - 1];
}

void Known::job(const LoadConfig& load, const Job& job) {
  const Place& place = load.places[0];
  const Site& site = config_.sites.site(place.region);
  const double watts = place.draw(1).watts;
  if (tied(load, job)) {
    energy_known_ = energy_known_ && site.facility().per_it.constant();
    cost_known_ = cost_known_ && energy_known_ && site.grid().price.constant();
  }
  const auto spans = spans_of(load, job);
  check(spans.has_value(), "whoever asks has seen no obstacle");
  for (Span span : *spans) {
    span = {std::max(span.from, window_.from), std::min(span.to, window_.to)};
    if (span.from >= span.to) continue;
    const double time = seconds(span.to - span.from), year = seconds(365 * day);
    const StepSeries& pue = site.facility().per_it;
    it_ += watts * time;
    facility_ += *by_steps(watts, {&pue}, span);
    carbon_ += *by_steps(watts, {&pue, &site.grid().carbon}, span);
    const auto cost = by_steps(watts, {&pue, &site.grid().price}, span);
    cost_known_ = cost_known_ && cost;
    cost_ += cost.value_or(0);
    water_ += watts * time * site.facility().wue;
    if (!place.cluster) continue;
    const Ownership& own = config_.sites.ownership(*place.cluster);
    const double purchase = own.device_price * own.multiplier * place.devices();
    capital_ += purchase * time / own.lifetime;
    maintenance_ += purchase * own.maintenance * time / year;
    const auto made =
        analytic::amortised_embodied(own.embodied * place.devices(),
                                     std::min(time, own.embodied_lifetime), own.embodied_lifetime);
    embodied_ += *made * std::max(1.0, time / own.embodied_lifetime);
  }
}

std::string Known::carbon_formula() const {
  if (shifted_) return "e.shift";
  for (const LoadConfig& load : config_.loads)
    if (!config_.sites.site(load.places[0].region).carbon_per_it().constant()) return "e.trace";
  return "e.carbon";
}

// What sites draw whatever runs there.
void Known::sums() {
  for (const std::uint32_t region : regions_of(config_)) {
    const Site& site = *config_.sites.regions[region];
    const double fixed = site.facility().fixed;
    facility_ += *by_steps(fixed, {}, window_);
    carbon_ += *by_steps(fixed, {&site.grid().carbon}, window_);
    const auto cost = by_steps(fixed, {&site.grid().price}, window_);
    cost_known_ = cost_known_ && cost && site.grid().demand_charge == 0;
    cost_ += cost.value_or(0);
  }
  const std::string carbon = carbon_formula(), form = carbon == "e.shift" ? "e.carbon" : carbon;
  tell("energy.it", it_, "e.carbon");
  if (energy_known_) {
    tell("energy.facility", facility_, form);
    tell("power.mean", facility_ / seconds(window_.to - window_.from), form);
  }
  tell("carbon.operational", carbon_, carbon);
  tell("carbon.embodied", embodied_, "e.embodied");
  tell("carbon.total", carbon_ + embodied_, carbon);
  tell("water.total", water_, "e.carbon");
  tell("cost.capex", capital_, "e.tco");
  tell("cost.maintenance", maintenance_, "e.tco");
  tell("cost.network", 0, "e.tco");
  if (!cost_known_) return;
  tell("cost.energy", cost_, "e.tco");
  tell("cost.total", capital_ + maintenance_ + cost_, "e.tco");
}

void Known::load(std::uint32_t number, const std::vector<Job>& jobs) {
  const LoadConfig& load = config_.loads[number];
  const Site& site = config_.sites.site(load.places[0].region);
  const StepSeries &pue = site.facility().per_it, &grid = site.grid().carbon;
  const double watts = load.places[0].draw(1).watts;
  double count = 0, wait = 0, pauses = 0, facility = 0, carbon = 0, at_once = 0, least = 0;
  std::optional<double> cost = 0;
  bool bounded = load.deadline && load.pausable && load.places.size() == 1, ties = false;
  for (const Job& job : jobs) {
    if (job.load != number || job.arrival < window_.from) continue;
    const std::vector<Span> spans = *spans_of(load, job);
    ++count;
    ties = ties || tied(load, job);
    wait += seconds(spans.back().to - job.arrival - job.needs);
    for (std::size_t i = 0; i < spans.size(); ++i) {
      if (i > 0 && spans[i - 1].to < spans[i].from) ++pauses;
      facility += *by_steps(watts, {&pue}, spans[i]);
      carbon += *by_steps(watts, {&pue, &grid}, spans[i]);
      const auto paid = by_steps(watts, {&pue, &site.grid().price}, spans[i]);
      cost = cost && paid ? std::optional(*cost + *paid) : std::nullopt;
    }
    at_once += *by_steps(watts, {&pue, &grid}, {job.arrival, job.arrival + job.needs});
    const auto steps = bounded ? steps_of(load, job.arrival) : std::nullopt;
    bounded = steps && job.needs.ns % steps->step.ns == 0;
    if (!bounded) continue;
    const auto best = analytic::shift_optimum(steps->intensity, job.needs.ns / steps->step.ns);
    least += best->best * watts * seconds(job.needs);
  }
  if (count == 0) return;
  const std::string prefix = prefix_of(config_, load);
  const std::string formula = carbon_formula();
  tell(prefix + "completed", count, formula);
  tell(prefix + "missed", 0, formula);
  if (!ties) tell(prefix + "wait.mean", wait / count, formula);
  if (!ties) tell(prefix + "pauses", pauses, formula);
  tell(prefix + "moves", 0, formula);
  tell(prefix + "carbon", carbon, formula);
  if (!ties || pue.constant()) tell(prefix + "energy", facility, "e.carbon");
  if (cost && (!ties || (pue.constant() && site.grid().price.constant())))
    tell(prefix + "cost", *cost, "e.tco");
  if (facility > 0 && (!ties || pue.constant()))
    tell(prefix + "intensity", carbon / facility * grams_per_kwh, formula);
  if (at_once > 0) tell(prefix + "carbon_saved", 1 - carbon / at_once, "e.shift");
  if (bounded && least > 0) tell(prefix + "regret", carbon / least - 1, "e.shift");
}

Values Known::values() {
  for (const LoadConfig& load : config_.loads)
    shifted_ = shifted_ || load.policy != Policy::at_once;
  const std::vector<Job> jobs = jobs_of(config_, {}, window_.to);
  for (const Job& one : jobs) job(config_.loads[one.load], one);
  sums();
  for (std::uint32_t i = 0; i < config_.loads.size(); ++i) load(i, jobs);
  return std::move(out_);
}

// One load on one site that holds `servers` of it.
struct Line {
  double rate = 0;
  std::optional<std::uint64_t> servers{};  // empty: no budget
};
std::optional<Line> line_of(const LoadsConfig& config) {
  const LoadConfig& load = config.loads[0];
  const bool poisson = load.gap && std::holds_alternative<ExponentialLaw>(load.gap->kind());
  if (config.loads.size() > 1 || load.policy != Policy::at_once || !poisson ||
      load.first > Duration{} || load.cap_when_over)
    return std::nullopt;
  Line out{.rate = 1 / load.gap->mean()};
  const auto& budget = config.sites.site(load.places[0].region).facility().budget;
  if (budget)
    out.servers =
        static_cast<std::uint64_t>(std::floor(*budget * (1 + 1e-9) / load.places[0].draw(1).watts));
  return out;
}

Values line_values(const LoadsConfig& config, const Line& line, Twin& twin) {
  const LoadConfig& load = config.loads[0];
  const double mean = load.needs.mean(), rate = line.rate;
  Values out;
  if (!line.servers) {
    out["load.wait.mean"] = {0, "q.mginf"};
  } else if (std::holds_alternative<ExponentialLaw>(load.needs.kind())) {
    if (const auto queue = analytic::mmc({rate, 1 / mean, *line.servers})) {
      out["load.wait.mean"] = {queue->means.wait, "q.mmc",
                               queue->means.wait / queue->wait_probability};
      if (const auto p99 = analytic::mmc_wait_quantile(*queue, 0.99))
        out["load.wait.p99"] = {*p99, "q.mmc"};
    }
  } else if (*line.servers == 1) {
    if (const auto queue = analytic::mg1_fcfs(rate, load.needs))
      out["load.wait.mean"] = {queue->wait, "q.mg1", queue->wait / (rate * mean)};
  } else if (const auto queue = analytic::mmc({rate, 1 / mean, *line.servers})) {
    const double cv = load.needs.cv();
    twin.rivals.push_back({"load.wait.mean", queue->means.wait * (1 + cv * cv) / 2, "q.mgc",
                           "it takes the wait of exponential needs times (1 + cv^2)/2"});
  }
  const Site& site = config.sites.site(load.places[0].region);
  if (!site.facility().per_it.constant() ||
      (line.servers && rate * mean >= static_cast<double>(*line.servers)))
    return out;
  const double it = rate * mean * load.places[0].draw(1).watts;
  double facility = it * site.facility().per_it.at({});
  double carbon = facility * site.grid().carbon.at({});
  bool constant = site.grid().carbon.constant();
  for (const std::uint32_t region : regions_of(config)) {
    const Site& one = *config.sites.regions[region];
    const double fixed = one.facility().fixed;
    facility += fixed;
    carbon += fixed * one.grid().carbon.at({});
    constant = constant && (fixed == 0 || one.grid().carbon.constant());
  }
  const double span = seconds(config.horizon - config.warm_up);
  out["energy.it"] = {it * span, "q.little"};
  out["energy.facility"] = {facility * span, "q.little"};
  out["power.mean"] = {facility, "q.little"};
  if (constant) out["carbon.operational"] = {carbon * span, "e.carbon"};
  return out;
}

}  // namespace

Twin twin_of(const LoadsConfig& config) {
  Known known(config);
  std::string why = known.obstacle();
  Twin out;
  Values values;
  if (why.empty()) {
    values = known.values();
    why = "no closed form is told of this";
  } else if (const auto line = line_of(config); line && config.warm_up == Duration{}) {
    why = "no closed form: sites begin empty, which a warm-up would leave out";
  } else if (line) {
    values = line_values(config, *line, out);
    why = "no closed form is told of this";
  }
  for (const MetricSpec& metric : specs_of(config)) {
    Prediction prediction{.metric = metric.name, .value = {}, .formula = {}, .note = why};
    if (const auto found = values.find(metric.name); found != values.end()) {
      prediction.value = found->second.value;
      prediction.formula = found->second.formula;
      prediction.each = found->second.each;
      prediction.note.clear();
    }
    out.predictions.push_back(std::move(prediction));
  }
  return out;
}

}  // namespace fleetsim::loads
