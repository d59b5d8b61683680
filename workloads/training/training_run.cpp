#include "workloads/training/training_run.h"

#include <algorithm>

#include "workloads/training/departure.h"
#include "workloads/training/energy_metrics.h"
#include "workloads/training/lateness.h"
#include "workloads/training/prospect.h"

namespace fleetsim::training {

void Site::struck(const Failure& failure, bool swapped) {
  run.struck(*this, failure, swapped);
}
void Site::filled(Holder holder) {
  run.filled(*this, holder);
}
void Site::slowed(Holder holder, double factor) {
  run.slowed(*this, holder, factor);
}
void Site::noticed(Instant end) {
  run.noticed(*this, end);
}
void Site::switched_off(std::uint32_t maintenance) {
  run.switched_off(*this, maintenance);
}
void Site::switched_on() {
  run.switched_on(*this);
}
void Site::levels_changed() {
  run.levels_changed(*this);
}

Run::Trainee::Trainee(Run& run, std::uint32_t number, const Chance& chance)
    : job(run.config_.jobs[number], interruption_rate(run.config_, run.config_.jobs[number]),
          run.engine_.now()),
      config(run.config_.jobs[number]),
      severity(chance.stream("training.severity", number)),
      choice(chance.stream("training.pairs", number)),
      pairs(config.nodes),
      watch(run.engine_, job, causes_counted(run.config_, config), run.plan_, on<&Run::cut>(run)) {}

double Run::Trainee::severity_of(const FailurePlan& failures, std::uint32_t cause) {
  if (config.checkpoint.levels() == 1) return 0;
  const std::optional<double> given = fleetsim::severity_of(failures, cause);
  return given ? *given : severity.uniform();
}

bool Run::Trainee::survives(const Failure& failure) {
  if (config.redundancy == 1 || failure.holder == everybody) return false;
  const bool named = failure.node != NodeId{};
  const auto drawn = static_cast<std::uint32_t>(choice.uniform() * config.nodes);
  return !pairs.lose(named ? failure.node.index - seats[0].first_node.index : drawn);
}

Run::Run(const TrainingConfig& config, Engine& engine, SharedPools& pools, const Chance& chance,
         const Plan& plan, RecordSink* sink)
    : config_(config),
      chance_(chance),
      plan_(plan),
      sink_(sink),
      engine_(engine),
      pools_(pools),
      log_(plan.keep_visits) {
  for (std::uint32_t j = 0; j < config.jobs.size(); ++j) {
    trainees_.push_back(std::make_unique<Trainee>(*this, j, chance));
    plan_end(j);
  }
  for (std::uint32_t c = 0; c < config.failures.size(); ++c) {
    auto site = std::make_unique<Site>(*this, ClusterId{c});
    std::vector<std::uint32_t> nodes;
    NodeId next{pools.taken({c})};
    for (std::uint32_t j = 0; j < config.jobs.size(); ++j) {
      if (!config.jobs[j].is_on({c})) continue;
      trainees_[j]->seats.push_back({site.get(), static_cast<Holder>(site->jobs.size()), next});
      next.index += config.jobs[j].nodes;
      site->jobs.push_back(j);
      nodes.push_back(config.jobs[j].nodes);
    }
    if (config.jobs.empty()) nodes.push_back(config.fleet->plan().clusters[c].nodes);
    if (nodes.empty()) continue;
    site->first = pools.join({c}, nodes, *site).holder;
    sites_.push_back(std::move(site));
  }
}

void Run::begin(bool alone) {
  may_stop_ = alone;
  for (const auto& site : sites_) site->pool = &pools_.pool(site->cluster);
  const Duration window{(plan_.end - plan_.warm_up).ns / plan_.windows};
  for (std::uint32_t i = 0; i < plan_.windows; ++i)
    engine_.at(Instant{} + plan_.warm_up + i * window, on<&Run::fleet_edge>(*this));
  engine_.at(Instant{} + plan_.end, on<&Run::fleet_edge>(*this));
  if (!counts_energy(config_)) return;
  std::vector<const Job*> jobs;
  for (const auto& it : trainees_) jobs.push_back(&it->job);
  energy_.emplace(config_, std::move(jobs));
  for (const auto& site : sites_) levels_changed(*site);
  cut({});
}

Job& Run::change(std::uint64_t job) {
  if (energy_) energy_->pass(static_cast<std::uint32_t>(job), engine_.now());
  return trainees_[job]->job;
}

void Run::show_power(std::uint32_t job) {
  if (!energy_) return;
  missing_.clear();
  for (const auto& seat : trainees_[job]->seats) {
    const NodePool& pool = *seat.site->pool;
    missing_.push_back(pool.is_on() ? pool.missing(seat.site->first + seat.holder)
                                    : trainees_[job]->config.nodes);
  }
  energy_->changed(job, engine_.now(), missing_);
}

void Run::levels_changed(const Site& site) {
  if (!energy_) return;
  const std::size_t nodes = site.pool->is_on() ? site.pool->standing_by() : 0;
  energy_->standing_by(site.cluster, engine_.now(), nodes);
  energy_->held(site.cluster, engine_.now(), site.pool->holds());
}

void Run::struck(const Site& site, const Failure& failure, bool swapped) {
  note(site, failure);
  for (Holder holder = 0; holder < site.jobs.size(); ++holder) {
    if (failure.holder != everybody && failure.holder != holder) continue;
    const std::uint32_t job = site.jobs[holder];
    if (!interrupts(failures_of(site), failure.cause)) {
      corrupt(site, job, failure);
      continue;
    }
    if (interrupt(site, job, failure) && replicas_for(job) > 0)
      resume(job, swapped ? failures_of(site).swap : Duration{});
    show_power(job);
  }
}

// A row of the table, -1 where there is nothing to tell.
void Run::note(const Site& site, const Failure& failure) {
  if (failure.when < Instant{} + plan_.warm_up || failure.when > Instant{} + plan_.end) return;
  FailureLog::Row row{
      .t = seconds(failure.when - Instant{}), .cause = failure.cause, .hit = failure.hit};
  if (failure.holder < site.jobs.size()) row.job = site.jobs[failure.holder];
  if (failure.node != NodeId{}) row.node = failure.node.index;
  log_.add(row);
}

// Whether it was: not if it is done, or has the same work elsewhere.
bool Run::interrupt(const Site& site, std::uint32_t job, const Failure& failure) {
  Trainee& it = *trainees_[job];
  if (it.job.finished()) return false;
  tell(job, "training.failure");
  it.watch.failed(failure.cause);
  if (it.survives(failure)) return false;
  it.watch.interrupted();
  it.pairs.mend();
  engine_.cancel(it.regroup);
  const FailurePlan& failures = failures_of(site);
  const Duration detection = failure.found ? Duration{} : detection_of(failures, failure.cause);
  change(job).strike(engine_.now(), detection, it.severity_of(failures, failure.cause));
  it.watch.changed();
  plan_end(job);
  return true;
}

void Run::corrupt(const Site& site, std::uint32_t job, const Failure& failure) {
  Trainee& it = *trainees_[job];
  if (it.job.finished()) return;
  tell(job, "training.corruption");
  change(job).corrupt(engine_.now(), detection_of(failures_of(site), failure.cause));
  it.watch.corrupted();
  it.watch.changed();
  plan_end(job);
}

// A job that runs has its nodes still; one that waits for some goes on to wait.
void Run::alarm(std::uint64_t number) {
  const auto job = static_cast<std::uint32_t>(number);
  Trainee& it = *trainees_[job];
  tell(job, "training.alarm");
  change(job).undo(engine_.now());
  if (replicas_for(job) > 0) return resume(job, {});
  it.watch.changed();
  plan_end(job);
  show_power(job);
}

void Run::filled(const Site& site, Holder holder) {
  if (site.jobs.empty()) return;
  const std::uint32_t job = site.jobs[holder];
  Trainee& it = *trainees_[job];
  const std::uint32_t replicas = replicas_for(job);
  show_power(job);
  if (it.job.finished() || replicas == 0) return;
  if (it.job.stands()) return resume(job, failures_of(site).swap);
  // Who runs with fewer takes more in when all it did is saved.
  engine_.cancel(it.regroup);
  const Instant saved = it.job.next_saved(engine_.now());
  if (replicas > it.job.replicas() && saved < it.job.done())
    it.regroup = engine_.at(saved, on<&Run::regroup>(*this, job));
}

void Run::slowed(const Site& site, Holder holder, double factor) {
  if (site.jobs.empty()) return;
  const std::uint32_t job = site.jobs[holder];
  Trainee& it = *trainees_[job];
  if (it.job.finished()) return;
  double slowest = 1;
  for (auto& seat : it.seats) {
    if (seat.site == &site) seat.slow_down = factor;
    slowest = std::max(slowest, seat.slow_down);
  }
  change(job).slow(engine_.now(), slowest);
  it.watch.slowed(slowest > 1);
  it.watch.changed();
  plan_end(job);
}

void Run::switched_off(const Site& site, std::uint32_t maintenance) {
  const FailurePlan& failures = failures_of(site);
  const auto cause = static_cast<std::uint32_t>(causes(failures).size()) + maintenance;
  note(site, {.when = engine_.now(), .cause = cause});
  levels_changed(site);
  for (const std::uint32_t job : site.jobs) {
    Trainee& it = *trainees_[job];
    if (!it.job.finished() && it.job.done() == engine_.now()) {
      engine_.cancel(it.done);
      finish(job);
    }
    show_power(job);
    if (it.job.finished() || it.job.stands()) continue;
    const Departure how = departure_of(failures, maintenance, it.config);
    tell(job, how.told);
    engine_.cancel(it.regroup);
    if (how.announced)
      change(job).pause(engine_.now());
    else
      change(job).strike(engine_.now(), how.detection, it.severity_of(failures, cause));
    it.watch.changed();
    plan_end(job);
    show_power(job);
  }
}

// Each job that can saves as late as it may.
void Run::noticed(const Site& site, Instant end) {
  for (const std::uint32_t job : site.jobs) {
    const Instant last = end + (Duration{} - config_.jobs[job].checkpoint.write);
    if (last >= engine_.now() && saves_in_time(*failures_of(site).spot, config_.jobs[job]))
      engine_.at(last, on<&Run::save>(*this, job));
  }
}

void Run::save(std::uint64_t job) {
  if (!change(job).save(engine_.now())) return;
  engine_.cancel(trainees_[job]->regroup);
  trainees_[job]->watch.changed();
  plan_end(static_cast<std::uint32_t>(job));
}

void Run::switched_on(const Site& site) {
  levels_changed(site);
  for (const std::uint32_t job : site.jobs) {
    if (trainees_[job]->job.stands() && replicas_for(job) > 0) resume(job, {});
    show_power(job);
  }
}

std::uint32_t Run::replicas_for(std::uint32_t job) const {
  const JobConfig& config = config_.jobs[job];
  const Trainee& it = *trainees_[job];
  std::uint64_t missing = 0;
  for (const auto& seat : it.seats) {
    if (!seat.site->pool->is_on()) return 0;
    missing += seat.site->pool->missing(seat.site->first + seat.holder);
  }
  if (missing == 0) return config.replicas;
  if (!config.min_replicas) return 0;
  const std::uint64_t whole = (config.nodes - missing) * config.replicas / config.nodes;
  return whole >= *config.min_replicas ? static_cast<std::uint32_t>(whole) : 0;
}

void Run::regroup(std::uint64_t number) {
  const auto job = static_cast<std::uint32_t>(number);
  Trainee& it = *trainees_[job];
  change(job).regroup(engine_.now(), failures_of(*it.seats[0].site).swap, replicas_for(job));
  it.watch.changed();
  plan_end(job);
  show_power(job);
}

void Run::resume(std::uint32_t job, Duration swap) {
  Trainee& it = *trainees_[job];
  change(job).use(replicas_for(job));
  it.job.resume(engine_.now(), swap);
  it.watch.changed();
  plan_end(job);
  show_power(job);
}

void Run::plan_end(std::uint32_t job) {
  Trainee& it = *trainees_[job];
  engine_.cancel(it.done);
  if (it.job.done() != end_of_time)
    it.done = engine_.at(it.job.done(), on<&Run::finish>(*this, job));
  engine_.cancel(it.alarm);
  if (it.job.alarm() != end_of_time)
    it.alarm = engine_.at(it.job.alarm(), on<&Run::alarm>(*this, job));
}

void Run::finish(std::uint64_t job) {
  Trainee& it = *trainees_[job];
  change(job).finish(engine_.now());
  show_power(static_cast<std::uint32_t>(job));
  engine_.cancel(it.alarm);
  tell(static_cast<std::uint32_t>(job), "training.done");
  it.watch.finished();
}

bool Run::all_closed() const {
  return std::all_of(trainees_.begin(), trainees_.end(),
                     [](const auto& it) { return it->watch.is_closed(); });
}

bool Run::goes_on() const {
  return !all_closed() || (watches_fleet(config_) && engine_.now() < Instant{} + plan_.end);
}

// The books of a job are cut. Those of energy are where the last one's are.
void Run::cut(std::uint64_t) {
  const auto last = std::min_element(trainees_.begin(), trainees_.end(), [](auto& a, auto& b) {
    return a->watch.cuts() < b->watch.cuts();
  });
  while (energy_ && energy_->cuts() < (*last)->watch.cuts()) energy_->cut(engine_.now());
  if (may_stop_ && !goes_on()) engine_.stop();
}

void Run::fleet_edge(std::uint64_t) {
  FleetWindow edge{.length = engine_.now() - Instant{}};
  for (const auto& site : sites_) edge.totals = edge.totals + site->pool->totals();
  fleet_.push_back(edge);
}

void Run::tell(std::uint32_t job, const char* what) {
  if (sink_ == nullptr) return;
  const Record record{.when = engine_.now(), .what = what, .who = job};
  sink_->write({&record, 1});
}

Observation Run::observe() {
  may_stop_ = true;
  Observation out;
  const auto running = [](const auto& it) { return !it->job.stands() && !it->job.finished(); };
  Series jobs{.name = "training.running", .unit = "1"};
  for (std::uint32_t bin = 1; bin <= plan_.bins; ++bin) {
    const Instant t = Instant{} + Duration{plan_.end.ns / plan_.bins * bin};
    if (goes_on() && engine_.now() < t) engine_.run_until(t);
    jobs.t.push_back(seconds(t - Instant{}));
    jobs.value.push_back(
        static_cast<double>(std::count_if(trainees_.begin(), trainees_.end(), running)));
  }
  if (goes_on() && engine_.now() < Instant{} + plan_.end) engine_.run_until(Instant{} + plan_.end);
  if (goes_on()) engine_.run_until(Watch::latest(plan_));
  check(all_closed(), "each job is watched to the end");

  std::vector<std::vector<JobWindow>> seen;  // by job
  for (const auto& it : trainees_) seen.push_back(it->watch.windows());
  for (std::uint32_t w = 0; w < plan_.windows; ++w) {
    std::vector<JobWindow> jobs_seen;
    for (const auto& windows : seen) jobs_seen.push_back(windows[w]);
    FleetWindow fleet{};
    if (watches_fleet(config_)) {
      fleet.length = fleet_[w + 1].length - fleet_[w].length;
      fleet.totals = fleet_[w + 1].totals - fleet_[w].totals;
    }
    out.windows.push_back(measured(config_, jobs_seen, fleet, plan_.windows));
  }
  out.distributions = drawn_steps(config_, chance_, plan_.windows);
  for (std::uint32_t w = 0; w < plan_.windows; ++w)
    for (Measured& quantile : step_quantiles(out.distributions[w]))
      out.windows[w].push_back(std::move(quantile));
  for (std::uint32_t w = 0; energy_ && w < plan_.windows; ++w)
    for (Measured& one : energy_metrics(config_, energy_->window(w), plan_.windows))
      out.windows[w].push_back(std::move(one));
  if (energy_) out.findings = config_.energy->sites.findings;
  out.load = jobs.value;
  out.series = {std::move(jobs)};
  out.tables = {log_.table()};
  out.events = engine_.events_run();
  return out;
}

}  // namespace fleetsim::training
