#include "tools/experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <numeric>

#include "sim/batch_means.h"
#include "sim/comparison.h"
#include "sim/nearest.h"
#include "sim/spread.h"
#include "sim/unit_text.h"
#include "sim/warm_up.h"
#include "tools/sections.h"
#include "tools/version.h"

namespace fleetsim {
namespace {

constexpr std::uint32_t pilots = 4;
constexpr std::uint32_t pilot_bins = 5000;
constexpr std::uint32_t pilot_floor = pilot_bins / 20;
constexpr std::uint32_t series_bins = 1000;
constexpr double next_to_nothing = 1e-6;  // of weights: those of ratios over what was not seen
constexpr std::uint32_t first_pilot = 1u << 31;  // replications count from 0 and stay below

// NaN equals NaN here.
bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

double total(const std::vector<double>& weights) {
  return std::accumulate(weights.begin(), weights.end(), 0.0);
}

class Experiment {
 public:
  Experiment(const LoadedScenario& loaded, const ExperimentOptions& options, Crew& crew,
             Progress& progress)
      : loaded_(loaded),
        run_(loaded.scenario.run),
        model_(model_of(loaded.scenario)),
        options_(options),
        crew_(crew),
        progress_(progress),
        single_(run_.replications == 1 && !options.until),
        specs_(model_->metrics()) {}

  Result<Results> results();

 private:
  struct Row {                            // one replication, or one batch of the only one
    std::vector<double> values, weights;  // by metric
    std::vector<ControlValue> controls;
  };

  void find_warm_up();
  Status resume();
  Status replicate();
  void run_up_to(std::uint64_t count);
  void keep(std::uint64_t number, Observation seen);
  void show(std::uint64_t done, std::uint64_t total);
  Chance chance_of(std::uint64_t number) const;
  Result<std::size_t> until_metric() const;
  std::vector<double> column(std::size_t metric, std::vector<double> Row::*what) const;
  Estimate estimate(std::size_t metric, double level) const;
  void describe();
  void measure(const Twin& twin);
  static void judge(MetricResult& metric, const Prediction& prediction);
  void find_out(const Twin& twin);
  void check_batches();
  void look_out();

