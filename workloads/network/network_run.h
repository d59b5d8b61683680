#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "topology/fluid_network.h"
#include "workloads/model.h"
#include "workloads/network/collective.h"
#include "workloads/network/faults.h"
#include "workloads/network/groundwork.h"
#include "workloads/network/outer_steps.h"
#include "workloads/network/pattern.h"

namespace fleetsim::network {

// A collective, as often as it is asked for.
class Repeated {
 public:
  Repeated(Engine& engine, Network& network, const Groundwork::Schedule& schedule,
           const CollectiveConfig& config);
  Repeated(const Repeated&) = delete;
  Repeated& operator=(const Repeated&) = delete;

  double mean() const;              // s a time, of those that are done
  double spent(Level level) const;  // the part of it at a level
  double done() const { return done_; }
  Instant last() const { return last_; }

 private:
  void begin(std::uint64_t);
  void finished(std::uint64_t);

  Engine& engine_;
  const CollectiveConfig& config_;
  Collective collective_;
  Instant began_, last_;
  double spent_ns_ = 0;
  std::uint32_t done_ = 0;
};

// What became of the flows of patterns, over those that are delivered.
struct Deliveries {
  QuantileSketch times;  // ns
  double count = 0;
  double sum_s = 0;
  double latency_s = 0, alone_s = 0;  // of the sum: what an idle network takes
};

// The link between switches or regions that was used most, over the time until the last thing was
// delivered.
struct Busiest {
  std::optional<LinkId> link{};  // none: nothing was sent over any
  double use = 0;                // share of its rate
};

// One replication. Owns all that changes; the rest must outlive it.
class NetworkRun {
 public:
  NetworkRun(const NetworkConfig& config, const Groundwork& groundwork, const Chance& chance);
  NetworkRun(const NetworkRun&) = delete;
  NetworkRun& operator=(const NetworkRun&) = delete;

  void go(const Plan& plan, Observation& out);  // to the end; leaves load and series in `out`

  const NetworkConfig& config() const { return config_; }
  const Deliveries& deliveries() const { return deliveries_; }
  std::uint64_t undelivered() const { return transfers_.size() - arrived_; }
  // Share of a port's rate that flows of patterns have at first, alone on the network.
  const std::vector<double>& line_rates() const { return line_rates_; }
  const Repeated& repeated(std::size_t i) const { return *repeats_[i]; }
  const OuterSteps& outer_steps(std::size_t i) const { return *outer_[i]; }
  const Pings* pings() const { return pings_.get(); }
  const Faults* faults() const { return faults_.get(); }
  const LinkLoads& loads() const { return loads_; }
  double bytes_over(LinkId link) const { return fluid_->bytes_carried(link); }
  const Busiest& busiest() const { return busiest_; }  // where links are shared
  std::uint64_t events() const { return engine_.events_run(); }

 private:
  Network& network() { return fluid_ ? static_cast<Network&>(*fluid_) : *ideal_; }
  void read_line_rates();
  void delivered(std::uint64_t transfer);
  Instant last() const;
  double across_use() const;
  void find_busiest();

  const NetworkConfig& config_;
  const Groundwork& groundwork_;
  const Fleet& fleet_;
  Engine engine_;
  std::unique_ptr<FluidNetwork> fluid_;
  std::unique_ptr<IdealNetwork> ideal_;
  std::unique_ptr<Faults> faults_;
  std::unique_ptr<Pings> pings_;
  std::vector<Transfer> transfers_;
  std::vector<double> line_rates_;
  std::vector<std::unique_ptr<Repeated>> repeats_;
  std::vector<std::unique_ptr<OuterSteps>> outer_;
  LinkLoads loads_;
  Deliveries deliveries_;
  Busiest busiest_;
  std::uint64_t arrived_ = 0;
  Instant last_delivery_;
};

}  // namespace fleetsim::network
