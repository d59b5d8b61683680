#include "workloads/training/energy.h"

#include <algorithm>
#include <numeric>

#include "topology/bill.h"

namespace fleetsim::training {
namespace {

double node_seconds(TimeAverage::Area area) {
  return static_cast<double>(area) / 1e9;
}

double drawn(const PhaseWatts& watts, const Ledger& ledger) {
  double joules = 0;
  for (std::size_t p = 0; p < phases; ++p)
    joules += watts[p] * seconds(ledger[static_cast<Phase>(p)]);
  return joules;
}

}  // namespace

double EnergyWindow::of_jobs() const {
  return std::accumulate(phase.begin(), phase.end(), 0.0);
}

FleetEnergy::FleetEnergy(const TrainingConfig& config, std::vector<const Job*> jobs)
    : config_(config),
      sites_(config.energy->sites),
      halls_(sites_.regions.size()),
      spares_(sites_.nodes.size()) {
  for (std::size_t j = 0; j < jobs.size(); ++j) {
    const JobConfig& job = config.jobs[j];
    Account account{.config = job, .job = *jobs[j]};
    for (std::uint32_t c = 0; c < sites_.nodes.size(); ++c)
      if (job.is_on({c})) account.seats.push_back(seat_of({c}, job));
    account.next = next_change(account, {});
    accounts_.push_back(std::move(account));
    show(accounts_.back(), {});
  }
}

FleetEnergy::Seat FleetEnergy::seat_of(ClusterId cluster, const JobConfig& job) {
  Hall& hall = hall_of(cluster);
  const NodePower& node = sites_.node(cluster);
  Seat seat{.cluster = cluster,
            .watts = phase_watts(node, job),
            .swing = swing_of(node, job),
            .idle = node.node(Activity::idle, 0).total(),
            .overhead = node.overhead,
            .conversion = 1 - node.efficiency};
  for (double& watts : seat.watts) watts *= job.nodes;
  seat.most = hall.most.part("most");
  seat.standby = hall.standby.part("standby");
  hall.swing += job.nodes * (seat.swing.most - seat.swing.least);
  std::optional<Spares>& spares = spares_[cluster.index];
  if (spares) return seat;
  spares = Spares{.standby = hall.standby.part("standby"),
                  .most = hall.most.part("most"),
                  .idle = seat.idle,
                  .fabric = hall.standby.part("network"),
                  .most_fabric = hall.most.part("most"),
                  .fabric_watts = fabric_power(*config_.fleet, cluster).watts};
  power_fabric(cluster, {}, true);
  return seat;
}

const Site& FleetEnergy::site_of(ClusterId cluster) const {
  return sites_.site(config_.fleet->plan().clusters[cluster.index].region);
}

FleetEnergy::Hall& FleetEnergy::hall_of(ClusterId cluster) {
  const RegionId region = config_.fleet->plan().clusters[cluster.index].region;
  std::optional<Hall>& hall = halls_[region.index];
  const auto& site = sites_.regions[region.index];
  if (!hall) hall = Hall{Meter(site), Meter(site)};
  return *hall;
}

Instant FleetEnergy::next_change(const Account& account, Instant now) const {
  Instant next = end_of_time;
  for (const Seat& seat : account.seats) {
    const Site& site = site_of(seat.cluster);
    for (const StepSeries* series :
         {&site.facility().per_it, &site.carbon_per_it(), &site.cost_per_it()})
      next = std::min(next, series->next_change(now).value_or(end_of_time));
  }
  return next;
}

// As many nodes were missing since this was done last.
void FleetEnergy::book_missing(Account& account, Instant now) {
  const Ledger ledger = account.job.ledger(now), passed = ledger - account.lacking;
  for (const Seat& seat : account.seats)
    for (std::size_t p = 0; p < phases; ++p)
      account.sum.missing[p] += seat.idle * seat.lacks * seconds(passed[static_cast<Phase>(p)]);
  account.lacking = ledger;
}

// No figure changes from the account's last instant until then.
void FleetEnergy::count(Account& account, Instant until) const {
  const Ledger ledger = account.job.ledger(until);
  const Ledger passed = ledger - account.sum.ledger;
  for (Seat& seat : account.seats) {
    const TimeAverage::Area missing = seat.missing.area(until);
    const double not_drawn = seat.idle * node_seconds(missing - seat.counted);
    const double it = drawn(seat.watts, passed) - not_drawn;
    const Site& site = site_of(seat.cluster);
    const double node_time =
        account.config.nodes * seconds(passed.total()) - node_seconds(missing - seat.counted);
    account.sum.overhead += seat.overhead * node_time;
    account.sum.conversion += seat.conversion * it;
    account.sum.facility += it * site.facility().per_it.at(account.since);
    account.sum.carbon += it * site.carbon_per_it().at(account.since);
    account.sum.cost += it * site.cost_per_it().at(account.since);
    account.sum.water += it * site.facility().wue;
    seat.counted = missing;
  }
  book_missing(account, until);
  account.sum.ledger = ledger;
  account.since = until;
}

void FleetEnergy::pass(std::uint32_t job, Instant now) {
  Account& account = accounts_[job];
  while (account.next <= now) {
    count(account, account.next);
    account.next = next_change(account, account.since);
  }
}

void FleetEnergy::changed(std::uint32_t job, Instant now,
                          const std::vector<std::uint32_t>& missing) {
  pass(job, now);
  Account& account = accounts_[job];
  book_missing(account, now);
  for (std::size_t i = 0; i < missing.size(); ++i) {
    account.seats[i].lacks = missing[i];
    account.seats[i].missing.set(now, account.job.finished() ? 0 : missing[i]);
  }
  show(account, now);
}

// What the job, or what it leaves, draws at most from now on.
void FleetEnergy::show(Account& account, Instant now) {
  const JobConfig& config = account.config;
  const Job& job = account.job;
  for (const Seat& seat : account.seats) {
    Hall& hall = hall_of(seat.cluster);
    const double there = static_cast<double>(config.nodes - seat.lacks);
    const double works = job.stands() || job.finished()
                             ? 0
                             : static_cast<double>(config.nodes) * job.replicas() / config.replicas;
    const double most = works * seat.swing.most + std::max(0.0, there - works) * seat.idle;
    hall.most.set(now, seat.most, most);
    hall.standby.set(now, seat.standby, job.finished() ? most : 0);
  }
}

void FleetEnergy::standing_by(ClusterId cluster, Instant now, std::size_t nodes) {
  std::optional<Spares>& spares = spares_[cluster.index];
  if (!spares || spares->nodes == nodes) return;
  spares->nodes = nodes;
  const double watts = static_cast<double>(nodes) * spares->idle;
  hall_of(cluster).standby.set(now, spares->standby, watts);
  hall_of(cluster).most.set(now, spares->most, watts);
}

void FleetEnergy::held(ClusterId cluster, Instant now, bool holds) {
  std::optional<Spares>& spares = spares_[cluster.index];
  if (!spares) return;
  spares->held.set(now, holds ? 1 : 0);
  power_fabric(cluster, now, holds);
}

void FleetEnergy::power_fabric(ClusterId cluster, Instant now, bool on) {
  const Spares& spares = *spares_[cluster.index];
  const double watts = on ? spares.fabric_watts : 0;
  hall_of(cluster).standby.set(now, spares.fabric, watts);
  hall_of(cluster).most.set(now, spares.most_fabric, watts);
}

void FleetEnergy::cut(Instant now) {
  Edge edge{.at = now};
  for (std::uint32_t j = 0; j < accounts_.size(); ++j) {
    pass(j, now);
    count(accounts_[j], now);
    edge.jobs.push_back(accounts_[j].sum);
  }
  for (const auto& spares : spares_)
    edge.held.push_back(spares ? spares->held.area(now) : TimeAverage::Area{});
  edges_.push_back(std::move(edge));
}

// J of all nodes by phase, without what missing nodes did not draw: that is taken from where it
// belongs, as far as there is any. What an elastic job lacks while it works is in the time that it
// stalls for them. Work that was open when their number changed, and is saved or lost later, was
// booked by the number at that time: what this leaves over is taken from phases in turn, so that
// none goes below zero and the sum is right.
PhaseWatts FleetEnergy::of_those_there(const Account& account, PhaseWatts joules,
                                       PhaseWatts missing) {
  const auto at = [](Phase phase) { return static_cast<std::size_t>(phase); };
  if (account.config.min_replicas) {
    missing[at(Phase::stalled)] += missing[at(Phase::useful)];
    missing[at(Phase::useful)] = 0;
  }
  double rest = std::accumulate(missing.begin(), missing.end(), 0.0);
  const auto take = [&](Phase phase, double most) {
    const double part = std::max(0.0, std::min({most, rest, joules[at(phase)]}));
    joules[at(phase)] -= part;
    rest -= part;
  };
  constexpr Phase order[] = {Phase::restart, Phase::checkpoint, Phase::queued,
                             Phase::stalled, Phase::lost,       Phase::useful};
  for (const Phase phase : order) take(phase, missing[at(phase)]);
  for (const Phase phase : order) take(phase, rest);
  return joules;
}

void FleetEnergy::add_job(const Account& account, const Counted& from, const Counted& to,
                          EnergyWindow& out) const {
  const Ledger passed = to.ledger - from.ledger;
  PhaseWatts all{};
  for (const Seat& seat : account.seats)
    for (std::size_t p = 0; p < phases; ++p) all[p] += seat.watts[p];
  PhaseWatts joules{}, missing{};
  for (std::size_t p = 0; p < phases; ++p) {
    joules[p] = all[p] * seconds(passed[static_cast<Phase>(p)]);
    missing[p] = to.missing[p] - from.missing[p];
  }
  out.overhead += to.overhead - from.overhead;
  out.conversion += to.conversion - from.conversion;
  joules = of_those_there(account, joules, missing);
  for (std::size_t p = 0; p < phases; ++p) out.phase[p] += joules[p];
  out.facility += to.facility - from.facility;
  out.carbon += to.carbon - from.carbon;
  out.energy_cost += to.cost - from.cost;
  out.water += to.water - from.water;
  const JobConfig& job = account.config;
  const double useful = seconds(passed[Phase::useful]);
  out.useful += job.all_devices() * useful;
  if (!job.step) return;
  out.tokens += job.step->tokens * (useful / job.step->seconds);
  if (job.work) out.weights += job.step->parameters * (useful / seconds(*job.work));
}

void FleetEnergy::add_halls(Instant from, Instant to, EnergyWindow& out) const {
  for (std::size_t r = 0; r < halls_.size(); ++r) {
    if (!halls_[r]) continue;
    const SiteUsage standby = halls_[r]->standby.usage(from, to);
    const SiteUsage most = halls_[r]->most.usage(from, to);
    out.standby += standby.components.at("standby");
    out.fabric += standby.components.at("network");
    out.facility += standby.facility;
    out.carbon += standby.carbon;
    out.water += standby.water;
    out.energy_cost += standby.energy_cost + most.demand_cost;
    out.peak += most.peak_power;
    out.ramp = std::max({out.ramp, most.largest_step, halls_[r]->swing});
  }
}

void FleetEnergy::add_owned(const Edge& from, const Edge& to, EnergyWindow& out) const {
  double rented = 0, held = 0;  // node-seconds
  for (std::uint32_t c = 0; c < spares_.size(); ++c) {
    if (!spares_[c]) continue;
    const ClusterPlan& plan = config_.fleet->plan().clusters[c];
    const double nodes = static_cast<double>(plan.nodes) + plan.spares;
    const OwnershipShare share =
        share_of(sites_.ownership({c}), nodes * sites_.node({c}).devices, out.length);
    out.capital += share.capital;
    out.maintenance += share.maintenance;
    const double time = node_seconds(to.held[c] - from.held[c]);
    out.embodied += share.embodied * (time / seconds(out.length));
    const std::optional<Spot>& spot = config_.failures[c].spot;
    if (!spot) continue;
    out.spot += spot->price * nodes * time;
    rented += nodes * seconds(out.length);
    held += nodes * time;
  }
  if (rented > 0) out.held = held / rented;
  for (const JobConfig& job : config_.jobs)
    out.storage +=
        job.checkpoint.storage * static_cast<double>(job.clusters().size()) * seconds(out.length);
  const double life = sites_.ownership(config_.jobs[0].cluster).lifetime;
  out.network = config_.energy->network_price.value_or(0) * (seconds(out.length) / life);
}

EnergyWindow FleetEnergy::window(std::size_t number) const {
  const Edge& from = edges_[number];
  const Edge& to = edges_[number + 1];
  EnergyWindow out{.length = to.at - from.at};
  if (out.length == Duration{}) return out;
  for (std::size_t j = 0; j < accounts_.size(); ++j)
    add_job(accounts_[j], from.jobs[j], to.jobs[j], out);
  add_halls(from.at, to.at, out);
  add_owned(from, to, out);
  return out;
}

}  // namespace fleetsim::training
