#include "tools/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <mutex>

#include "sim/nearest.h"
#include "tools/report.h"
#include "tools/version.h"
#include "traces/sweep_hdf5.h"

namespace fleetsim {
namespace {

using Clock = std::chrono::steady_clock;

class Sweep {
 public:
  Sweep(const SweepPlan& plan, const SweepWays& ways, Crew& crew, Progress& progress)
      : plan_(plan),
        ways_(ways),
        crew_(crew),
        progress_(progress) {}

  Result<SweepResults> results();

 private:
  void describe();
  Status check_until() const;
  Status resume();
  void run_point(std::size_t number, Crew& crew);
  void run_all(const std::vector<std::size_t>& numbers);
  void collect();
  void show();
  void save();

  const SweepPlan& plan_;
  const SweepWays& ways_;
  Crew& crew_;
  Progress& progress_;
  SweepResults out_;  // only the thread that called sees it
  std::mutex mutex_;
  std::vector<SweepPoint> finished_;  // not yet among the results
  std::optional<Error> failure_;
  std::uint64_t events_ = 0;
  Clock::time_point next_save_ = Clock::now();
  bool unsaved_ = false, saves_ = true;
};

void Sweep::describe() {
  const LoadedScenario& first = plan_.points[0].loaded;
  out_.version = version;
  out_.build_id = build_id;
  out_.scenario = first.scenario.name;
  out_.scenario_text = first.source_text;
  out_.resolved_text = first.resolved_text;
  out_.plan = plan_.text;
  if (ways_.until)
    out_.plan += fmt::format("--until {}:{}\n", ways_.until->metric, ways_.until->half_width);
  out_.seed = first.scenario.run.seed;
  out_.planned = plan_.points.size();
  for (const SweepAxis& axis : plan_.axes) out_.fields.push_back(axis.field());
  saves_ = !ways_.part.empty();
}

// Before anything runs: a metric that one point lacks would stop the sweep there.
Status Sweep::check_until() const {
  if (!ways_.until) return Done{};
  for (const PlannedPoint& point : plan_.points) {
    std::vector<std::string> names;
    for (const MetricSpec& spec : model_of(point.loaded.scenario)->metrics())
      names.push_back(spec.name);
    if (std::find(names.begin(), names.end(), ways_.until->metric) == names.end())
      return Error{"--until: at " + plan_.name_of(point.values) + " there is no metric \"" +
                   ways_.until->metric + "\"" + did_you_mean(ways_.until->metric, names)};
  }
  return Done{};
}

Status Sweep::resume() {
  if (!ways_.earlier) return Done{};
  const SweepResults& earlier = *ways_.earlier;
  if (earlier.version != out_.version || earlier.resolved_text != out_.resolved_text ||
      earlier.seed != out_.seed || earlier.plan != out_.plan || earlier.planned != out_.planned)
    return Error{"--resume: the results file is of another scenario, --vary, seed or version"};
  out_.points = earlier.points;
  for (SweepPoint& point : out_.points) point.values = plan_.points[point.number].values;
  return Done{};
}

// From any thread. What is interrupted is not kept.
void Sweep::run_point(std::size_t number, Crew& crew) {
  Progress silent(Progress::When::never);
  const PlannedPoint& point = plan_.points[number];
  Result<Results> results = run_experiment(point.loaded, {.until = ways_.until}, crew, silent);
  const std::lock_guard lock(mutex_);
  if (!results) {
    if (!failure_)
      failure_ = Error{"at " + plan_.name_of(point.values) + ": " + results.error().message,
                       results.error().kind};
    return;
  }
  events_ += results->events;
  if (results->partial) return;
  finished_.push_back({number, point.values, std::move(results->metrics)});
}

void Sweep::collect() {
  std::vector<SweepPoint> finished;
  {
    const std::lock_guard lock(mutex_);
    finished.swap(finished_);
  }
  if (finished.empty()) return;
  unsaved_ = true;
  std::move(finished.begin(), finished.end(), std::back_inserter(out_.points));
  std::sort(out_.points.begin(), out_.points.end(),
            [](const SweepPoint& a, const SweepPoint& b) { return a.number < b.number; });
}

void Sweep::show() {
  std::uint64_t events = 0;
  {
    const std::lock_guard lock(mutex_);
    events = events_;
  }
  progress_.show(
      {.doing = "point", .done = out_.points.size(), .total = out_.planned, .events = events});
}

// At most once a second, and for at most a twentieth of the time. What cannot be saved now may
// still be written in the end, elsewhere or after somebody made room.
void Sweep::save() {
  const Clock::time_point start = Clock::now();
  if (!saves_ || !unsaved_ || start < next_save_) return;
  if (const Status written = write_sweep_hdf5(out_, ways_.part); !written) {
    saves_ = false;
    warn(written.error().message + "; a sweep that is killed now begins anew");
  }
  unsaved_ = false;
  next_save_ = Clock::now() +
               std::max<Clock::duration>(std::chrono::seconds(1), 20 * (Clock::now() - start));
}

void Sweep::run_all(const std::vector<std::size_t>& numbers) {
  const auto after_each = [&] {
    collect();
    show();
    save();
  };
  const auto failed = [&] {
    const std::lock_guard lock(mutex_);
    return failure_.has_value();
  };
  const std::size_t at_once = numbers.size() - numbers.size() % crew_.threads();
  const auto job = [&](std::uint64_t i) {
    Crew alone(Crew::Within{crew_});
    if (!failed()) run_point(numbers[i], alone);
  };
  crew_.run(0, at_once, job, [&](std::uint64_t) { after_each(); });
  for (std::size_t i = at_once; i < numbers.size() && !crew_.interrupted() && !failed(); ++i) {
    after_each();
    run_point(numbers[i], crew_);
  }
  collect();
}

Result<SweepResults> Sweep::results() {
  describe();
  if (const Status known = check_until(); !known) return known.error();
  if (const Status resumed = resume(); !resumed) return resumed.error();
  std::vector<std::size_t> missing;
  auto done = out_.points.begin();
  for (std::size_t number = 0; number < plan_.points.size(); ++number) {
    if (done != out_.points.end() && done->number == number)
      ++done;
    else
      missing.push_back(number);
  }
  run_all(missing);
  progress_.clear();
  if (failure_) return *failure_;
  return std::move(out_);
}

}  // namespace

Result<SweepResults> run_sweep(const SweepPlan& plan, const SweepWays& ways, Crew& crew,
                               Progress& progress) {
  return Sweep(plan, ways, crew, progress).results();
}

}  // namespace fleetsim