  const LoadedScenario& loaded_;
  const RunConfig& run_;
  std::unique_ptr<const Model> model_;
  const ExperimentOptions& options_;
  Crew& crew_;
  Progress& progress_;
  bool single_;
  Duration warm_up_;
  std::optional<double> precision_;  // of the metric that --until names, when last looked at
  std::vector<MetricSpec> specs_;
  Sections sections_;
  std::vector<Row> rows_;
  std::vector<std::uint64_t> events_;  // by replication
  std::atomic<std::uint64_t> events_so_far_ = 0;
  Results out_;
};

Chance Experiment::chance_of(std::uint64_t number) const {
  const auto replication = static_cast<std::uint32_t>(number);
  if (!run_.antithetic) return {.seed = run_.seed, .replication = replication};
  const auto mode = replication % 2 == 0 ? Stream::Mode::inversion : Stream::Mode::antithetic;
  return {.seed = run_.seed, .replication = replication / 2, .mode = mode};
}

// Pilot replications, of which only the number of customers over time is looked at. What they are
// too few to see, the mean of a thousand replications would show: so a twentieth goes in any case.
void Experiment::find_warm_up() {
  if (run_.warm_up) {
    warm_up_ = *run_.warm_up;
    return;
  }
  std::vector<std::vector<double>> present(pilots);
  const auto pilot = [&](std::uint64_t i) {
    const Chance chance{.seed = run_.seed,
                        .replication = first_pilot + static_cast<std::uint32_t>(i)};
    present[i] = model_->simulate(chance, {.end = run_.horizon, .bins = pilot_bins}, nullptr).load;
  };
  crew_.run(0, pilots, pilot);
  if (crew_.interrupted()) return;
  std::vector<double> mean(pilot_bins, 0.0);
  for (const std::vector<double>& series : present)
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += series[i] / pilots;
  const WarmUp found = mser5(mean);
  const std::size_t left_out = std::max<std::size_t>(found.length, pilot_floor);
  warm_up_ = Duration{run_.horizon.ns / pilot_bins * static_cast<std::int64_t>(left_out)};
  if (!found.settled)
    out_.findings.push_back(
        {"run.warm_up", "the horizon is too short to see where the warm-up ends (MSER-5); " +
                            format_measure(seconds(warm_up_), "s") + " were left out"});
}

Status Experiment::resume() {
  if (!options_.resume) return Done{};
  const SavedReplications& saved = *options_.resume;
  if (saved.resolved_text != loaded_.resolved_text || saved.seed != run_.seed ||
      saved.version != version)
    return Error{"--resume: the results file is of another scenario, seed or version"};
  if (single_) return Error{"--resume: a run of one replication is whole when it is there"};
  if (run_.control_variates) return Error{"--resume: the file does not keep control variates"};
  for (const SavedReplications::Metric& metric : saved.metrics)
    if (metric.values.size() != saved.replications ||
        (!metric.weights.empty() && metric.weights.size() != saved.replications))
      return Error{"--resume: the results file lacks replications of " + metric.name};
  std::vector<Row> rows(saved.replications);
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (const SavedReplications::Metric& metric : saved.metrics) {
      rows[i].values.push_back(metric.values[i]);
      rows[i].weights.push_back(metric.weights.empty() ? 1 : metric.weights[i]);
    }
  if (rows.empty()) return Done{};
  run_up_to(1);  // the file has no series; and this proves that it is ours
  if (rows_.empty()) return Done{};
  if (!same_bits(rows_[0].values, rows[0].values))
    return Error{"--resume: replication 0 comes out differently from the results file"};
  rows[0] = rows_[0];
  rows_ = std::move(rows);
  if (!sections_.read(saved.sketches))
    return Error{"--resume: the results file lacks what is needed to go on from it"};
  out_.events = saved.events - events_[0];
  events_.resize(rows_.size(), 0);
  return Done{};
}

void Experiment::keep(std::uint64_t number, Observation seen) {
  events_[number] = seen.events;
  events_so_far_ += seen.events;
  const auto row = [](const std::vector<Measured>& window) {
    Row out;
    for (const Measured& m : window) {
      out.values.push_back(m.value);
      out.weights.push_back(m.weight);
    }
    return out;
  };
  if (single_) {
    rows_.clear();
    for (std::size_t i = 0; i < seen.windows.size(); ++i) {
      rows_.push_back(row(seen.windows[i]));
      sections_.add(i, seen.distributions[i]);
    }
  } else {
    rows_[number] = row(seen.windows[0]);
    rows_[number].controls = std::move(seen.controls);
    sections_.add(run_.antithetic ? number / 2 : number, seen.distributions[0]);
  }
  if (number > 0) return;
  out_.series = std::move(seen.series);
  out_.tables = std::move(seen.tables);
  out_.findings.insert(out_.findings.end(), seen.findings.begin(), seen.findings.end());
}

void Experiment::show(std::uint64_t done, std::uint64_t total) {
  Progress::State state{
      .doing = "replication", .done = done, .total = total, .events = events_so_far_};
  if (options_.until) {
    state.target = options_.until->half_width;
    state.half_width = precision_;
  }
  progress_.show(state);
}

// Runs the replications that are missing below `count`, or fewer when interrupted.
void Experiment::run_up_to(std::uint64_t count) {
  const std::uint64_t first = rows_.size();
  if (first >= count) return;
  rows_.resize(count);
  events_.resize(count, 0);
  const auto job = [&](std::uint64_t i) {
    const Plan plan{.warm_up = warm_up_,
                    .end = run_.horizon,
                    .windows = single_ && !model_->ends() ? run_.batches : 1,
                    .bins = i == 0 ? series_bins : 0,
                    .keep_visits = i == 0 ? run_.keep_requests : 0};
    keep(i, model_->simulate(chance_of(i), plan, i == 0 ? options_.watch : nullptr));
  };
  const std::uint64_t next =
      crew_.run(first, count, job, [&](std::uint64_t done) { show(first + done, count); });
  if (!single_ || next == 0) rows_.resize(next);
  events_.resize(next);
  out_.partial = next < count;
}

Result<std::size_t> Experiment::until_metric() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    if (specs_[i].name == options_.until->metric) return i;
    names.push_back(specs_[i].name);
  }
  return Error{"--until: this scenario has no metric \"" + options_.until->metric + "\"" +
               did_you_mean(options_.until->metric, names)};
}

