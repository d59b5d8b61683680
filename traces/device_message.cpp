#include "traces/device_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "analytic/book/single_node.h"
#include "sim/printable.h"
#include "sim/unit_text.h"
#include "traces/law_message.h"
#include "traces/zoo.h"
#include "workloads/device/forecast.h"

namespace fleetsim {
namespace {

using namespace device;

constexpr double most_changes = 1e7;  // of a device until the horizon

class Reading {
 public:
  Reading(const Node& scenario, const Provenance& provenance)
      : scenario_(scenario),
        provenance_(provenance) {}

  Result<ReadDevices> read() {
    for (const Node& node : scenario_.children("device"))
      if (auto bad = one(node); !bad) return bad.error();
    return std::move(out_);
  }

 private:
  Error error(const std::string& path, const std::string& what) const {
    return provenance_.error(path, what);
  }

  Status one(const Node& node) {
    DeviceConfig device{.name = node.text("name")};
    if (!names_.insert(device.name).second)
      return error(node.path("name"),
                   "found " + in_quotes(device.name) + " twice; expected another name");
    device.event = {.math = node.in("math_energy", "J"),
                    .traffic = node.in("traffic_energy", "J"),
                    .radio = node.in("radio_energy", "J")};
    if (node.has("event_time")) device.event_time = node.in("event_time", "s");
    device.idle_power = node.in("idle_power", "W");
    if (auto bad = work(node, device); !bad) return bad;
    if (node.has("inference"))
      if (auto bad = inference(node, device); !bad) return bad;
    if (node.has("duty"))
      device.duty = {.on = from_seconds(node.child("duty").in("on", "s")),
                     .off = from_seconds(node.child("duty").in("off", "s")),
                     .off_power = node.child("duty").in("off_power", "W")};
    if (node.has("heat"))
      if (auto bad = heat(node.child("heat"), device); !bad) return bad;
    if (node.has("battery"))
      if (auto bad = battery(node.child("battery"), device); !bad) return bad;
    if (auto bad = switches(node, device); !bad) return bad;
    look_at(node, device);
    out_.config.devices.push_back(std::move(device));
    return Done{};
  }

  Status work(const Node& node, DeviceConfig& device) {
    if (node.has("rate")) {
      device.wanted_rate = node.in("rate", "1/s");
      return Done{};
    }
    auto law = law_of(node.child("events"), "s", provenance_);
    if (!law) return law.error();
    if (law->mean() <= 0)
      return error(node.path("events"), "found a mean of 0 s; expected time between events");
    device.gap = *std::move(law);
    for (const char* field : {"heat", "duty"})
      if (node.has(field))
        return error(node.path(field),
                     "found on a device whose events come by chance; expected frames, by the "
                     "field \"rate\"");
    return Done{};
  }

  Status inference(const Node& node, DeviceConfig& device) {
    const Node what = node.child("inference");
    if (node.has("event_time") || device.event.math > 0)
      return error(node.path(node.has("event_time") ? "event_time" : "math_energy"),
                   "found beside inference, which tells it; expected one of the two");
    const auto zoo = load_zoo({});
    if (!zoo) return zoo.error();
    const auto model = zoo->model(analytic::Value(what.text("model")));
    if (!model) return error(what.path("model"), model.error().message);
    const auto hardware = zoo->device(analytic::Value(what.text("hardware")));
    if (!hardware) return error(what.path("hardware"), hardware.error().message);
    std::string precision = what.text("precision");
    for (char& c : precision)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const auto known = analytic::precision_named(precision);
    check(known.has_value(), "each precision of the schema is known");
    const auto out = analytic::single_node({.model = *model,
                                            .hardware = *hardware,
                                            .precision = *known,
                                            .efficiency = what.number("efficiency"),
                                            .raise_errors = true});
    if (!out) return error(what.path(), out.error().message);
    device.event.math = out->energy;
    device.event_time = out->latency;
    return Done{};
  }

  Status heat(const Node& node, DeviceConfig& device) {
    Heat heat{.resistance = node.in("resistance", "K/W"),
              .time_constant = node.in("time_constant", "s"),
              .ambient = node.number("ambient"),
              .start = node.number(node.has("start") ? "start" : "ambient"),
              .limit = node.number("limit"),
              .hysteresis = node.in("hysteresis", "K"),
              .throttled_rate = node.in("throttled_rate", "1/s")};
    if (heat.limit <= heat.ambient)
      return error(node.path("limit"), fmt::format("found {}; expected more than {}, the "
                                                   "temperature of the air",
                                                   heat.limit, heat.ambient));
    if (heat.throttled_rate >= device.rate())
      return error(node.path(node.has("throttled_rate") ? "throttled_rate" : "limit"),
                   fmt::format("found {}; expected less than the rate, {}",
                               format_measure(heat.throttled_rate, "1/s"),
                               format_measure(device.rate(), "1/s")));
    device.heat = heat;
    return Done{};
  }

