#include "analytic/exact/device_limits.h"

#include <algorithm>
#include <cmath>

#include "analytic/book/arguments.h"

namespace fleetsim::analytic {

namespace {

Arguments checked(const ThermalNode& node) {
  Arguments in("a thermal node");
  in.nonnegative("power", node.power)
      .positive("resistance", node.resistance)
      .positive("time_constant", node.time_constant);
  for (const double t : {node.ambient, node.start, node.limit})
    in.need(std::isfinite(t), "temperature", t, "finite");
  return in;
}

}  // namespace

Result<Throttling> time_to_throttle(const ThermalNode& node) {
  if (const Arguments in = checked(node); !in.fine()) return in.error();
  Throttling out;
  out.steady = node.ambient + node.power * node.resistance;
  out.sustained_power = std::max(0.0, (node.limit - node.ambient) / node.resistance);
  if (node.start >= node.limit)
    out.time = 0;
  else if (out.steady > node.limit)
    out.time =
        -node.time_constant * std::log1p(-(node.limit - node.start) / (out.steady - node.start));
  return out;
}

Result<double> temperature_after(const ThermalNode& node, double time) {
  Arguments in = checked(node);
  in.nonnegative("time", time);
  if (!in.fine()) return in.error();
  const double steady = node.ambient + node.power * node.resistance;
  return steady + (node.start - steady) * std::exp(-time / node.time_constant);
}

Result<double> battery_life(const DutyCycle& device) {
  Arguments in("a battery");
  const double power = device.event_rate * device.event_energy + device.sleep_power;
  in.positive("capacity", device.capacity)
      .nonnegative("event_rate", device.event_rate)
      .nonnegative("event_energy", device.event_energy)
      .nonnegative("sleep_power", device.sleep_power)
      .need(power > 0 && std::isfinite(power), "sleep_power", device.sleep_power,
            "above zero where no event takes any");
  if (!in.fine()) return in.error();
  return device.capacity / power;
}

}  // namespace fleetsim::analytic
