#include <malloc.h>

#include <algorithm>
#include <numbers>

#include "sim/stream.h"
#include "tools/bench.h"
#include "topology/meter.h"

namespace fleetsim {
namespace {

constexpr std::int64_t year = 8760;  // h
constexpr Duration hour = 3600_s;
constexpr double job_power = 1e5, longest_job = 30 * 86400.0;  // W, s

// A year of hours with days in it, and chance.
StepSeries hours(Stream& chance, double mean) {
  std::vector<double> values;
  values.reserve(year);
  for (std::int64_t h = 0; h < year; ++h)
    values.push_back(mean * (0.5 + chance.uniform()) *
                     (1 + 0.3 * std::cos(static_cast<double>(h) * std::numbers::pi / 12)));
  return StepSeries(std::move(values), hour);
}

using Places = std::vector<std::shared_ptr<const Site>>;
Places places(std::uint64_t count) {
  Stream chance = Chance{.seed = 1}.stream("bench");
  Places all;
  for (std::uint64_t i = 0; i < count; ++i) {
    Grid grid{.carbon = hours(chance, 400 / 3.6e9), .price = hours(chance, 0.1 / 3.6e6)};
    auto site = Site::make(std::move(grid), {});
    check(bool(site), "the sites of the benchmark can be built");
    all.push_back(std::make_shared<const Site>(*std::move(site)));
  }
  return all;
}

// A job: from when to when, in part of a year.
struct Job {
  Instant from, to;
};
Job some_job(Stream& chance) {
  const double from = chance.uniform() * (static_cast<double>(year) * 3600 - longest_job);
  const double length = 1 + chance.uniform() * (longest_job - 1);
  return {Instant{} + from_seconds(from), Instant{} + from_seconds(from + length)};
}

// Seconds that a year at one site takes: jobs that start and stop, one after the other, and what
// the meter then shows.
double a_year(const std::shared_ptr<const Site>& site, std::uint64_t jobs, Stream& chance) {
  std::vector<Instant> changes;
  for (std::uint64_t i = 0; i < jobs; ++i) {
    const Job job = some_job(chance);
    changes.push_back(job.from);
    changes.push_back(job.to);
  }
  std::sort(changes.begin(), changes.end());
  const double begin = thread_seconds();
  Meter meter(site);
  const Meter::Part part = meter.part("accelerators");
  for (std::size_t i = 0; i < changes.size(); ++i)
    meter.set(changes[i], part, job_power * static_cast<double>(1 + i % 7));
  const SiteUsage usage = meter.usage({}, Instant{} + year * hour);
  check(usage.carbon > 0 && usage.mean_power <= usage.peak_power, "a year of jobs draws power");
  return thread_seconds() - begin;
}

// Changes a second were each span added up by the hour.
double by_the_hour(const Site& site, std::uint64_t spans, Stream& chance) {
  double seconds_taken = 0, sum = 0;
  for (std::uint64_t i = 0; i < spans; ++i) {
    const Job job = some_job(chance);
    const double begin = thread_seconds();
    for (Instant now = job.from; now < job.to;) {
      const Instant end = std::min(job.to, *site.carbon_per_it().next_change(now));
      sum += (site.carbon_per_it().at(now) + site.cost_per_it().at(now)) * seconds(end - now);
      now = end;
    }
    seconds_taken += thread_seconds() - begin;
  }
  check(sum > 0, "the hours of a job draw power");
  return static_cast<double>(spans) / seconds_taken;
}

double megabytes() {
  const struct mallinfo2 now = mallinfo2();
  return static_cast<double>(now.uordblks + now.hblkhd) / 1e6;
}

BenchRow measure(std::uint64_t count, std::uint64_t changes) {
  const double before = megabytes(), start = thread_seconds();
  const Places sites = places(count);
  const double build = thread_seconds() - start, memory = megabytes() - before;
  Stream chance = Chance{.seed = 2}.stream("bench");
  const std::uint64_t jobs = std::max<std::uint64_t>(1, changes / count / 2);
  double taken = 0;
  for (const auto& site : sites) taken += a_year(site, jobs, chance);
  const double rate = static_cast<double>(2 * jobs * count) / taken;
  const double baseline = by_the_hour(*sites[0], std::min<std::uint64_t>(1000, jobs), chance);
  return {{{"sites", std::to_string(count)}, {"changes", std::to_string(2 * jobs * count)}},
          {{"changes_per_s", rate},
           {"baseline_changes_per_s", baseline},
           {"ratio", rate / baseline},
           {"seconds", taken},
           {"build_s", build},
           {"megabytes", memory}}};
}

}  // namespace

// A year of hourly carbon and prices, with jobs that start and stop; the baseline adds up each span
// hour by hour.
std::vector<BenchRow> bench_energy(const BenchOptions& options) {
  const std::uint64_t changes = std::min<std::uint64_t>(1'000'000, options.events);
  std::vector<BenchRow> rows;
  for (const std::uint64_t most : {1ull, 1000ull})
    rows.push_back(measure(std::min<std::uint64_t>(most, changes / 20 + 1), changes));
  return rows;
}

}  // namespace fleetsim
