#pragma once
#include "workloads/model.h"
#include "workloads/network/config.h"

namespace fleetsim::network {

// Traffic on a network as experiments see it. All replications begin idle; what is random is who
// sends to whom. Reports
//
//   network.bisection_bandwidth         of the cluster with the least, one way
//   network.link_utilization.max        of the busiest link between switches or regions, over the
//                                       time until the last flow is delivered
//   network.transfer.{mean,p50,p90,p99} time of a flow of a pattern, with its latency
//   network.line_rate.{mean,min}        share of a port's rate that those flows have at first
//   network.allreduce_time and so on    of a collective; its name is in between if there are
//   several
class NetworkModel final : public Model {
 public:
  explicit NetworkModel(NetworkConfig config) : config_(std::move(config)) {}
  std::vector<MetricSpec> metrics() const override;
  Observation simulate(const Chance& chance, const Plan& plan, RecordSink* sink) const override;
  Twin twin() const override;

 private:
  NetworkConfig config_;
};

// "network.allreduce_time"; of one among several "network.NAME.allreduce_time".
std::string metric_of(const NetworkConfig& config, const CollectiveConfig& collective);

}  // namespace fleetsim::network