  Status battery(const Node& node, DeviceConfig& device) {
    Battery battery{.capacity = node.in("capacity", "J"), .harvest = node.in("harvest", "W")};
    battery.start = node.in("charge", "1") * battery.capacity;
    battery.cut_off = node.in("cut_off", "1") * battery.capacity;
    battery.leak = node.in("self_discharge", "1/s") * battery.capacity;
    if (battery.usable() <= 0)
      return error(
          node.path(node.has("charge") ? "charge" : "cut_off"),
          fmt::format("found a battery that is empty at the start: {} of charge, of which "
                      "{} can't be used; expected more charge",
                      format_measure(battery.start, "J"), format_measure(battery.cut_off, "J")));
    device.battery = battery;
    return Done{};
  }

  // What is lived through one by one has to come to an end.
  Status few(const std::string& path, const char* what, double every) const {
    const double horizon = scenario_.child("run").in("horizon", "s");
    if (!(horizon > most_changes * every)) return Done{};
    return error(
        path,
        fmt::format("{} each {}, more than {:.0f} times until the horizon of {}; expected "
                    "a shorter one, or less often",
                    what, format_measure(every, "s"), most_changes, format_measure(horizon, "s")));
  }

  // A throttle goes up and down by its hysteresis; with a duty cycle no faster than told here.
  Status switches(const Node& node, const DeviceConfig& device) const {
    const auto& battery = device.battery;
    const bool charges = battery && battery->harvest > device.idle_power + battery->leak;
    if (device.gap && (charges || !std::holds_alternative<ExponentialLaw>(device.gap->kind())))
      return few(node.path("events"), "events come", device.gap->mean());
    if (device.duty)
      if (auto bad = few(node.path("duty"), "it is switched on",
                         seconds(device.duty->on) + seconds(device.duty->off));
          !bad)
        return bad;
    if (!device.heat) return Done{};
    const Heat& heat = *device.heat;
    const auto ends = [&](double watts) { return heat.ambient + watts * heat.resistance; };
    double least = device.power_at(heat.throttled_rate);
    if (device.duty) least = std::min(least, device.duty->off_power);
    const double up = ends(device.power_at(device.rate())) - heat.resume();
    const double down = heat.limit - ends(least);
    if (up <= heat.hysteresis || down <= heat.hysteresis) return Done{};
    return few(node.path("heat.hysteresis"), "it throttles and recovers",
               -heat.time_constant *
                   (std::log1p(-heat.hysteresis / up) + std::log1p(-heat.hysteresis / down)));
  }

  void warn(const std::string& path, const std::string& what) {
    out_.warnings.push_back(path + ": " + what);
  }

  void look_at(const Node& node, const DeviceConfig& device) {
    const std::string wanted =
        format_measure(device.gap ? 1 / device.gap->mean() : device.wanted_rate, "1/s");
    const double busy = (device.gap ? device.event_rate() : device.wanted_rate) * device.event_time;
    if (busy > 1)
      warn(node.path(device.gap ? "events" : "rate"),
           fmt::format("{} is never reached: each takes {}{}", wanted,
                       format_measure(device.event_time, "s"),
                       device.gap ? "; they are counted as if they overlapped"
                                  : ", so frames come at " + format_measure(device.rate(), "1/s")));
    if (device.heat && !device.duty) look_at_heat(node, device);
  }

  void look_at_heat(const Node& node, const DeviceConfig& device) {
    const Heat& heat = *device.heat;
    const auto ends = [&](double rate) {
      return heat.ambient + device.power_at(rate) * heat.resistance;
    };
    if (ends(device.rate()) <= heat.limit) return;
    warn(node.path("rate"),
         fmt::format(
             "{} can't be held: it would end at {:.1f} degC (e.thermal); the limit allows "
             "{} steadily",
             format_measure(device.rate(), "1/s"), ends(device.rate()),
             format_measure(device.event.total() > 0 ? sustainable_rate(device) : 0, "1/s")));
    if (ends(heat.throttled_rate) >= heat.resume())
      warn(node.path("heat.throttled_rate"),
           fmt::format("once throttled it stays so: {} end at {:.1f} degC, and it would have to "
                       "cool below {:.1f}",
                       format_measure(heat.throttled_rate, "1/s"), ends(heat.throttled_rate),
                       heat.resume()));
  }

  const Node& scenario_;
  const Provenance& provenance_;
  std::set<std::string> names_;
  ReadDevices out_;
};

}  // namespace

Result<ReadDevices> devices_of(const Node& scenario, const Provenance& provenance) {
  return Reading(scenario, provenance).read();
}

}  // namespace fleetsim
