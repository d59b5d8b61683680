#pragma once
#include "workloads/device/config.h"
#include "workloads/model.h"

namespace fleetsim::device {

// Small devices side by side: how fast, how warm, for how long. See config.h for what they are and
// metrics.h for what is told.
class DeviceModel final : public Model {
 public:
  explicit DeviceModel(DevicesConfig config) : config_(std::move(config)) {}
  std::vector<MetricSpec> metrics() const override;
  Observation simulate(const Chance& chance, const Plan& plan, RecordSink* sink) const override;
  Twin twin() const override;

 private:
  DevicesConfig config_;
};

}  // namespace fleetsim::device