Status Experiment::replicate() {
  run_up_to(run_.replications);
  if (!options_.until) return Done{};
  const Result<std::size_t> metric = until_metric();
  if (!metric) return metric.error();
  const StoppingRule rule{.half_width = options_.until->half_width, .min = run_.replications};
  while (!out_.partial) {
    const Estimate now = estimate(*metric, result_level);
    precision_ = now.half_width() / std::abs(now.mean);
    const std::size_t more = rule.more(now, rows_.size());
    if (more == 0 && !rule.met(now, rows_.size()))
      out_.findings.push_back(
          {options_.until->metric, "the interval is still wider than asked for"});
    if (more == 0) break;
    run_up_to(rows_.size() + more + (run_.antithetic ? more % 2 : 0));
  }
  return Done{};
}

std::vector<double> Experiment::column(std::size_t metric, std::vector<double> Row::*what) const {
  std::vector<double> out;
  for (const Row& row : rows_) out.push_back((row.*what)[metric]);
  return out;
}

Estimate Experiment::estimate(std::size_t metric, double level) const {
  if (const auto quantile = sections_.estimate(specs_[metric].name, level)) return *quantile;
  const std::vector<double> values = metric_terms(specs_[metric].name, column(metric, &Row::values),
                                                  column(metric, &Row::weights));
  if (run_.antithetic && values.size() > 1) {
    std::vector<double> a, b;
    for (std::size_t i = 0; i + 1 < values.size(); i += 2) {
      a.push_back(values[i]);
      b.push_back(values[i + 1]);
    }
    return antithetic_mean(a, b, level).estimate;
  }
  if (!run_.control_variates || single_) return t_interval(values, level);
  std::vector<Control> controls;
  for (std::size_t c = 0; c < rows_[0].controls.size(); ++c) {
    Control control{.values = {}, .mean = rows_[0].controls[c].known_mean};
    for (const Row& row : rows_) control.values.push_back(row.controls[c].value);
    controls.push_back(std::move(control));
  }
  return controlled_mean(values, controls, level).result.estimate;
}

void Experiment::describe() {
  out_.version = version;
  out_.build_id = build_id;
  out_.scenario = loaded_.scenario.name;
  out_.scenario_text = loaded_.source_text;
  out_.resolved_text = loaded_.resolved_text;
  out_.seed = run_.seed;
  out_.replications = static_cast<std::uint32_t>(single_ ? events_.size() : rows_.size());
  for (const std::uint64_t events : events_) out_.events += events;
  out_.simulated_s = seconds(run_.horizon);
  out_.warm_up_s = seconds(warm_up_);
}

// A closed form is confirmed if the wider interval holds it; where the values leave no interval
// (nothing random), up to the rounding to nanoseconds. Where none was counted in n replications, a
// mean m is as likely as e^{-nm}; and where none of n customers had any, as e^{-nm/each}.
void Experiment::judge(MetricResult& metric, const Prediction& prediction) {
  metric.note = prediction.note;
  if (!prediction.value) return;
  metric.closed_form = prediction.value;
  metric.formula = prediction.formula;
  const Estimate& wide = metric.wide;
  const double rounding = 1e-8 * std::abs(*prediction.value) + std::max(1e-9, prediction.rounding);
  const double each = metric.spec.unit == "count" ? 1 : prediction.each;
  const double many =
      metric.weights.empty() ? static_cast<double>(metric.values.size()) : total(metric.weights);
  const bool none = each > 0 && wide.low == 0 && wide.high == 0;
  const double high = none ? -std::log(1 - wide.level) * each / many : wide.high;
  metric.agrees = wide.low - rounding <= *prediction.value && *prediction.value <= high + rounding;
}

