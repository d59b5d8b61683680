#include "workloads/device/life.h"

namespace fleetsim::device {

Totals operator-(const Totals& a, const Totals& b) {
  return {.full = a.full - b.full,
          .throttled = a.throttled - b.throttled,
          .asleep = a.asleep - b.asleep,
          .frames = a.frames - b.frames,
          .degree_seconds = a.degree_seconds - b.degree_seconds,
          .switches = a.switches - b.switches};
}

Energy energy_of(const DeviceConfig& device, const Totals& spent) {
  return {.math = device.event.math * spent.frames,
          .traffic = device.event.traffic * spent.frames,
          .radio = device.event.radio * spent.frames,
          .idle = device.idle_power * spent.awake() +
                  (device.duty ? device.duty->off_power * spent.asleep : 0)};
}

}  // namespace fleetsim::device
