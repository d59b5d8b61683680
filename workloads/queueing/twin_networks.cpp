// Networks of product form, open and closed, and what holds in every system.

#include <algorithm>
#include <cmath>

#include "analytic/queueing/closed_network.h"
#include "analytic/queueing/erlang.h"
#include "analytic/queueing/jackson.h"
#include "workloads/queueing/metrics.h"
#include "workloads/queueing/presence.h"
#include "workloads/queueing/twin_builder.h"

namespace fleetsim::queueing {
namespace {

bool is_plain(const StationConfig& s) {
  return !s.room && !s.patience && !s.retrial && !s.bulk;
}

// The law of all services at a station: its own, or that of the only source.
const Law& service_at(const QueueingConfig& config, std::size_t station) {
  const SourceConfig& first = config.sources[0];
  if (config.sources.size() == 1 && first.service) return *first.service;
  return config.stations[station].service;
}

// What product form asks of the stations (Baskett, Chandy, Muntz and Palacios 1975). A station with
// a server for every customer of a population delays them, by any law.
std::string broken_product_form(const QueueingConfig& config, std::uint32_t population) {
  bool exponential = true, blind = true, one_law = true;
  for (std::size_t i = 0; i < config.stations.size(); ++i) {
    const StationConfig& station = config.stations[i];
    const bool symmetric =
        station.discipline == Discipline::ps ||
        (station.discipline == Discipline::lcfs_preemptive && station.servers == 1) ||
        (population > 0 && station.servers >= population);
    exponential = exponential && (symmetric || is_exponential(service_at(config, i)));
    blind = blind && station.discipline != Discipline::srpt;
  }
  for (const SourceConfig& source : config.sources)
    one_law = one_law && (!source.service || config.sources.size() == 1);
  return broken({{exponential, "exponential services"},
                 {blind, "an order blind to sizes"},
                 {one_law, "one law of service at each station"}});
}

// A station with copies is so many stations, each with an equal part of its customers.
struct Copy {
  std::size_t station = 0;
  double share = 1;
};
std::vector<Copy> copies_of(const QueueingConfig& config) {
  std::vector<Copy> out;
  for (std::size_t i = 0; i < config.stations.size(); ++i)
    for (std::uint32_t copy = 0; copy < config.stations[i].copies; ++copy)
      out.push_back({i, 1.0 / config.stations[i].copies});
  return out;
}

analytic::JacksonNetwork jackson_network(const Layout& layout) {
  const QueueingConfig& config = *layout.config;
  const Network& network = *layout.network;
  const std::vector<Copy> copies = copies_of(config);
  analytic::JacksonNetwork out;
  for (const Copy& to : copies) {
    double outside = 0;  // rate = outside + rate P
    for (std::size_t i = 0; i < config.stations.size(); ++i)
      outside -= network.rate[i] * network.next[i][to.station];
    outside = std::max(0.0, outside + network.rate[to.station]) * to.share;
    out.stations.push_back(
        {outside, 1 / service_at(config, to.station).mean(), config.stations[to.station].servers});
    std::vector<double>& row = out.routing.emplace_back();
    for (const Copy& next : copies)
      row.push_back(network.next[to.station][next.station] * next.share);
  }
  return out;
}

// The first copy of each station.
std::vector<std::size_t> first_copies(const QueueingConfig& config) {
  std::vector<std::size_t> first;
  std::size_t next = 0;
  for (const StationConfig& station : config.stations) {
    first.push_back(next);
    next += station.copies;
  }
  return first;
}

// Who comes finds a station as M/M/c in its steady state, so its waits are those of M/M/c.
void add_station(const QueueingConfig& config, std::size_t i, double rate, const Formula& formula,
                 TwinBuilder& twin) {
  const StationConfig& station = config.stations[i];
  const std::string prefix = station_prefix(config, i);
  const double mean_service = service_at(config, i).mean();
  const auto steady = analytic::mmc({.arrival_rate = rate / station.copies,
                                     .service_rate = 1 / mean_service,
                                     .servers = station.servers});
  if (!steady) return;
  for (std::uint32_t k = 1;
       station.copies > 1 && station.servers == 1 && k <= DepthProfile::deepest; ++k)
    twin.add(prefix + "at_least." + std::to_string(k), formula,
             std::pow(steady->means.utilization, k));
  if (config.stations.size() == 1) return;
  twin.add_means(prefix, formula, steady->means.wait, steady->means.sojourn);
  twin.add(prefix + "length", formula, station.copies * steady->means.present);
  const Formula tails =
      formula.unless({{station.discipline == Discipline::fcfs, "first come, first served"},
                      {is_exponential(service_at(config, i)), "exponential services"}});
  twin.add_quantiles(prefix, "wait", tails,
                     [&](double p) { return analytic::mmc_wait_quantile(*steady, p); });
  twin.add_quantiles(prefix, "sojourn", tails,
                     [&](double p) { return analytic::mmc_sojourn_quantile(*steady, p); });
}

// By Little's law on the servers, whatever the laws and orders.
void add_busy(const QueueingConfig& config, const std::vector<double>& rate, const Formula& formula,
              TwinBuilder& twin) {
  double busy = 0, servers = 0;
  for (std::size_t i = 0; i < config.stations.size(); ++i) {
    const StationConfig& station = config.stations[i];
    const double here = static_cast<double>(station.servers) * station.copies;
    const double working = rate[i] * service_at(config, i).mean();
    busy += working;
    servers += here;
    if (config.stations.size() > 1)
      twin.add(station_prefix(config, i) + "utilization", formula, working / here);
  }
  twin.add("queue.utilization", formula, busy / servers);
}

}  // namespace

void tell_open_network(const Layout& layout, TwinBuilder& twin) {
  if (!layout.network || layout.one || !layout.open()) return;
  const QueueingConfig& config = *layout.config;
  const Network& network = *layout.network;
  if (!std::all_of(config.stations.begin(), config.stations.end(), is_plain))
    return twin.explain("queue.", "q.jackson assumes stations with room for all, one by one");
  const auto steady = analytic::jackson(jackson_network(layout));
  if (!steady) return twin.explain("queue.", steady.error().message);
  const Formula formula = Formula{"q.jackson", broken_product_form(config, 0)}.unless(
      {{layout.arrivals == Arrivals::poisson, "Poisson arrivals"}});
  const std::vector<std::size_t> first = first_copies(config);
  std::vector<double> visit;
  double work = 0;  // of a customer at all stations
  for (std::size_t i = 0; i < config.stations.size(); ++i) {
    visit.push_back(steady->stations[first[i]].sojourn);
    work += network.rate[i] / layout.rate * service_at(config, i).mean();
    add_station(config, i, network.rate[i], formula, twin);
  }
  twin.add_means("queue.", formula, steady->sojourn - work, steady->sojourn);
  twin.add("queue.length", formula, steady->present);
  twin.add("queue.throughput", {.id = formula.broken.empty() ? "q.jackson" : "q.little"},
           layout.rate);
  const bool own = std::any_of(config.sources.begin(), config.sources.end(),
                               [](const SourceConfig& s) { return s.service.has_value(); });
  if (!own || config.sources.size() == 1)
    add_busy(config, network.rate, {.id = formula.broken.empty() ? "q.jackson" : "q.little"}, twin);
  const bool alike =
      std::all_of(config.stations.begin(), config.stations.end(), [](const StationConfig& s) {
        return s.discipline != Discipline::priority &&
               s.discipline != Discipline::priority_preemptive;
      });
  const Formula by_source = formula.unless({{alike, "sources of equal rank"}});
  for (std::size_t s = 0; config.sources.size() > 1 && s < config.sources.size(); ++s) {
    double sojourn = 0, own_work = 0;
    for (std::size_t i = 0; i < visit.size(); ++i) {
      sojourn += network.visits[s][i] * visit[i];
      own_work += network.visits[s][i] * service_at(config, i).mean();
    }
    twin.add_means(source_prefix(config, s), by_source, sojourn - own_work, sojourn);
  }
  if (formula.broken.empty())
    twin.explain("queue.", "q.jackson gives no quantiles of a way through several visits");
}

void tell_closed_network(const Layout& layout, TwinBuilder& twin) {
  if (!layout.network || layout.arrivals != Arrivals::population) return;
  const QueueingConfig& config = *layout.config;
  const auto& population = std::get<Population>(config.sources[0].arrivals);
  const std::vector<double>& visits = layout.network->visits[0];
  if (!std::all_of(config.stations.begin(), config.stations.end(), is_plain))
    return twin.explain("queue.", "q.closed assumes stations with room for all, one by one");
  analytic::ClosedNetwork network{
      .stations = {}, .customers = population.count, .mean_think = population.think.mean()};
  std::vector<std::size_t> row(visits.size(), 0);  // of the first copy of each station
  for (const Copy& copy : copies_of(config)) {
    const double here = visits[copy.station] * copy.share;
    if (!(here > 0)) continue;
    const StationConfig& station = config.stations[copy.station];
    const bool delay = station.servers >= population.count;
    if (row[copy.station] == 0) row[copy.station] = network.stations.size() + 1;
    network.stations.push_back({.kind = delay ? analytic::ClosedStation::Kind::delay
                                              : analytic::ClosedStation::Kind::queue,
                                .visits = here,
                                .mean_service = service_at(config, copy.station).mean(),
                                .servers = station.servers});
  }
  const auto steady = analytic::closed_network(network);
  if (!steady) return twin.explain("queue.", steady.error().message);
  const Formula formula{"q.closed", broken_product_form(config, population.count)};
  double work = 0;
  std::vector<double> rate;
  for (std::size_t i = 0; i < visits.size(); ++i) {
    const double mean_service = service_at(config, i).mean();
    work += visits[i] * mean_service;
    rate.push_back(steady->throughput * visits[i]);
    if (config.stations.size() == 1 || row[i] == 0) continue;
    const analytic::StationMeans& means = steady->stations[row[i] - 1];
    const std::string prefix = station_prefix(config, i);
    twin.add_means(prefix, formula, means.sojourn - mean_service, means.sojourn);
    twin.add(prefix + "length", formula, rate[i] * means.sojourn);
  }
  add_busy(config, rate, formula, twin);
  twin.add_means("queue.", formula, steady->response - work, steady->response);
  twin.add("queue.throughput", formula, steady->throughput);
  twin.add("queue.length", formula, steady->throughput * steady->response);
  if (formula.broken.empty()) twin.explain("queue.", "q.closed gives means only");
}

// What comes in goes out; and a server is busy for the part rate x mean service of the time.
void tell_flows(const Layout& layout, TwinBuilder& twin) {
  if (layout.arrivals == Arrivals::schedule) return;
  const Formula formula{.id = "q.little"};
  twin.add("queue.little", formula, 1.0);
  const auto& stations = layout.config->stations;
  const bool all_pass = std::all_of(stations.begin(), stations.end(), is_plain);
  if (!layout.open() || !all_pass) return;
  twin.add("queue.throughput", formula, layout.rate);
  if (layout.one)
    twin.add("queue.utilization", formula,
             layout.one->rate * layout.one->mean_service / layout.one->servers());
}

}  // namespace fleetsim::queueing
