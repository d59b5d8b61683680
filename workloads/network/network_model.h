#pragma once
#include "workloads/model.h"
#include "workloads/network/gauges.h"

namespace fleetsim::network {

// Traffic on a network as experiments see it; gauges.h lists what it reports. All replications
// begin idle; what is random is who sends to whom, how long steps take, jitter, and what fails.
class NetworkModel final : public Model {
 public:
  explicit NetworkModel(NetworkConfig config);
  std::vector<MetricSpec> metrics() const override;
  Observation simulate(const Chance& chance, const Plan& plan, RecordSink* sink) const override;
  Twin twin() const override;

 private:
  NetworkConfig config_;
  Groundwork groundwork_;
  std::vector<Gauge> gauges_;
};

}  // namespace fleetsim::network
