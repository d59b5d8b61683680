#pragma once
#include <gtest/gtest.h>

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "workloads/queueing/simulate.h"

// Queueing systems built by hand, for the tests of the simulation and of its closed forms.
namespace fleetsim::queueing {

inline Target to_station(std::uint32_t index = 0) {
  return {Target::Kind::station, index};
}
inline Target to_router(std::uint32_t index = 0) {
  return {Target::Kind::router, index};
}
inline Law exponential(double mean) {
  return *Law::exponential(mean);
}
inline Law constant(double value) {
  return *Law::constant(value);
}

inline SourceConfig source(std::string name, Law gaps, Target to = to_station()) {
  return {.name = std::move(name), .to = to, .arrivals = Renewal{std::move(gaps)}};
}
inline SourceConfig population(std::uint32_t count, Law think, Target to = to_station()) {
  return {.name = "population", .to = to, .arrivals = Population{count, std::move(think)}};
}
inline StationConfig station(std::string name, Law service,
                             Discipline discipline = Discipline::fcfs, std::uint32_t servers = 1) {
  return {.name = std::move(name),
          .servers = servers,
          .discipline = discipline,
          .service = std::move(service)};
}
inline RouterConfig router(RouterConfig::Policy policy, std::vector<Target> to,
                           std::vector<double> probability = {}) {
  return {.name = "router",
          .policy = policy,
          .to = std::move(to),
          .probability = std::move(probability)};
}
inline QueueingConfig line(Law gaps, Law service, Discipline discipline = Discipline::fcfs,
                           std::uint32_t servers = 1) {
  return {{source("customers", std::move(gaps))},
          {station("line", std::move(service), discipline, servers)},
          {}};
}

// One customer each, whose arrival, work and priority are known.
struct Job {
  double at = 0, work = 1;  // s
  std::uint32_t priority = 0;
};
inline QueueingConfig jobs(std::initializer_list<Job> jobs, Discipline discipline,
                           std::uint32_t servers = 1) {
  QueueingConfig config{{}, {station("station", constant(1), discipline, servers)}, {}};
  for (const Job& job : jobs)
    config.sources.push_back({.name = "job" + std::to_string(config.sources.size()),
                              .to = to_station(),
                              .arrivals = Schedule{{Instant{} + from_seconds(job.at)}},
                              .priority = job.priority,
                              .service = constant(job.work)});
  return config;
}

// When each source's customer left, in nanoseconds; left out who is still inside at `end`.
inline std::map<std::uint32_t, std::int64_t> departures(const QueueingConfig& config,
                                                        double end = 100) {
  const Replication run = simulate(config, {}, {.end = from_seconds(end), .keep_visits = 1000});
  std::map<std::uint32_t, std::int64_t> out;
  for (const System::Visit& v : run.visits) out[v.source] = (v.entered - Instant{} + v.sojourn).ns;
  return out;
}
inline std::map<std::uint32_t, std::int64_t> at_seconds(std::initializer_list<double> times) {
  std::map<std::uint32_t, std::int64_t> out;
  std::uint32_t i = 0;
  for (const double t : times) out[i++] = from_seconds(t).ns;
  return out;
}

inline double value_of(const std::vector<Measured>& window, const std::string& metric) {
  for (const Measured& m : window)
    if (m.metric.name == metric) return m.value;
  ADD_FAILURE() << "no metric " << metric;
  return 0;
}
inline double measure(const QueueingConfig& config, const std::string& metric, double end,
                      double warm_up = 0, std::uint32_t replication = 0) {
  const Chance chance{.seed = 1, .replication = replication};
  const Plan plan{.warm_up = from_seconds(warm_up), .end = from_seconds(end)};
  return value_of(simulate(config, chance, plan).windows[0], metric);
}

}  // namespace fleetsim::queueing
