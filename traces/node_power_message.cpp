#include "traces/node_power_message.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/printable.h"
#include "sim/unit_text.h"

namespace fleetsim {
namespace {

constexpr std::pair<const char*, Activity> given[] = {
    {"compute", Activity::compute}, {"communication", Activity::communication},
    {"memory", Activity::memory},   {"checkpoint", Activity::checkpoint},
    {"restart", Activity::restart}, {"idle", Activity::idle},
    {"sleep", Activity::sleep}};

}  // namespace

Result<Polyline> curve_of(const Node& message, const char* field, const Provenance& provenance) {
  std::vector<Polyline::Point> points;
  for (const Node& point : message.children(field))
    points.push_back({point.number("x"), point.number("y")});
  auto curve = Polyline::make(std::move(points));
  if (!curve) return provenance.error(message.path(field, 0), curve.error().message);
  return curve;
}

Result<NodePower> node_power_of(const Node& cluster, const analytic::Node& hardware,
                                const Provenance& provenance) {
  const Node message = cluster.child("power");
  NodePower power;
  power.devices = static_cast<std::uint32_t>(
      cluster.has("accelerators") ? cluster.count("accelerators")
                                  : static_cast<std::uint64_t>(hardware.accelerators));
  power.peak =
      message.has("peak") ? message.in("peak", "W") : hardware.accelerator.tdp.value_or(power.peak);
  for (const auto& [field, activity] : given)
    if (message.has(field))
      power.given[static_cast<std::size_t>(activity)] = message.in(field, "W");
  for (const auto& [field, curve] :
       {std::pair{"curve", &power.curve}, std::pair{"slowdown", &power.slowdown}})
    if (message.has(field)) {
      const auto read = curve_of(message, field, provenance);
      if (!read) return read.error();
      *curve = *read;
    }
  power.overhead = message.in("overhead", "W");
  power.efficiency = message.number("efficiency");
  if (message.has("cap")) {
    const double idle = power.device(Activity::idle, 0);
    power.cap = message.in("cap", "W");
    if (*power.cap <= idle)
      return provenance.error(
          message.path("cap"),
          fmt::format("found {}; expected more than an accelerator draws idle, {}",
                      in_quotes(message.text("cap")), format_measure(idle, "W")));
  }
  if (power.slowdown)
    for (const Polyline::Point& point : power.slowdown->points())
      if (point.y < 1)
        return provenance.error(message.path("slowdown"),
                                fmt::format("found y {}; expected at least 1, for a cap makes no "
                                            "work faster",
                                            point.y));
  return power;
}

Ownership ownership_of(const Node& cluster, const analytic::Node& hardware) {
  const Node message = cluster.child("price");
  const analytic::Device& device = hardware.accelerator;
  const auto known = [&](const char* field, const char* unit, std::optional<double> otherwise) {
    return message.has(field) ? message.in(field, unit) : otherwise.value_or(0);
  };
  const double lifetime = message.in("lifetime", "s");
  const bool rented = cluster.has("spot");
  return {.device_price = rented ? 0 : known("device_price", "$", device.unit_cost),
          .multiplier = message.number("multiplier"),
          .lifetime = lifetime,
          .maintenance = message.in("maintenance", "1"),
          .embodied = known("embodied", "kg", device.embodied_carbon),
          .embodied_lifetime = known("embodied_lifetime", "s", lifetime)};
}

}  // namespace fleetsim
