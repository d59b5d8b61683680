#include "workloads/training/metrics.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "workloads/training/energy_metrics.h"
#include "workloads/training/iron_law.h"
#include "workloads/training/lateness.h"

namespace fleetsim::training {
namespace {

struct Figure {
  enum class Over : std::uint8_t { devices, jobs };  // means over these; or sums over jobs
  std::string name;
  const char* unit;
  Over kind;
  Ratio (*of)(const JobConfig& job, const JobWindow& window);
  bool (*applies)(const JobConfig& job, const FailurePlan& failures);
};

double spent(const JobWindow& w, Phase phase) {
  return seconds(w.ledger[phase]);
}
double wall(const JobWindow& w) {
  return seconds(w.ledger.total());
}
double count(const JobWindow& w) {
  const std::uint64_t sum = std::accumulate(w.failures.begin(), w.failures.end(), std::uint64_t{0});
  return static_cast<double>(sum);
}
template <Phase phase>
Ratio share(const JobConfig&, const JobWindow& w) {
  return {spent(w, phase), wall(w)};
}
// Of all devices of the job: with the other phases, its devices times its wall time.
template <Phase phase>
Ratio gpu_hours(const JobConfig& job, const JobWindow& w) {
  return {job.all_devices() * static_cast<double>(w.ledger[phase].ns) / 3.6e12, 1};
}
Ratio effective(const JobConfig&, const JobWindow& w) {
  return {spent(w, Phase::useful), wall(w) - spent(w, Phase::queued)};
}
Ratio available(const JobConfig&, const JobWindow& w) {
  const double up = spent(w, Phase::useful) + spent(w, Phase::lost) + spent(w, Phase::checkpoint);
  return {up, wall(w)};
}
Ratio time_to_train(const JobConfig& job, const JobWindow& w) {
  return {seconds(*job.work) * wall(w), spent(w, Phase::useful)};
}
Ratio step_time(const JobConfig& job, const JobWindow&) {
  return {job.step->seconds, 1};
}
Ratio mtbf(const JobConfig&, const JobWindow& w) {
  if (w.failures.empty()) return {std::numeric_limits<double>::quiet_NaN(), 1};
  return {seconds(w.exposed), static_cast<double>(w.interruptions)};
}
Ratio interval(const JobConfig&, const JobWindow& w) {
  return {w.interval_area, wall(w)};
}
Ratio mfu(const JobConfig& job, const JobWindow&) {
  return {job.step->flops / job.step->peak, job.step->seconds};
}
Ratio scaling(const JobConfig& job, const JobWindow&) {
  return {job.step->scaling() * job.step->seconds, job.step->seconds};
}
template <double StepTerms::*term>
Ratio step_term(const JobConfig& job, const JobWindow&) {
  return {job.step->model->terms.*term, 1};
}
Ratio failures(const JobConfig&, const JobWindow& w) {
  return {count(w), 1};
}
Ratio interruptions(const JobConfig&, const JobWindow& w) {
  return {static_cast<double>(w.interruptions), 1};
}
Ratio tokens(const JobConfig& job, const JobWindow& w) {
  return {job.step->tokens * spent(w, Phase::useful) / job.step->seconds, wall(w)};
}

Ratio corruptions(const JobConfig&, const JobWindow& w) {
  return {static_cast<double>(w.corruptions), 1};
}
template <Duration Corruption::Toll::*part>
Ratio of_an_alarm(const JobConfig&, const JobWindow& w) {
  return {seconds(w.toll.*part), static_cast<double>(w.toll.alarms)};
}

bool always(const JobConfig&, const FailurePlan&) {
  return true;
}
bool ends(const JobConfig& job, const FailurePlan&) {
  return job.work.has_value();
}
bool has_step(const JobConfig& job, const FailurePlan&) {
  return job.step.has_value();
}
bool modelled(const JobConfig& job, const FailurePlan&) {
  return job.step && job.step->model;
}
bool corruptible(const JobConfig&, const FailurePlan& plan) {
  return std::any_of(plan.components.begin(), plan.components.end(),
                     [](const ComponentPlan& c) { return c.corrupts; });
}
bool verified(const JobConfig& job, const FailurePlan& plan) {
  return job.checkpoint.verify.every > 0 && corruptible(job, plan);
}

bool averages(const JobConfig& job, const FailurePlan& plan) {
  return modelled(job, plan) && !job.further.empty();
}

template <double StepTerms::*term>
bool spends(const JobConfig& job, const FailurePlan& plan) {
  return modelled(job, plan) && job.step->model->terms.*term > 0;
}

bool redundant(const JobConfig& job, const FailurePlan&) {
  return job.redundancy > 1;
}

const std::vector<Figure>& figures() {
  using Over = Figure::Over;
  static const std::vector<Figure> all = {
      {"goodput", "1", Over::devices, share<Phase::useful>, always},
      {"ettr", "1", Over::devices, effective, always},
      {"availability", "1", Over::devices, available, always},
      {"fraction.useful", "1", Over::devices, share<Phase::useful>, always},
      {"fraction.checkpoint", "1", Over::devices, share<Phase::checkpoint>, always},
      {"fraction.lost", "1", Over::devices, share<Phase::lost>, always},
      {"fraction.restart", "1", Over::devices, share<Phase::restart>, always},
      {"fraction.stalled", "1", Over::devices, share<Phase::stalled>, always},
      {"fraction.queued", "1", Over::devices, share<Phase::queued>, always},
      {"time_to_train", "s", Over::devices, time_to_train, ends},
      {"step_time", "s", Over::devices, step_time, has_step},
      {"mtbf", "s", Over::devices, mtbf, always},
      {"checkpoint_interval", "s", Over::devices, interval, always},
      {"mfu", "1", Over::devices, mfu, has_step},
      {"scaling_efficiency", "1", Over::devices, scaling, modelled},
      {"step.compute", "s", Over::devices, step_term<&StepTerms::compute>, modelled},
      {"step.tensor", "s", Over::devices, step_term<&StepTerms::tensor>, modelled},
      {"step.pipeline", "s", Over::devices, step_term<&StepTerms::pipeline>, modelled},
      {"step.bubble", "s", Over::devices, step_term<&StepTerms::bubble>, modelled},
      {"step.data", "s", Over::devices, step_term<&StepTerms::data>, modelled},
      {"step.straggler", "s", Over::devices, step_term<&StepTerms::straggler>, modelled},
      {"step.expert", "s", Over::devices, step_term<&StepTerms::expert>,
       spends<&StepTerms::expert>},
      {"step.context", "s", Over::devices, step_term<&StepTerms::context>,
       spends<&StepTerms::context>},
      {"step.outer", "s", Over::devices, step_term<&StepTerms::outer>, averages},
      {"gpu_hours.useful", "h", Over::jobs, gpu_hours<Phase::useful>, always},
      {"gpu_hours.checkpoint", "h", Over::jobs, gpu_hours<Phase::checkpoint>, always},
      {"gpu_hours.lost", "h", Over::jobs, gpu_hours<Phase::lost>, always},
      {"gpu_hours.restart", "h", Over::jobs, gpu_hours<Phase::restart>, always},
      {"gpu_hours.stalled", "h", Over::jobs, gpu_hours<Phase::stalled>, always},
      {"gpu_hours.queued", "h", Over::jobs, gpu_hours<Phase::queued>, always},
      {"failures", "count", Over::jobs, failures, always},
      {"interruptions", "count", Over::jobs, interruptions, redundant},
      {"tokens_per_s", "1/s", Over::jobs, tokens, has_step},
      {"corruptions", "count", Over::jobs, corruptions, corruptible},
      {"wasted_by_corruption", "s", Over::devices, of_an_alarm<&Corruption::Toll::wasted>,
       verified},
      {"redone_by_corruption", "s", Over::devices, of_an_alarm<&Corruption::Toll::redone>,
       verified},
  };
  return all;
}

bool shows(const TrainingConfig& config, const JobConfig& job, const Figure& figure) {
  return figure.applies(job, config.failures[job.cluster.index]);
}
bool shows(const TrainingConfig& config, const Figure& figure) {
  return std::all_of(config.jobs.begin(), config.jobs.end(),
                     [&](const JobConfig& job) { return shows(config, job, figure); });
}

// Of all jobs together.
Measured together(const TrainingConfig& config, const Figure& figure,
                  const std::vector<JobWindow>& windows) {
  Ratio sum;
  for (std::size_t j = 0; j < windows.size(); ++j) {
    const JobConfig& job = config.jobs[j];
    const Ratio one = figure.of(job, windows[j]);
    if (figure.kind == Figure::Over::jobs) {
      sum.over += one.under > 0 ? one.over / one.under : 0;
      sum.under = 1;
      continue;
    }
    const double devices = job.all_devices();
    sum.over += devices * one.over;
    sum.under += devices * one.under;
  }
  return as_measured({"training." + figure.name, figure.unit}, sum);
}

template <class Question>
bool any_plan(const TrainingConfig& config, Question question) {
  return std::any_of(config.failures.begin(), config.failures.end(), question);
}

bool keeps_nodes_out(const FailurePlan& plan) {
  return plan.repair || !plan.script.empty();
}

// What only some plans have.
void add_rest(const TrainingConfig& config, const FleetWindow& fleet, double clusters,
              std::vector<Measured>& out) {
  const double time = seconds(fleet.length);
  const auto mean = [time](TimeAverage::Area area) {
    return static_cast<double>(area) / 1e9 / time;
  };
  if (any_plan(config, keeps_nodes_out)) {
    const double outages = static_cast<double>(fleet.totals.outages);
    out.push_back({{"fleet.outage.fraction", "1"}, mean(fleet.totals.outage) / clusters});
    out.push_back({{"fleet.outages", "count"}, outages});
  }
  if (any_plan(config, slows))
    out.push_back({{"fleet.slow_nodes.mean", "1"}, mean(fleet.totals.slow)});
  if (any_plan(config, [](const FailurePlan& plan) { return plan.stock.has_value(); }))
    out.push_back({{"fleet.waiting_for_parts.mean", "1"}, mean(fleet.totals.waiting)});
}

void add_fleet(const TrainingConfig& config, const FleetWindow& fleet, std::vector<Measured>& out) {
  double places = 0, clusters = 0;
  for (std::uint32_t c = 0; c < config.failures.size(); ++c) {
    places += static_cast<double>(places_of(config, {c}).in_use);
    clusters += places_of(config, {c}).in_use > 0 ? 1 : 0;
  }
  const double time = seconds(fleet.length);
  const auto per_second = [](TimeAverage::Area area) { return static_cast<double>(area) / 1e9; };
  const double unfilled = per_second(fleet.totals.unfilled);
  const double failures = static_cast<double>(fleet.totals.failures);
  out.push_back({{"fleet.availability", "1"}, 1 - unfilled / (places * time)});
  out.push_back({{"fleet.failures", "count"}, failures});
  out.push_back({{"fleet.failed_nodes.mean", "1"}, per_second(fleet.totals.failed) / time});
  out.push_back(as_measured({"fleet.mttf", "s"}, {places * time - unfilled, failures}));
  out.push_back({{"fleet.spares_in_use", "1"}, per_second(fleet.totals.standing_in) / time});
  add_rest(config, fleet, clusters, out);
  if (!any_plan(config, [](const FailurePlan& plan) { return !plan.shocks.empty(); })) return;
  const double blows = static_cast<double>(fleet.totals.blows);
  const double together = static_cast<double>(fleet.totals.together);
  out.push_back(as_measured({"fleet.lost_together", "1"}, {together, blows}));
  out.push_back(as_measured({"fleet.lost_at_once.mean", "1"}, {failures, blows}));
}

}  // namespace

Measured as_measured(MetricSpec spec, const Ratio& ratio) {
  constexpr double next_to_nothing = 1e-9;
  if (ratio.under == 0 && ratio.over == 0) return {std::move(spec), 0, 0};
  const double under = std::max(ratio.under, next_to_nothing);
  return {std::move(spec), ratio.over / under, under};
}

std::string prefix_of(const TrainingConfig& config, std::size_t job) {
  return config.jobs.size() > 1 ? "training." + config.jobs[job].name + "." : "training.";
}

bool watches_fleet(const TrainingConfig& config) {
  return config.jobs.empty() ||
         std::any_of(config.failures.begin(), config.failures.end(), [](const FailurePlan& plan) {
           return plan.repair || !plan.shocks.empty() || !plan.script.empty() || slows(plan);
         });
}

std::vector<std::pair<std::uint32_t, std::string>> told_causes(const TrainingConfig& config,
                                                               const JobConfig& job) {
  const FailurePlan& plan = config.failures[job.cluster.index];
  const std::vector<std::string> names = causes(config, job);
  std::vector<std::pair<std::uint32_t, std::string>> out;
  for (std::uint32_t c = 0; c < names.size(); ++c)
    if (interrupts(plan, c)) out.emplace_back(c, names[c]);
  if (out.size() == 1) out.clear();
  return out;
}

Places places_of(const TrainingConfig& config, ClusterId cluster) {
  const ClusterPlan& plan = config.fleet->plan().clusters[cluster.index];
  Places out{config.jobs.empty() ? plan.nodes : 0, plan.spares};
  if (config.jobs.empty()) return out;
  for (const JobConfig& job : config.jobs)
    if (job.is_on(cluster)) out.in_use += job.nodes;
  if (out.in_use > 0) out.spares += plan.nodes - out.in_use - others_on(config, cluster);
  return out;
}

std::uint32_t others_on(const TrainingConfig& config, ClusterId cluster) {
  return cluster.index < config.others.size() ? config.others[cluster.index] : 0;
}

std::vector<Measured> measured(const TrainingConfig& config, const std::vector<JobWindow>& jobs,
                               const FleetWindow& fleet, std::uint32_t windows) {
  std::vector<Measured> out;
  if (jobs.size() > 1)
    for (const Figure& figure : figures())
      if (shows(config, figure)) out.push_back(together(config, figure, jobs));
  for (std::size_t j = 0; j < jobs.size(); ++j) {
    const JobConfig& job = config.jobs[j];
    const std::string prefix = prefix_of(config, j);
    for (const Figure& figure : figures())
      if (shows(config, job, figure))
        out.push_back(as_measured({prefix + figure.name, figure.unit}, figure.of(job, jobs[j])));
    // How the time of one replication scatters over all of them (sim/spread.h).
    if (job.work)
      out.push_back({{prefix + "time_to_train.std", "s"},
                     as_measured({}, time_to_train(job, jobs[j])).value});
    for (const auto& [cause, name] : told_causes(config, job))
      out.push_back(
          {{prefix + "failures." + name, "count"}, static_cast<double>(jobs[j].failures[cause])});
    if (slows(config.failures[job.cluster.index]))
      out.push_back(as_measured({prefix + "slow.fraction", "1"},
                                {seconds(jobs[j].slowed), seconds(jobs[j].exposed)}));
  }
  if (watches_fleet(config)) add_fleet(config, fleet, out);
  for (Measured& one : out)
    if (one.metric.unit == "count" || one.metric.unit == "h") one.value *= windows;
  for (std::size_t j = 0; j < jobs.size(); ++j)
    if (config.jobs[j].step)
      for (Measured& one : iron_law(config.jobs[j], jobs[j], windows, iron_prefix_of(config, j)))
        out.push_back(std::move(one));
  return out;
}

std::vector<MetricSpec> metrics_of(const TrainingConfig& config) {
  std::vector<JobWindow> nothing;
  for (const JobConfig& job : config.jobs)
    nothing.push_back({.failures = std::vector<std::uint64_t>(causes(config, job).size(), 0)});
  std::vector<MetricSpec> out;
  for (Measured& one : measured(config, nothing, {}, 1)) out.push_back(std::move(one.metric));
  for (Measured& one : step_quantiles(drawn_steps(config, {}, 1, 0)[0]))
    out.push_back(std::move(one.metric));
  for (Measured& one : energy_metrics(config, {}, 1)) out.push_back(std::move(one.metric));
  return out;
}

}  // namespace fleetsim::training
