#include "workloads/network/network_model.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "topology/fluid_network.h"
#include "workloads/network/collective.h"
#include "workloads/network/pattern.h"
#include "workloads/network/twin.h"

namespace fleetsim::network {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

const char* time_of(CollectiveKind kind) {
  switch (kind) {
    case CollectiveKind::all_reduce:
      return "allreduce_time";
    case CollectiveKind::all_gather:
      return "allgather_time";
    case CollectiveKind::reduce_scatter:
      return "reduce_scatter_time";
    case CollectiveKind::broadcast:
      return "broadcast_time";
    case CollectiveKind::all_to_all:
      return "alltoall_time";
  }
  return "";
}

// One replication. Owns all that changes.
class Run {
 public:
  Run(const NetworkConfig& config, const Chance& chance) : config_(config), fleet_(*config.fleet) {
    if (config.shared)
      fluid_ = std::make_unique<FluidNetwork>(engine_, fleet_);
    else
      ideal_ = std::make_unique<IdealNetwork>(engine_, fleet_);
    for (const PatternConfig& pattern : config.patterns)
      for (const Transfer& transfer : transfers_of(pattern, fleet_, chance))
        transfers_.push_back(transfer);
    for (std::uint64_t i = 0; i < transfers_.size(); ++i)
      network().send(transfers_[i], on<&Run::delivered>(*this, i));
    for (const CollectiveConfig& collective : config.collectives)
      repeats_.push_back(std::make_unique<Repeated>(*this, collective));
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  Observation observe(const Plan& plan) {
    Observation out;
    for (std::uint32_t bin = 1; bin <= plan.bins; ++bin) {
      engine_.run_until(Instant{} + Duration{plan.end.ns / plan.bins * bin});
      out.load.push_back(static_cast<double>(under_way()));
    }
    engine_.run_until(Instant{} + plan.end);
    out.windows = {measured()};
    if (!config_.patterns.empty())
      out.distributions = {{{"network.transfer", times_}}};
    else
      out.distributions = {{}};
    Series flows{.name = "network.flows", .unit = "1", .t = {}, .value = out.load};
    for (std::uint32_t bin = 1; bin <= plan.bins; ++bin)
      flows.t.push_back(seconds(plan.end) * bin / plan.bins);
    out.series = {std::move(flows)};
    out.events = engine_.events_run();
    return out;
  }

 private:
  // A collective, as often as it is asked for.
  struct Repeated {
    Repeated(Run& owner, const CollectiveConfig& what)
        : run(owner),
          config(what),
          collective(owner.engine_, owner.network(), owner.fleet_, what) {
      run.engine_.after(config.start, on<&Repeated::begin>(*this));
    }
    void begin(std::uint64_t) {
      began = run.engine_.now();
      collective.start(on<&Repeated::finished>(*this));
    }
    void finished(std::uint64_t) {
      spent_ns += static_cast<double>((run.engine_.now() - began).ns);
      run.last_ = run.engine_.now();
      if (++done < config.repeats) begin(0);
    }
    Run& run;
    const CollectiveConfig& config;
    Collective collective;
    Instant began;
    double spent_ns = 0;
    std::uint32_t done = 0;
  };

  Network& network() { return fluid_ ? static_cast<Network&>(*fluid_) : *ideal_; }
  std::uint64_t under_way() const { return transfers_.size() - arrived_; }

  void delivered(std::uint64_t) {
    ++arrived_;
    last_ = engine_.now();
    times_.add(static_cast<double>(engine_.now().ns));
    sum_ns_ += static_cast<double>(engine_.now().ns);
  }

  std::vector<Measured> measured() const {
    std::vector<Measured> out;
    out.push_back({{"network.bisection_bandwidth", "B/s"}, least_bisection(fleet_)});
    if (config_.shared) out.push_back({{"network.link_utilization.max", "1"}, busiest()});
    if (!config_.patterns.empty()) add_transfers(out);
    for (const auto& repeated : repeats_)
      out.push_back({{metric_of(config_, repeated->config), "s"},
                     repeated->done > 0 ? repeated->spent_ns / 1e9 / repeated->done : nothing,
                     static_cast<double>(repeated->done)});
    return out;
  }

  void add_transfers(std::vector<Measured>& out) const {
    const double n = static_cast<double>(arrived_);
    out.push_back({{"network.transfer.mean", "s"}, arrived_ > 0 ? sum_ns_ / 1e9 / n : nothing, n});
    for (const auto& [name, p] : {std::pair{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}})
      out.push_back({{std::string("network.transfer.") + name, "s"},
                     arrived_ > 0 ? times_.quantile(p) / 1e9 : nothing});
    const std::vector<double> share = line_rates();
    const double flows = static_cast<double>(share.size());
    out.push_back(
        {{"network.line_rate.mean", "1"},
         share.empty() ? nothing : std::accumulate(share.begin(), share.end(), 0.0) / flows,
         flows});
    out.push_back({{"network.line_rate.min", "1"},
                   share.empty() ? nothing : *std::min_element(share.begin(), share.end())});
    out.push_back({{"network.undelivered", "count"}, static_cast<double>(under_way())});
  }

  // What the flows of patterns have of a port's rate while all of them are under way.
  std::vector<double> line_rates() const {
    FairShare shares(fleet_.rates());
    std::vector<FlowId> flows;
    std::vector<double> out;
    Route route;
    for (const Transfer& t : transfers_) {
      check(fleet_.route(t.from, t.to, route_hash(t), route), "a transfer has a way");
      if (config_.shared) {
        flows.push_back(shares.add(route.links));
        continue;
      }
      double rate = fleet_.rates()[route.links[0].index];
      for (const LinkId link : route.links) rate = std::min(rate, fleet_.rates()[link.index]);
      out.push_back(rate);
    }
    shares.settle();
    for (const FlowId flow : flows) out.push_back(shares.rate(flow));
    for (std::size_t i = 0; i < out.size(); ++i) {
      const ClusterId cluster = fleet_.place(transfers_[i].from).cluster;
      out[i] /= fleet_.plan().clusters[cluster.index].port_rate;
    }
    return out;
  }

  double busiest() const {
    const double passed = seconds(last_ - Instant{});
    double most = 0;
    for (const LinkId link : trunks_of(fleet_))
      most = std::max(most, fluid_->bytes_carried(link) / fleet_.rates()[link.index]);
    return passed > 0 ? most / passed : nothing;
  }

  const NetworkConfig& config_;
  const Fleet& fleet_;
  Engine engine_;
  std::unique_ptr<FluidNetwork> fluid_;
  std::unique_ptr<IdealNetwork> ideal_;
  std::vector<Transfer> transfers_;
  std::vector<std::unique_ptr<Repeated>> repeats_;
  QuantileSketch times_;
  double sum_ns_ = 0;
  std::uint64_t arrived_ = 0;
  Instant last_;
};

}  // namespace

std::string metric_of(const NetworkConfig& config, const CollectiveConfig& collective) {
  const std::string name = config.collectives.size() > 1 ? collective.name + "." : "";
  return "network." + name + time_of(collective.kind);
}

std::vector<MetricSpec> NetworkModel::metrics() const {
  std::vector<MetricSpec> out = {{"network.bisection_bandwidth", "B/s"}};
  if (config_.shared) out.push_back({"network.link_utilization.max", "1"});
  if (!config_.patterns.empty()) {
    for (const char* kind : {"mean", "p50", "p90", "p99"})
      out.push_back({std::string("network.transfer.") + kind, "s"});
    out.push_back({"network.line_rate.mean", "1"});
    out.push_back({"network.line_rate.min", "1"});
    out.push_back({"network.undelivered", "count"});
  }
  for (const CollectiveConfig& collective : config_.collectives)
    out.push_back({metric_of(config_, collective), "s"});
  return out;
}

Observation NetworkModel::simulate(const Chance& chance, const Plan& plan, RecordSink*) const {
  return Run(config_, chance).observe(plan);
}

Twin NetworkModel::twin() const {
  return twin_of(config_);
}

}  // namespace fleetsim::network
