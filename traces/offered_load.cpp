#include "traces/offered_load.h"

#include <algorithm>
#include <cmath>

#include "sim/unit_text.h"

namespace fleetsim {
namespace {

using namespace queueing;

constexpr double most_steps = 2e7;  // of the iteration: edges looked at, all in all

// How many services a second all copies of a station can do, per second of mean service.
double capacity(const StationConfig& station) {
  const double at_once = station.bulk ? station.bulk->size : 1;
  return static_cast<double>(station.copies) * station.servers * at_once;
}

// Customers a second; 0 for what ends by itself: a schedule, or a closed population.
double arrival_rate(const SourceConfig& source) {
  if (const auto* renewal = std::get_if<Renewal>(&source.arrivals))
    return 1 / renewal->interarrival.mean();
  const auto* mmpp = std::get_if<Mmpp>(&source.arrivals);
  if (!mmpp) return 0;
  double arrivals = 0, time = 0;
  for (const Mmpp::State& state : mmpp->states) {
    arrivals += state.rate * state.mean_stay;
    time += state.mean_stay;
  }
  return arrivals / time;
}

// The share of a router's customers that goes to each target. What looks before it sends keeps the
// targets about equally busy.
std::vector<double> shares(const RouterConfig& router, const QueueingConfig& config) {
  if (router.policy == RouterConfig::Policy::probabilities) return router.probability;
  const bool looks = router.policy == RouterConfig::Policy::shortest ||
                     router.policy == RouterConfig::Policy::power_of_d;
  std::vector<double> share;
  double sum = 0;
  for (const Target to : router.to) {
    const StationConfig& station = config.stations[to.index];
    share.push_back(looks ? capacity(station) / station.service.mean() : station.copies);
    sum += share.back();
  }
  for (double& each : share) each /= sum;
  return share;
}

// Where customers go on to: stations first, then routers.
struct Edge {
  std::size_t from, to;
  double share;
};
class Wiring {
 public:
  explicit Wiring(const QueueingConfig& config)
      : stations_(config.stations.size()),
        nodes_(stations_ + config.routers.size()) {
    for (std::size_t i = 0; i < stations_; ++i) add(i, config.stations[i].to, 1);
    for (std::size_t i = 0; i < config.routers.size(); ++i) {
      const auto share = shares(config.routers[i], config);
      for (std::size_t k = 0; k < share.size(); ++k)
        add(stations_ + i, config.routers[i].to[k], share[k]);
    }
  }

  std::size_t nodes() const { return nodes_; }
  std::size_t node(Target target) const {
    return target.index + (target.kind == Target::Kind::router ? stations_ : 0);
  }

  // Visits to each node per customer who begins at `first`. Sent on step by step; when the steps
  // are used up the sums are still lower bounds, so that no warning is ever false.
  std::vector<double> visits(std::size_t first, double steps) const {
    std::vector<double> sum(nodes_), now(nodes_), next(nodes_);
    now[first] = 1;
    double left = 1;
    for (; left > 1e-12 && steps > 0; steps -= static_cast<double>(edges_.size() + nodes_)) {
      std::fill(next.begin(), next.end(), 0.0);
      for (const Edge& edge : edges_) next[edge.to] += now[edge.from] * edge.share;
      left = 0;
      for (std::size_t i = 0; i < nodes_; ++i) sum[i] += now[i], left += next[i];
      std::swap(now, next);
    }
    return sum;
  }

  // Marks all that customers who begin at `first` can come to.
  void reach(std::size_t first, std::vector<bool>& reached) const {
    std::vector<std::size_t> ahead = {first};
    while (!ahead.empty()) {
      const std::size_t node = ahead.back();
      ahead.pop_back();
      if (reached[node]) continue;
      reached[node] = true;
      const auto before = [](const Edge& edge, std::size_t from) { return edge.from < from; };
      for (auto edge = std::lower_bound(edges_.begin(), edges_.end(), node, before);
           edge != edges_.end() && edge->from == node; ++edge)
        if (edge->share > 0) ahead.push_back(edge->to);
    }
  }

 private:
  void add(std::size_t from, Target to, double share) {
    if (to.kind != Target::Kind::exit) edges_.push_back({from, node(to), share});
  }

  std::size_t stations_, nodes_;
  std::vector<Edge> edges_;  // in order of `from`
};

std::string overload(const StationConfig& station, double load) {
  return "station " + station.name + ": utilisation " + format_number(load, 3) +
         " >= 1: the queue never settles, and no closed form such as q.mm1 has a steady state; " +
         "the run goes on to its horizon";
}

// Work offered to each station, as a share of what it can do.
std::vector<double> loads(const QueueingConfig& config, const Wiring& wiring) {
  std::vector<double> load(config.stations.size());
  const double steps = most_steps / static_cast<double>(config.sources.size());
  if (steps < static_cast<double>(wiring.nodes())) return load;  // too large to look at
  for (const SourceConfig& source : config.sources) {
    const double rate = arrival_rate(source);
    if (rate == 0) continue;
    const auto visits = wiring.visits(wiring.node(source.to), steps);
    for (std::size_t i = 0; i < load.size(); ++i) {
      const StationConfig& station = config.stations[i];
      const Law& service = source.service && !station.bulk ? *source.service : station.service;
      load[i] += rate * visits[i] * service.mean() / capacity(station);
    }
  }
  return load;
}

}  // namespace

std::vector<std::string> queueing_warnings(const QueueingConfig& config) {
  const Wiring wiring(config);
  const auto load = loads(config, wiring);
  std::vector<bool> reached(wiring.nodes());
  for (const SourceConfig& source : config.sources) wiring.reach(wiring.node(source.to), reached);
  std::vector<std::string> warnings;
  for (std::size_t i = 0; i < load.size(); ++i) {
    const StationConfig& station = config.stations[i];
    const bool limited = station.room && !station.retrial;  // the rest is turned away
    if (load[i] >= 1 - 1e-9 && !limited && !station.patience)
      warnings.push_back(overload(station, load[i]));
    if (!reached[i])
      warnings.push_back("station " + station.name + ": no customer ever gets there");
  }
  return warnings;
}

}  // namespace fleetsim
