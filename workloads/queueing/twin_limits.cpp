// One station that limits its customers, serves them in batches, or is one of many to choose from.

#include "analytic/queueing/abandonment.h"
#include "analytic/queueing/balancing.h"
#include "analytic/queueing/bulk.h"
#include "analytic/queueing/finite_room.h"
#include "analytic/queueing/retrial.h"
#include "workloads/queueing/metrics.h"
#include "workloads/queueing/presence.h"
#include "workloads/queueing/twin_builder.h"

namespace fleetsim::queueing {
namespace {

using Split = OneStation::Split;

// From this many servers on, what holds for infinitely many is taken as the prediction.
constexpr std::uint32_t many_servers = 500;

const OneStation* line(const Layout& layout) {
  return layout.one && layout.open() ? &*layout.one : nullptr;
}

Formula by_chance(const char* id, const Layout& layout, const OneStation& one) {
  return {id, broken({{layout.arrivals == Arrivals::poisson, "Poisson arrivals"},
                      {one.split == Split::random, "random routing"}})};
}

Assumption exponential(const OneStation& one) {
  return {one.exponential(), "exponential services"};
}

void add_alike(const OneStation& one, const Formula& formula, double wait, TwinBuilder& twin) {
  if (one.service && one.class_blind()) twin.add_sources(one, formula, wait);
}

}  // namespace

void tell_batches(const Layout& layout, TwinBuilder& twin) {
  const OneStation* one = line(layout);
  if (!one || !one->station->bulk || one->servers() > 1) return;
  const StationConfig& station = *one->station;
  if (station.room || station.patience) return;
  const analytic::BulkQueue queue{.arrival_rate = one->rate,
                                  .service_rate = 1 / one->mean_service,
                                  .batch = station.bulk->size};
  const auto steady =
      station.bulk->full_only ? analytic::bulk_full(queue) : analytic::bulk_up_to(queue);
  if (!steady) return twin.explain("queue.", steady.error().message);
  const Formula formula = by_chance("q.bulk", layout, *one).unless({exponential(*one)});
  twin.add_system(*one, formula, steady->means, one->rate);
  add_alike(*one, formula, steady->means.wait, twin);
  if (formula.broken.empty()) twin.explain("queue.", "q.bulk gives means only");
}

// Where nobody waits (a loss system), and under processor sharing, only the mean service counts.
void tell_room(const Layout& layout, TwinBuilder& twin) {
  const OneStation* one = line(layout);
  if (!one) return;
  const StationConfig& station = *one->station;
  if (!station.room || station.patience || station.retrial || station.bulk) return;
  const std::uint32_t servers = std::min(station.servers, *station.room);
  const auto steady = analytic::mmck(
      {.arrival_rate = one->rate, .service_rate = 1 / one->mean_service, .servers = servers},
      *station.room);
  if (!steady) return twin.explain("queue.", steady.error().message);
  const bool loss = *station.room == servers;
  const bool sharing = station.discipline == Discipline::ps;
  const Formula means =
      by_chance("q.mmck", layout, *one)
          .unless({{one->exponential() || loss || sharing, "exponential services"},
                   {station.discipline != Discipline::srpt || loss, "an order blind to sizes"}});
  analytic::StationMeans shown = steady->means;
  shown.utilization = steady->carried_load / station.servers;
  twin.add_system(*one, means, shown, steady->throughput);
  twin.add("queue.blocked", means, steady->blocking);
  add_alike(*one, means, shown.wait, twin);
  const Formula tails = means.unless({{one->in_order() || loss, "first come, first served"}});
  twin.add_quantiles("queue.", "wait", tails,
                     [&](double p) { return analytic::mmck_wait_quantile(*steady, p); });
  if (loss && one->service && !is_constant(*one->service))
    twin.add_quantiles("queue.", "sojourn", means,
                       [&](double p) -> Result<double> { return one->service->quantile(p); });
  if (means.broken.empty())
    twin.explain("queue.", "no closed form: q.mmck gives means, and the quantiles of the wait");
}

void tell_patience(const Layout& layout, TwinBuilder& twin) {
  const OneStation* one = line(layout);
  if (!one || !one->station->patience) return;
  const StationConfig& station = *one->station;
  if (station.room) return twin.explain("queue.", "q.abandon assumes room for everybody");
  const auto steady = analytic::erlang_a({.arrival_rate = one->rate,
                                          .service_rate = 1 / one->mean_service,
                                          .servers = station.servers,
                                          .mean_patience = station.patience->mean()});
  if (!steady) return twin.explain("queue.", steady.error().message);
  const Formula counts =
      by_chance("q.abandon", layout, *one)
          .unless({exponential(*one), {is_exponential(*station.patience), "exponential patience"}});
  const Formula waits = counts.unless({{one->in_order(), "first come, first served"}});
  twin.add("queue.abandoned", counts, steady->abandonment_probability);
  twin.add("queue.length", counts, one->copies() * steady->present);
  twin.add("queue.utilization", counts, steady->utilization);
  twin.add("queue.throughput", counts, layout.rate * (1 - steady->abandonment_probability));
  twin.add_means("queue.", waits, steady->mean_wait_served,
                 steady->mean_wait_served + one->mean_service);
  add_alike(*one, waits, steady->mean_wait_served, twin);
  if (waits.broken.empty()) twin.explain("queue.", "q.abandon gives means only");
}

// Retries a customer: those of a constant rate are made while the orbit is not empty, which is for
// a part rho r + rho lambda / theta of the time (see analytic/queueing/retrial.h).
void tell_retrials(const Layout& layout, TwinBuilder& twin) {
  const OneStation* one = line(layout);
  if (!one || !one->station->retrial) return;
  const StationConfig& station = *one->station;
  if (*station.room > 1 || station.servers > 1 || station.patience || station.bulk)
    return twin.explain("queue.", "q.retry assumes one server and nobody who waits there");
  const analytic::RetrialQueue queue{.arrival_rate = one->rate,
                                     .service_rate = 1 / one->mean_service,
                                     .retrial_rate = 1 / station.retrial->delay.mean()};
  const auto steady = station.retrial->constant ? analytic::retrial_constant(queue)
                                                : analytic::retrial_classical(queue);
  if (!steady) return twin.explain("queue.", "never settles: " + steady.error().message);
  const Formula formula =
      by_chance("q.retry", layout, *one)
          .unless({exponential(*one),
                   {is_exponential(station.retrial->delay), "exponential gaps between retries"}});
  twin.add_system(*one, formula, steady->means, one->rate);
  twin.add("queue.orbit", formula, one->copies() * steady->means.waiting);
  twin.add("queue.blocked", formula, steady->wait_probability);
  const double theta = queue.retrial_rate, lambda = queue.arrival_rate, mu = queue.service_rate;
  const double ratio = lambda * (lambda + theta) / (mu * theta);
  twin.add("queue.retries", formula,
           station.retrial->constant ? (theta * ratio + lambda) / mu
                                     : theta * steady->means.waiting / lambda);
  add_alike(*one, formula, steady->means.wait, twin);
  if (formula.broken.empty()) twin.explain("queue.", "q.retry gives means only");
}

// As the number of servers grows, joining the shortest queue of all lets nobody wait.
void tell_choices(const Layout& layout, TwinBuilder& twin) {
  const OneStation* one = line(layout);
  if (!one || one->servers() > 1) return;
  const StationConfig& station = *one->station;
  const bool shortest = one->split == Split::shortest;
  if (!shortest && one->split != Split::best_of_some) return;
  if (station.room || station.patience || station.retrial || station.bulk ||
      station.discipline == Discipline::srpt)
    return;
  const bool many = station.copies >= many_servers;
  const Formula formula{"q.jsq",
                        broken({{layout.arrivals == Arrivals::poisson, "Poisson arrivals"},
                                exponential(*one),
                                {many, "infinitely many servers"}}),
                        "n -> infinity; n = " + std::to_string(station.copies) + " here"};
  const double load = one->rate * one->mean_service;
  twin.add("queue.at_least.1", {.id = "q.little"}, load);
  if (shortest) {
    twin.add("queue.sojourn.mean", formula, one->mean_service);
    twin.add("queue.length", formula, one->copies() * load);
    return twin.explain("queue.", "no closed form: as n -> infinity, nobody waits");
  }
  const analytic::PowerOfChoices choices{
      .arrival_rate = one->rate, .service_rate = 1 / one->mean_service, .choices = one->choices};
  const auto means = analytic::power_of_choices(choices);
  if (!means) return twin.explain("queue.", means.error().message);
  twin.add_system(*one, formula, *means, one->rate);
  for (std::uint32_t k = 2; k <= DepthProfile::deepest; ++k)
    twin.add("queue.at_least." + std::to_string(k), formula,
             analytic::power_of_choices_upper(choices, k));
  add_alike(*one, formula, means->wait, twin);
  if (formula.broken.empty()) twin.explain("queue.", "q.jsq gives means only");
}

}  // namespace fleetsim::queueing