void Experiment::measure(const Twin& twin) {
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    MetricResult metric{.spec = specs_[i],
                        .estimate = estimate(i, result_level),
                        .wide = estimate(i, agreement_level),
                        .values = column(i, &Row::values),
                        .weights = column(i, &Row::weights)};
    const auto plain = [](double weight) { return weight == 1; };
    if (std::all_of(metric.weights.begin(), metric.weights.end(), plain)) metric.weights.clear();
    const auto empty = std::count_if(metric.values.begin(), metric.values.end(),
                                     [](double v) { return std::isnan(v); });
    const bool none = !metric.weights.empty() && total(metric.weights) < next_to_nothing;
    const bool told = empty == 0 && !none && !std::isnan(metric.estimate.mean);
    for (const Prediction& prediction : twin.predictions)
      if (prediction.metric == metric.spec.name && told) judge(metric, prediction);
    if (!told) metric.note = none ? "nothing was observed" : "one value does not scatter";
    if (empty > 0)
      metric.note = fmt::format("nothing was observed in {} of {} {}", empty, rows_.size(),
                                single_ ? "batches" : "replications");
    out_.metrics.push_back(std::move(metric));
  }
}

// What people would have computed instead, and how far off it is.
void Experiment::find_out(const Twin& twin) {
  for (const Rival& rival : twin.rivals) {
    const auto found = std::find_if(out_.metrics.begin(), out_.metrics.end(), [&](const auto& m) {
      return m.spec.name == rival.metric && std::isfinite(m.estimate.mean);
    });
    if (found == out_.metrics.end()) continue;
    found->rivals.push_back({rival.formula, rival.value});
    const double simulated = found->estimate.mean;
    const double off = (rival.value - simulated) / simulated;
    std::string text =
        fmt::format("{} gives {}", rival.formula, format_measure(rival.value, found->spec.unit, 4));
    if (std::isfinite(off))
      text += fmt::format(", {:.1f} % {} the simulation", 100 * std::abs(off),
                          off < 0 ? "below" : "above");
    out_.findings.push_back({rival.metric, text + ": " + rival.assumption});
  }
}

void Experiment::check_batches() {
  if (!single_ || rows_.size() < 3) return;
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    if (specs_[i].name != "queue.sojourn.mean") continue;
    const Neighbours alike = neighbours(column(i, &Row::values));
    if (alike.p_value < 0.01)
      out_.findings.push_back(
          {specs_[i].name, fmt::format("neighbouring batches are alike (correlation {:.2f}): the "
                                       "interval is too narrow; take a longer horizon",
                                       alike.correlation)});
  }
}

// Asked of the draws of replication 0.
void Experiment::look_out() {
  if (!options_.outlook || out_.partial) return;
  const Plan plan{.warm_up = warm_up_, .end = run_.horizon};
  const std::vector<Finding> told = model_->outlook(chance_of(0), plan);
  out_.findings.insert(out_.findings.end(), told.begin(), told.end());
}

Result<Results> Experiment::results() {
  const auto start = std::chrono::steady_clock::now();
  if (options_.until)
    if (const Result<std::size_t> known = until_metric(); !known) return known.error();
  find_warm_up();
  if (warm_up_ >= run_.horizon)
    return Error{"run.warm_up: " + format_measure(seconds(warm_up_), "s") +
                 " leave nothing of the horizon of " + format_measure(seconds(run_.horizon), "s")};
  if (const Status resumed = resume(); !resumed) return resumed.error();
  if (const Status done = replicate(); !done) return done.error();
  progress_.clear();
  describe();
  if (!rows_.empty()) {
    const Twin twin = options_.predict(*model_);
    measure(twin);
    find_out(twin);
    check_batches();
    look_out();
    if (out_.partial && !single_) out_.tables.push_back(sections_.table());
  }
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
  out_.wall_s = passed.count();
  return std::move(out_);
}

}  // namespace

Result<Until> parse_until(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const Error expected{"--until \"" + text +
                       "\": expected METRIC:PRECISION, such as queue.wait.mean:1%"};
  if (colon == std::string::npos || colon == 0) return expected;
  const Result<double> half_width = parse_in(text.substr(colon + 1), "");
  if (!half_width) return Error{"--until \"" + text + "\": " + half_width.error().message};
  if (*half_width <= 0 || *half_width >= 1)
    return Error{"--until \"" + text + "\": the precision must lie between 0 % and 100 %"};
  return Until{text.substr(0, colon), *half_width};
}

Result<Results> run_experiment(const LoadedScenario& loaded, const ExperimentOptions& options,
                               Crew& crew, Progress& progress) {
  return Experiment(loaded, options, crew, progress).results();
}

}  // namespace fleetsim
