// One station with a line: M/M/c, M/D/1, M/G/1 under its disciplines, G/M/1, MMPP/M/1.

#include <cmath>

#include "analytic/queueing/erlang.h"
#include "analytic/queueing/gg1.h"
#include "analytic/queueing/md1.h"
#include "analytic/queueing/mg1.h"
#include "analytic/queueing/mmpp.h"
#include "analytic/queueing/priority.h"
#include "analytic/queueing/srpt.h"
#include "workloads/queueing/metrics.h"
#include "workloads/queueing/presence.h"
#include "workloads/queueing/twin_builder.h"

namespace fleetsim::queueing {
namespace {

using Split = OneStation::Split;

// Customers come, wait for as long as it takes, are served one by one, and leave.
bool is_plain(const OneStation& one) {
  const StationConfig& s = *one.station;
  return !s.room && !s.patience && !s.retrial && !s.bulk;
}

// A plain station that somebody comes to all the time; nothing where it is another system.
const OneStation* plain_line(const Layout& layout) {
  return layout.one && layout.open() && is_plain(*layout.one) ? &*layout.one : nullptr;
}

Assumption poisson(const Layout& layout) {
  return {layout.arrivals == Arrivals::poisson, "Poisson arrivals"};
}
Assumption random_split(const OneStation& one) {
  return {one.split == Split::random, "random routing"};
}
Assumption exponential(const OneStation& one) {
  return {one.exponential(), "exponential services"};
}
Assumption in_order(const OneStation& one) {
  return {one.in_order(), "first come, first served"};
}

// The share of copies that are busy is the utilisation of one server, whatever the laws.
void add_busy_share(const OneStation& one, TwinBuilder& twin) {
  if (one.copies() > 1 && one.servers() == 1)
    twin.add("queue.at_least.1", {.id = "q.little"}, one.rate * one.mean_service);
}

// Beside the whole, each source where they all have the same laws of waiting.
std::vector<std::string> alike(const OneStation& one, const TwinBuilder& twin) {
  std::vector<std::string> prefixes = {"queue."};
  for (std::size_t i = 0;
       one.classes.size() > 1 && one.service && one.class_blind() && i < one.classes.size(); ++i)
    prefixes.push_back(source_prefix(twin.config(), i));
  return prefixes;
}

// The gaps between arrivals at one copy, where they are independent and of one known law. In turn
// among n copies, each copy's gap is the sum of n gaps.
std::optional<Law> gaps(const Layout& layout) {
  const OneStation& one = *layout.one;
  const double n = one.copies();
  if (n > 1 && one.split != Split::in_turn) return std::nullopt;
  if (layout.arrivals == Arrivals::poisson)
    return n > 1 ? *Law::gamma(n, 1 / layout.rate) : *Law::exponential(1 / layout.rate);
  if (layout.arrivals != Arrivals::renewal) return std::nullopt;
  const Law& law = std::get<Renewal>(layout.config->sources[0].arrivals).interarrival;
  if (n == 1) return law;
  if (is_constant(law)) return *Law::constant(n * law.mean());
  if (const auto* gamma = std::get_if<GammaLaw>(&law.kind()))
    return *Law::gamma(n * gamma->shape, gamma->scale);
  return std::nullopt;
}

}  // namespace

// Orders that ignore the sizes of exponential services leave the number present as it is, and with
// it all means. Systems that limit or redirect their customers compare themselves to this one.
void tell_poisson_line(const Layout& layout, TwinBuilder& twin) {
  if (!layout.one || !layout.open()) return;
  const OneStation& one = *layout.one;
  const StationConfig& station = *one.station;
  if (station.bulk || station.discipline == Discipline::srpt) return;
  const auto steady = analytic::mmc(
      {.arrival_rate = one.rate, .service_rate = 1 / one.mean_service, .servers = station.servers});
  if (!steady) return twin.explain("queue.", steady.error().message);
  const Formula means{
      station.servers == 1 ? "q.mm1" : "q.mmc",
      broken({poisson(layout),
              exponential(one),
              random_split(one),
              {!station.room, station.retrial ? "a line to wait in" : "room for everybody"},
              {!station.patience, "endless patience"}})};
  const Formula tails = means.unless({in_order(one)});
  twin.add_system(one, means, steady->means, one.rate);
  for (const std::string& prefix : alike(one, twin)) {
    twin.add_means(prefix, means, steady->means.wait, steady->means.sojourn);
    twin.add_quantiles(prefix, "wait", tails,
                       [&](double p) { return analytic::mmc_wait_quantile(*steady, p); });
    twin.add_quantiles(prefix, "sojourn", tails,
                       [&](double p) { return analytic::mmc_sojourn_quantile(*steady, p); });
  }
  if (one.copies() == 1 || station.servers > 1) return;
  for (std::uint32_t k = 1; k <= DepthProfile::deepest; ++k)
    twin.add("queue.at_least." + std::to_string(k), means, std::pow(steady->means.utilization, k));
}

void tell_constant_service(const Layout& layout, TwinBuilder& twin) {
  const OneStation* one = plain_line(layout);
  if (!one || one->servers() > 1 || !one->service || !is_constant(*one->service)) return;
  const auto steady = analytic::md1(one->rate, one->mean_service);
  if (!steady) return;
  const Formula tails{"q.md1.tail", broken({poisson(layout), random_split(*one), in_order(*one)})};
  for (const std::string& prefix : alike(*one, twin)) {
    twin.add_quantiles(prefix, "wait", tails,
                       [&](double p) { return analytic::md1_wait_quantile(*steady, p); });
    twin.add_quantiles(prefix, "sojourn", tails,
                       [&](double p) { return analytic::md1_sojourn_quantile(*steady, p); });
  }
}

void tell_general_service(const Layout& layout, TwinBuilder& twin) {
  const OneStation* one = plain_line(layout);
  const bool waits_alike = one && (one->in_order() || one->station->discipline == Discipline::lcfs);
  if (!waits_alike || one->servers() > 1 || one->exponential()) return;
  const auto means = analytic::mg1_fcfs(one->rate, one->any_service());
  if (!means) return;
  const Formula formula{"q.mg1", broken({poisson(layout), random_split(*one)})};
  twin.add_system(*one, formula, *means, one->rate);
  twin.add_sources(*one, formula, means->wait);
  add_busy_share(*one, twin);
  if (formula.broken.empty()) twin.explain("queue.", "q.mg1 gives means only");
}

// Kelly's symmetric queues: a customer with work x stays for x times the same factor, whatever the
// laws; only the means of the services count, and the number present is that of M/M/c.
void tell_sharing(const Layout& layout, TwinBuilder& twin) {
  const OneStation* one = plain_line(layout);
  if (!one) return;
  const Discipline discipline = one->station->discipline;
  const bool shared = discipline == Discipline::ps;
  if (!shared && (discipline != Discipline::lcfs_preemptive || one->servers() > 1)) return;
  const auto steady = analytic::mmc({.arrival_rate = one->rate,
                                     .service_rate = 1 / one->mean_service,
                                     .servers = one->station->servers});
  if (!steady) return;
  const double stretch = steady->means.sojourn / one->mean_service;
  const Formula formula{"q.ps", broken({poisson(layout), random_split(*one)})};
  twin.add_system(*one, formula, steady->means, one->rate);
  for (std::size_t i = 0; one->classes.size() > 1 && i < one->classes.size(); ++i) {
    const double service = one->classes[i].service.mean();
    twin.add_means(source_prefix(twin.config(), i), formula, (stretch - 1) * service,
                   stretch * service);
  }
  add_busy_share(*one, twin);
  if (formula.broken.empty()) twin.explain("queue.", "q.ps gives means only");
}

void tell_shortest_first(const Layout& layout, TwinBuilder& twin) {
  const OneStation* one = plain_line(layout);
  if (!one || one->station->discipline != Discipline::srpt || one->servers() > 1) return;
  if (!one->service) return twin.explain("queue.", "q.srpt assumes one law of service for all");
  const auto steady = analytic::mg1_srpt(one->rate, *one->service);
  if (!steady) return twin.explain("queue.", steady.error().message);
  const Formula formula{"q.srpt", broken({poisson(layout), random_split(*one)})};
  twin.add_system(*one, formula, steady->means, one->rate);
  twin.add_sources(*one, formula, steady->means.wait);
  add_busy_share(*one, twin);
  if (!formula.broken.empty()) return;
  twin.add_rival({"queue.sojourn.mean", steady->fcfs_sojourn,
                  one->exponential() ? "q.mm1" : "q.mg1",
                  "it is first come, first served, which this order never exceeds", true});
  twin.explain("queue.", "q.srpt gives means only");
}

// Sources of one priority make a class. Both formulas know its law by two moments only.
void tell_priorities(const Layout& layout, TwinBuilder& twin) {
  const OneStation* one = plain_line(layout);
  if (!one || one->servers() > 1 || one->in_order()) return;
  const Discipline discipline = one->station->discipline;
  const bool interrupts = discipline == Discipline::priority_preemptive;
  if (!interrupts && discipline != Discipline::priority) return;
  struct Moments {
    double rate = 0, first = 0, second = 0;
  };
  std::map<std::uint32_t, Moments> by_priority;
  for (const CustomerClass& c : one->classes) {
    Moments& m = by_priority[c.priority];
    m.rate += c.rate;
    m.first += c.rate * c.service.mean();
    m.second += c.rate * c.service.second_moment();
  }
  std::vector<analytic::PriorityClass> classes;
  classes.reserve(by_priority.size());
  for (const auto& [priority, m] : by_priority)
    classes.push_back({m.rate, law_of_moments(m.first / m.rate, m.second / m.rate)});
  const auto steady = interrupts ? analytic::priority_preemptive(classes)
                                 : analytic::priority_nonpreemptive(classes);
  if (!steady) return twin.explain("queue.", steady.error().message);
  const Formula formula{"q.prio", broken({poisson(layout), random_split(*one)})};
  twin.add_system(*one, formula, steady->all, one->rate);
  for (std::size_t i = 0; i < one->classes.size(); ++i) {
    const CustomerClass& c = one->classes[i];
    double above = 0;  // the load of those who go first
    for (const auto& [priority, m] : by_priority)
      if (priority < c.priority) above += m.first;
    const auto rank =
        static_cast<std::size_t>(std::distance(by_priority.begin(), by_priority.find(c.priority)));
    // Of a class only its own service differs by source, stretched by those who interrupt it.
    const double stretch = interrupts ? 1 / (1 - above) : 1;
    const double own = c.service.mean() - classes[rank].service.mean();
    twin.add_means(source_prefix(twin.config(), i), formula,
                   steady->of_class[rank].wait + (stretch - 1) * own,
                   steady->of_class[rank].sojourn + stretch * own);
  }
  add_busy_share(*one, twin);
  if (const auto line = analytic::mg1_fcfs(one->rate, one->any_service()))
    twin.add_means("queue.", {"q.mg1", "first come, first served", ""}, line->wait, line->sojourn);
  if (formula.broken.empty()) twin.explain("queue.", "q.prio gives means only");
}

void tell_general_arrivals(const Layout& layout, TwinBuilder& twin) {
  const OneStation* one = plain_line(layout);
  if (!one || one->servers() > 1) return;
  const Discipline discipline = one->station->discipline;
  const bool blind = discipline != Discipline::srpt &&
                     (one->exponential() || one->in_order() || discipline == Discipline::lcfs);
  const std::optional<Law> law = gaps(layout);
  if (!blind || !law || is_exponential(*law)) return;
  const Law service = one->any_service();
  add_busy_share(*one, twin);
  if (const auto steady = analytic::gm1(*law, 1 / one->mean_service)) {
    const Formula means{"q.gg1", broken({exponential(*one)})};
    const Formula tails = means.unless({in_order(*one)});
    twin.add_system(*one, means, steady->means, one->rate);
    for (const std::string& prefix : alike(*one, twin)) {
      twin.add_means(prefix, means, steady->means.wait, steady->means.sojourn);
      twin.add_quantiles(prefix, "wait", tails,
                         [&](double p) { return analytic::gm1_wait_quantile(*steady, p); });
      twin.add_quantiles(prefix, "sojourn", tails,
                         [&](double p) { return analytic::gm1_sojourn_quantile(*steady, p); });
    }
  }
  if (const auto bound = analytic::kingman_wait_bound(*law, service))
    twin.add_rival({"queue.wait.mean", *bound, "q.gg1.kingman", "it is an upper bound", true});
  if (const auto guess = analytic::marchal_wait(*law, service))
    twin.add_rival({"queue.wait.mean", *guess, "q.gg1.marchal",
                    "it is an approximation, exact for Poisson arrivals", false});
}

// A burst split at random is a burst at a lower rate.
void tell_bursts(const Layout& layout, TwinBuilder& twin) {
  const OneStation* one = plain_line(layout);
  if (!one || one->servers() > 1 || layout.arrivals != Arrivals::mmpp ||
      one->station->discipline == Discipline::srpt)
    return;
  std::vector<analytic::MmppPhase> phases;
  for (const Mmpp::State& s : std::get<Mmpp>(layout.config->sources[0].arrivals).states)
    phases.push_back({s.rate / one->copies(), s.mean_stay});
  const auto steady = analytic::mmpp_m1(phases, 1 / one->mean_service);
  if (!steady) return twin.explain("queue.", steady.error().message);
  const Formula means{"q.mmpp", broken({exponential(*one), random_split(*one)})};
  const Formula tails = means.unless({in_order(*one)});
  twin.add_system(*one, means, steady->means, one->rate);
  twin.add_quantiles("queue.", "wait", tails,
                     [&](double p) { return analytic::mmpp_wait_quantile(*steady, p); });
  twin.add_quantiles("queue.", "sojourn", tails,
                     [&](double p) { return analytic::mmpp_sojourn_quantile(*steady, p); });
  add_busy_share(*one, twin);
}

}  // namespace fleetsim::queueing
