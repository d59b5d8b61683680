#include "workloads/queueing/layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analytic/queueing/dense.h"
#include "analytic/queueing/retrial.h"

namespace fleetsim::queueing {
namespace {

using Policy = RouterConfig::Policy;

constexpr std::size_t largest_network = 200;  // stations: its equations are solved densely

bool is_poisson(const SourceConfig& source) {
  if (const auto* renewal = std::get_if<Renewal>(&source.arrivals))
    return is_exponential(renewal->interarrival);
  const auto* mmpp = std::get_if<Mmpp>(&source.arrivals);
  return mmpp && std::all_of(mmpp->states.begin(), mmpp->states.end(),
                             [&](const Mmpp::State& s) { return s.rate == mmpp->states[0].rate; });
}

double rate_of(const SourceConfig& source) {
  if (const auto* renewal = std::get_if<Renewal>(&source.arrivals))
    return 1 / renewal->interarrival.mean();
  const auto* mmpp = std::get_if<Mmpp>(&source.arrivals);
  if (mmpp == nullptr) return 0;
  double customers = 0, time = 0;
  for (const Mmpp::State& state : mmpp->states) {
    customers += state.rate * state.mean_stay;
    time += state.mean_stay;
  }
  return customers / time;
}

Arrivals arrivals_of(const std::vector<SourceConfig>& sources) {
  if (std::all_of(sources.begin(), sources.end(), is_poisson)) return Arrivals::poisson;
  for (const SourceConfig& source : sources)
    if (std::holds_alternative<Schedule>(source.arrivals)) return Arrivals::schedule;
  if (sources.size() > 1) return Arrivals::several;
  if (std::holds_alternative<Renewal>(sources[0].arrivals)) return Arrivals::renewal;
  if (std::holds_alternative<Mmpp>(sources[0].arrivals)) return Arrivals::mmpp;
  return Arrivals::population;
}

// 0 where some source has no rate of its own.
double total_rate(const std::vector<SourceConfig>& sources) {
  double sum = 0;
  for (const SourceConfig& source : sources) {
    if (rate_of(source) <= 0) return 0;
    sum += rate_of(source);
  }
  return sum;
}

// Whether everything that goes there ends up at station 0 by routers that choose by chance.
bool by_chance_to_first(const QueueingConfig& config, Target to) {
  if (to.kind != Target::Kind::router) return to.kind == Target::Kind::station && to.index == 0;
  const RouterConfig& router = config.routers[to.index];
  const bool chance = router.policy == Policy::random || router.policy == Policy::probabilities ||
                      config.stations[0].copies == 1;
  return chance && std::all_of(router.to.begin(), router.to.end(),
                               [&](Target t) { return by_chance_to_first(config, t); });
}

bool set_split(const QueueingConfig& config, OneStation& one) {
  const auto& sources = config.sources;
  if (std::all_of(sources.begin(), sources.end(),
                  [&](const SourceConfig& s) { return by_chance_to_first(config, s.to); }))
    return true;
  const Target to = sources[0].to;
  const bool alike = std::all_of(sources.begin(), sources.end(),
                                 [&](const SourceConfig& s) { return s.to == to; });
  if (!alike || to.kind != Target::Kind::router) return false;
  const RouterConfig& router = config.routers[to.index];
  if (router.to != std::vector<Target>{{Target::Kind::station, 0}}) return false;
  if (router.policy == Policy::round_robin) one.split = OneStation::Split::in_turn;
  if (router.policy == Policy::shortest) one.split = OneStation::Split::shortest;
  if (router.policy != Policy::power_of_d || router.choices == 1) return true;
  one.choices = router.choices;
  one.split = router.choices < config.stations[0].copies ? OneStation::Split::best_of_some
                                                         : OneStation::Split::shortest;
  return true;
}

bool same_law(const Law& a, const Law& b) {
  return a.mean() == b.mean() &&
         ((is_exponential(a) && is_exponential(b)) || (is_constant(a) && is_constant(b)));
}

std::optional<OneStation> one_station(const QueueingConfig& config) {
  if (config.stations.size() != 1 || config.stations[0].to.kind != Target::Kind::exit)
    return std::nullopt;
  OneStation one;
  one.station = &config.stations[0];
  if (!set_split(config, one)) return std::nullopt;
  const double whole = total_rate(config.sources);
  one.rate = whole / one.copies();
  bool own = false, alike = true;
  for (const SourceConfig& source : config.sources) {
    const bool replaced = source.service && !one.station->bulk;
    const Law& service = replaced ? *source.service : one.station->service;
    own = own || replaced;
    one.classes.push_back({rate_of(source) / one.copies(), service, source.priority});
    alike = alike && same_law(service, one.classes[0].service);
    const double share =
        whole > 0 ? rate_of(source) / whole : 1 / static_cast<double>(config.sources.size());
    one.mean_service += share * service.mean();
    one.second_moment += share * service.second_moment();
  }
  if (!own || alike || config.sources.size() == 1) one.service = one.classes[0].service;
  return one;
}

// Adds the chances of the stations that a customer sent there comes to next; returns that of
// leaving.
double spread(const QueueingConfig& config, Target to, double share, std::vector<double>& row) {
  if (to.kind == Target::Kind::exit) return share;
  if (to.kind == Target::Kind::station) {
    row[to.index] += share;
    return 0;
  }
  const RouterConfig& router = config.routers[to.index];
  double candidates = 0, leaves = 0;
  for (const Target t : router.to)
    if (router.policy == Policy::random) candidates += config.stations[t.index].copies;
  for (std::size_t i = 0; i < router.to.size(); ++i) {
    const double part = router.policy == Policy::random
                            ? config.stations[router.to[i].index].copies / candidates
                            : router.probability[i];
    leaves += spread(config, router.to[i], share * part, row);
  }
  return leaves;
}

// Visits solve v = e + v P; `leaves` is what the rows of P lack. False where some never leave.
bool count_visits(Network& network, std::vector<double> leaves) {
  const std::size_t n = network.next.size();
  analytic::Matrix next(n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) next(i, j) = network.next[i][j];
  const auto stays = analytic::inverse(std::move(next), std::move(leaves));
  if (!stays) return false;
  for (const std::vector<double>& enters : network.enters)
    network.visits.push_back(enters * *stays);
  return true;
}

std::optional<Network> network(const QueueingConfig& config) {
  double stations = 0;
  for (const StationConfig& station : config.stations) stations += station.copies;
  if (stations > largest_network) return std::nullopt;
  for (const RouterConfig& router : config.routers)
    if (router.policy != Policy::random && router.policy != Policy::probabilities)
      return std::nullopt;
  Network out;
  const std::vector<double> nowhere(config.stations.size(), 0.0);
  for (const SourceConfig& source : config.sources)
    spread(config, source.to, 1, out.enters.emplace_back(nowhere));
  std::vector<double> leaves;
  for (const StationConfig& station : config.stations)
    leaves.push_back(spread(config, station.to, 1, out.next.emplace_back(nowhere)));
  if (!count_visits(out, std::move(leaves))) return std::nullopt;
  out.rate = nowhere;
  for (std::size_t s = 0; s < config.sources.size(); ++s)
    for (std::size_t i = 0; i < nowhere.size(); ++i)
      out.rate[i] += rate_of(config.sources[s]) * out.visits[s][i];
  return out;
}

bool turns_away(const StationConfig& station) {
  return (station.room && !station.retrial) || station.patience;
}

// An orbit that tries at one rate is served at less than the rate of the server.
std::optional<std::string> retry_storm(const OneStation& one) {
  if (!one.station->retrial || !one.station->retrial->constant) return std::nullopt;
  const auto bearable = analytic::retrial_constant_threshold(
      1 / one.mean_service, 1 / one.station->retrial->delay.mean());
  if (!bearable || one.rate < *bearable) return std::nullopt;
  return fmt::format(
      "never settles: {:.4g} /s arrive, and retries at this rate bear {:.4g} /s "
      "(q.retry has no steady state)",
      one.rate, *bearable);
}

}  // namespace

bool is_exponential(const Law& law) {
  if (std::holds_alternative<ExponentialLaw>(law.kind())) return true;
  if (const auto* gamma = std::get_if<GammaLaw>(&law.kind())) return gamma->shape == 1;
  if (const auto* weibull = std::get_if<WeibullLaw>(&law.kind())) return weibull->shape == 1;
  const auto* mixture = std::get_if<HyperexponentialLaw>(&law.kind());
  return mixture && std::all_of(mixture->mean.begin(), mixture->mean.end(),
                                [&](double mean) { return mean == mixture->mean[0]; });
}

bool is_constant(const Law& law) {
  return std::holds_alternative<ConstantLaw>(law.kind()) || law.variance() == 0;
}

Law law_of_moments(double mean, double second_moment) {
  const double cv = std::sqrt(std::max(0.0, second_moment / (mean * mean) - 1));
  if (cv < 1e-3) return *Law::constant(mean);
  return *Law::gamma_mean_cv(mean, std::min(cv, 100.0));
}

bool OneStation::one_priority() const {
  return std::all_of(classes.begin(), classes.end(),
                     [&](const CustomerClass& c) { return c.priority == classes[0].priority; });
}

bool OneStation::in_order() const {
  const Discipline d = station->discipline;
  const bool by_priority = d == Discipline::priority || d == Discipline::priority_preemptive;
  return d == Discipline::fcfs || (by_priority && one_priority());
}

bool OneStation::class_blind() const {
  const Discipline d = station->discipline;
  return in_order() || (d != Discipline::priority && d != Discipline::priority_preemptive &&
                        (d != Discipline::srpt || service));
}

Layout layout_of(const QueueingConfig& config) {
  Layout layout;
  layout.config = &config;
  layout.arrivals = arrivals_of(config.sources);
  layout.rate = total_rate(config.sources);
  layout.one = one_station(config);
  layout.network = network(config);
  return layout;
}

std::optional<std::string> never_settles(const Layout& layout) {
  const auto says = [](double load, const std::string& where, const char* formula) {
    return fmt::format("never settles: utilisation {:.4g} >= 1{} ({} has no steady state)", load,
                       where, formula);
  };
  if (layout.one) {
    const OneStation& one = *layout.one;
    const double at_once = one.station->bulk ? one.station->bulk->size : 1;
    const double load = one.rate * one.mean_service / (one.servers() * at_once);
    const char* formula = one.station->bulk      ? "q.bulk"
                          : one.station->retrial ? "q.retry"
                          : one.servers() == 1   ? "q.mm1"
                                                 : "q.mmc";
    if (load >= 1 && !turns_away(*one.station)) return says(load, "", formula);
    return retry_storm(one);
  }
  const QueueingConfig& config = *layout.config;
  if (!layout.network || std::any_of(config.stations.begin(), config.stations.end(), turns_away))
    return std::nullopt;
  for (std::size_t i = 0; i < config.stations.size(); ++i) {
    const StationConfig& station = config.stations[i];
    double busy = 0;
    for (std::size_t s = 0; s < config.sources.size(); ++s) {
      const SourceConfig& source = config.sources[s];
      const Law& service = source.service && !station.bulk ? *source.service : station.service;
      busy += rate_of(source) * layout.network->visits[s][i] * service.mean();
    }
    const double at_once = station.bulk ? station.bulk->size : 1;
    const double load = busy / (station.copies * at_once * station.servers);
    if (load >= 1) return says(load, " at station " + station.name, "q.jackson");
  }
  return std::nullopt;
}

}  // namespace fleetsim::queueing
