#include "sim/law.h"
#include "tools/bench.h"
#include "workloads/queueing/simulate.h"

namespace fleetsim {
namespace {

using namespace queueing;

struct NamedDiscipline {
  const char* name;
  Discipline discipline;
};
constexpr NamedDiscipline disciplines[] = {
    {"FCFS", Discipline::fcfs}, {"LCFS", Discipline::lcfs}, {"PRIORITY", Discipline::priority},
    {"SRPT", Discipline::srpt}, {"PS", Discipline::ps},
};

QueueingConfig mm1(Discipline discipline) {
  QueueingConfig config;
  config.sources.push_back({.name = "customers",
                            .to = {Target::Kind::station, 0},
                            .arrivals = Renewal{*Law::exponential(1 / 0.9)},
                            .priority = 0,
                            .service = {}});
  config.stations.push_back({.name = "server",
                             .copies = 1,
                             .servers = 1,
                             .discipline = discipline,
                             .service = *Law::exponential(1),
                             .room = {},
                             .bulk = {},
                             .patience = {},
                             .retrial = {},
                             .to = {}});
  return config;
}

}  // namespace

// M/M/1 at 90 % load with everything on that a run measures: two draws, two events, waits and
// sojourns with their quantiles, lengths, the audit.
std::vector<BenchRow> bench_queueing(const BenchOptions& options) {
  std::vector<BenchRow> rows;
  for (const NamedDiscipline& d : disciplines) {
    const QueueingConfig config = mm1(d.discipline);
    const Plan plan{.end = from_seconds(static_cast<double>(options.events) / 0.9)};
    const double start = thread_seconds();
    const Replication replication = simulate(config, {.seed = 1}, plan);
    const double passed = thread_seconds() - start;
    const double customers = static_cast<double>(replication.events) / 2;
    rows.push_back({{{"discipline", d.name}},
                    {{"customers_per_s", customers / passed},
                     {"ns_per_customer", passed * 1e9 / customers},
                     {"events_per_s", static_cast<double>(replication.events) / passed}}});
  }
  return rows;
}

}  // namespace fleetsim
