#include "workloads/network/network_run.h"

#include <algorithm>
#include <limits>

namespace fleetsim::network {

Repeated::Repeated(Engine& engine, Network& network, const Groundwork::Schedule& schedule,
                   const CollectiveConfig& config)
    : engine_(engine),
      config_(config),
      collective_(engine, network, schedule.phases, schedule.ranks) {
  engine_.after(config.start, on<&Repeated::begin>(*this));
}

void Repeated::begin(std::uint64_t) {
  began_ = engine_.now();
  collective_.start(on<&Repeated::finished>(*this));
}

void Repeated::finished(std::uint64_t) {
  last_ = engine_.now();
  spent_ns_ += static_cast<double>((last_ - began_).ns);
  if (++done_ < config_.repeats) begin(0);
}

double Repeated::mean() const {
  return spent_ns_ / 1e9 / done_;
}

double Repeated::spent(Level level) const {
  return done_ > 0 ? collective_.spent(level) / done_ : std::numeric_limits<double>::quiet_NaN();
}

NetworkRun::NetworkRun(const NetworkConfig& config, const Groundwork& groundwork,
                       const Chance& chance)
    : config_(config),
      groundwork_(groundwork),
      fleet_(*config.fleet) {
  if (config.shared)
    fluid_ = std::make_unique<FluidNetwork>(engine_, fleet_, chance);
  else
    ideal_ = std::make_unique<IdealNetwork>(engine_, fleet_, chance);
  if (!config.faults.empty())
    faults_ = std::make_unique<Faults>(engine_, *fluid_, config.faults, chance);
  for (const PatternConfig& pattern : config.patterns)
    for (const Transfer& transfer : transfers_of(pattern, fleet_, chance))
      transfers_.push_back(transfer);
  for (std::uint64_t i = 0; i < transfers_.size(); ++i)
    network().send(transfers_[i], on<&NetworkRun::delivered>(*this, i));
  read_line_rates();
  for (std::size_t i = 0; i < config.collectives.size(); ++i)
    repeats_.push_back(std::make_unique<Repeated>(engine_, network(), groundwork.schedules[i],
                                                  config.collectives[i]));
  for (const OuterStepsConfig& outer : config.outer_steps)
    outer_.push_back(std::make_unique<OuterSteps>(engine_, network(), fleet_, outer, chance));
  if (config.pings > 0)
    pings_ = std::make_unique<Pings>(engine_, network(), groundwork.pinged, config.pings);
  if (config.load) loads_ = link_loads(*config.load, fleet_, chance);
}

void NetworkRun::delivered(std::uint64_t index) {
  const Transfer& transfer = transfers_[index];
  last_delivery_ = engine_.now();
  ++arrived_;
  const double took = static_cast<double>(engine_.now().ns);
  Route route;
  check(find_way(fleet_, transfer, route_hash(transfer), route), "a transfer has a way");
  deliveries_.times.add(took);
  deliveries_.count += 1;
  deliveries_.sum_s += took / 1e9;
  deliveries_.latency_s += seconds(route.total());
  deliveries_.alone_s += static_cast<double>(transfer.bytes) / least_rate(fleet_, route.links);
}

void NetworkRun::read_line_rates() {
  const auto keep = [&](const Transfer& transfer, double rate) {
    const ClusterId cluster = fleet_.place(transfer.from).cluster;
    line_rates_.push_back(rate / fleet_.plan().clusters[cluster.index].port_rate);
  };
  if (fluid_) {
    engine_.run_until({});  // settles the shares
    return fluid_->each_flow(keep);
  }
  Route route;
  for (const Transfer& t : transfers_) {
    check(find_way(fleet_, t, route_hash(t), route), "a transfer has a way");
    keep(t, least_rate(fleet_, route.links));
  }
}

Instant NetworkRun::last() const {
  Instant last = last_delivery_;
  for (const auto& repeated : repeats_) last = std::max(last, repeated->last());
  for (const auto& outer : outer_) last = std::max(last, outer->last());
  return last;
}

void NetworkRun::find_busiest() {
  const double passed = seconds(last() - Instant{});
  for (const LinkId link : groundwork_.trunks) {
    const double use = fluid_->bytes_carried(link) / fleet_.rates()[link.index] / passed;
    if (use > busiest_.use) busiest_ = {link, use};
  }
}

// Of the rate between the halves of a cluster, the busier way; of the cluster where it is most.
double NetworkRun::across_use() const {
  const auto& clusters = fleet_.plan().clusters;
  struct Ways {
    double up = 0, down = 0;
  };
  std::vector<Ways> ways(clusters.size());
  fluid_->each_flow([&](const Transfer& transfer, double rate) {
    const Fleet::Place from = fleet_.place(transfer.from), to = fleet_.place(transfer.to);
    if (from.cluster != to.cluster) return;
    const std::uint32_t middle = clusters[from.cluster.index].nodes / 2;
    if (from.node < middle && to.node >= middle) ways[from.cluster.index].up += rate;
    if (from.node >= middle && to.node < middle) ways[from.cluster.index].down += rate;
  });
  double most = 0;
  for (std::uint32_t c = 0; c < clusters.size(); ++c) {
    const double cut = fleet_.fabric({c}).parts().bisection * clusters[c].trunk_rate;
    if (cut > 0) most = std::max(most, std::max(ways[c].up, ways[c].down) / cut);
  }
  return most;
}

void NetworkRun::go(const Plan& plan, Observation& out) {
  Series flows{.name = "network.flows", .unit = "1", .t = {}, .value = {}};
  Series hottest{.name = "network.hottest_link", .unit = "1", .t = {}, .value = {}};
  Series across{.name = "network.bisection_use", .unit = "1", .t = {}, .value = {}};
  for (std::uint32_t bin = 1; bin <= plan.bins && fluid_; ++bin) {
    const Duration at{plan.end.ns / plan.bins * bin};
    engine_.run_until(Instant{} + at);
    double most = 0;
    if (fluid_->in_flight() > 0)
      for (const LinkId link : groundwork_.trunks)
        most = std::max(most, fluid_->rate_over(link) / fleet_.rates()[link.index]);
    const std::pair<Series*, double> seen[] = {{&flows, static_cast<double>(fluid_->in_flight())},
                                               {&hottest, most},
                                               {&across, across_use()}};
    for (const auto& [series, value] : seen) {
      series->t.push_back(seconds(at));
      series->value.push_back(value);
    }
  }
  engine_.run_until(Instant{} + plan.end);
  if (fluid_ && config_.sends()) find_busiest();
  out.load = flows.value;
  if (!flows.t.empty()) out.series = {std::move(flows), std::move(hottest), std::move(across)};
}

}  // namespace fleetsim::network
