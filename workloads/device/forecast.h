#pragma once
#include <optional>
#include <string>

#include "sim/result.h"
#include "workloads/device/metrics.h"

namespace fleetsim::device {

// What closed forms expect of one device between two times. `slack` is how many events more or less
// it may be, where a formula holds in the long run only.
struct Forecast {
  Span span{};
  double slack = 0;
  bool rates_only = false;  // by chance the battery lasts until the end or does not
};

// An Error says which assumption is broken.
Result<Forecast> forecast(const DeviceConfig& device, double from, double to);

// The steady rate at which a device ends at its limit: ((T* - T_a) / R_th - P) / E; 0 if there is
// none. REQUIRES: it has a limit, and frames take energy.
double sustainable_rate(const DeviceConfig& device);

// At this mean power the battery lasts for usable / power. REQUIRES: it has a battery.
double mean_drain(const DeviceConfig& device);

}  // namespace fleetsim::device
