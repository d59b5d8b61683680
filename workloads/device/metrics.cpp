#include "workloads/device/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fleetsim::device {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

struct Figure {
  const char* name;
  const char* unit;
  bool (*applies)(const DeviceConfig& device);
  double (*of)(const DeviceConfig& device, const Span& span);
  bool counts = false;  // adds up over windows
};

bool by_frames(const DeviceConfig& d) {
  return !d.gap;
}
bool by_events(const DeviceConfig& d) {
  return d.gap.has_value();
}
bool has_time(const DeviceConfig& d) {
  return d.event_time > 0;
}
bool has_duty(const DeviceConfig& d) {
  return d.duty.has_value();
}
bool has_heat(const DeviceConfig& d) {
  return d.heat.has_value();
}
bool has_battery(const DeviceConfig& d) {
  return d.battery.has_value();
}

double rate(const DeviceConfig&, const Span& s) {
  return s.spent.frames / s.spent.alive();
}

// The intervals have two lengths at most, so a quantile is one of them.
double interval_p99(const DeviceConfig& d, const Span& s) {
  if (s.spent.frames <= 0) return nothing;
  const double slow = d.heat ? d.heat->throttled_rate : 0;
  return slow > 0 && slow * s.spent.throttled > 0.01 * s.spent.frames ? 1 / slow : 1 / d.rate();
}

double event_time(const DeviceConfig& d, const Span&) {
  return d.event_time;
}
double duty(const DeviceConfig&, const Span& s) {
  return s.spent.awake() / s.spent.alive();
}
double switches(const DeviceConfig&, const Span& s) {
  return s.spent.switches;
}
double throttled(const DeviceConfig&, const Span& s) {
  return s.spent.throttled / s.spent.awake();
}
double mean_temperature(const DeviceConfig&, const Span& s) {
  return s.spent.degree_seconds / s.spent.alive();
}
double hottest(const DeviceConfig&, const Span& s) {
  return s.spent.alive() > 0 ? s.hottest : nothing;
}
double time_to_throttle(const DeviceConfig&, const Span& s) {
  return s.throttled.value_or(nothing);
}
double battery_life(const DeviceConfig&, const Span& s) {
  return s.emptied.value_or(nothing);
}
double battery_left(const DeviceConfig& d, const Span& s) {
  return std::max(0.0, s.charge) / d.battery->capacity;
}

constexpr Figure figures[] = {
    {"fps.mean", "1/s", by_frames, rate},
    {"frame_interval.p99", "s", by_frames, interval_p99},
    {"event_rate", "1/s", by_events, rate},
    {"event_time", "s", has_time, event_time},
    {"duty", "1", has_duty, duty},
    {"switches", "count", has_heat, switches, true},
    {"throttled.fraction", "1", has_heat, throttled},
    {"temperature.mean", "degC", has_heat, mean_temperature},
    {"temperature.max", "degC", has_heat, hottest},
    {"time_to_throttle", "s", has_heat, time_to_throttle},
    {"battery_life", "s", has_battery, battery_life},
    {"battery_left", "1", has_battery, battery_left},
};

// The greatest power at which the device worked.
double peak(const DeviceConfig& d, const Span& s) {
  double out = 0;
  const auto visit = [&](double time, double frames) {
    if (time <= 0) return;
    const bool bursts = d.event_time > 0 && frames > 0;
    out = std::max(out, bursts ? d.idle_power + d.event.total() / d.event_time
                               : d.power_at(d.gap ? 0 : frames));
  };
  visit(s.spent.full, d.event_rate());
  visit(s.spent.throttled, d.heat ? d.heat->throttled_rate : 0);
  if (s.spent.asleep > 0) out = std::max(out, d.duty->off_power);
  return out;
}

// A device that works at random events draws what its events take for as long as they take.
bool peak_is_known(const DevicesConfig& config) {
  return std::all_of(config.devices.begin(), config.devices.end(), [](const DeviceConfig& d) {
    return !d.gap || d.event_time > 0 || d.event.total() == 0;
  });
}

void tell_sums(const DevicesConfig& config, const std::vector<Span>& spans, double windows,
               std::vector<Told>& out) {
  Energy energy;
  double mean = 0, most = 0, alive = 0;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const DeviceConfig& device = config.devices[i];
    const Energy one = energy_of(device, spans[i].spent);
    energy.math += one.math;
    energy.traffic += one.traffic;
    energy.radio += one.radio;
    energy.idle += one.idle;
    most += peak(device, spans[i]);
    const double time = spans[i].spent.alive();
    if (time > 0) mean += one.total() / time;
    alive += time;
  }
  const auto tell = [&](const char* name, const char* unit, double value, double weight = 1) {
    out.push_back({.measured = {{name, unit}, value, weight}});
  };
  const bool weighed = config.devices.size() == 1;
  tell("power.mean", "W", alive > 0 ? mean : nothing, weighed ? alive : 1);
  if (peak_is_known(config)) tell("power.peak", "W", alive > 0 ? most : nothing);
  tell("energy.it", "J", energy.total() * windows);
  tell("energy.math", "J", energy.math * windows);
  tell("energy.traffic", "J", energy.traffic * windows);
  tell("energy.radio", "J", energy.radio * windows);
  tell("energy.idle", "J", energy.idle * windows);
}

}  // namespace

std::vector<Told> told(const DevicesConfig& config, const std::vector<Span>& spans,
                       std::uint32_t windows) {
  std::vector<Told> out;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const DeviceConfig& device = config.devices[i];
    const std::string prefix =
        config.devices.size() == 1 ? "device." : "device." + device.name + ".";
    for (const Figure& figure : figures) {
      if (!figure.applies(device)) continue;
      const double value = figure.of(device, spans[i]) * (figure.counts ? windows : 1);
      // By Wald's identity rates hold over lives together, each counted by its length.
      const double weight = figure.of == rate ? spans[i].spent.alive() : 1;
      out.push_back(
          {.measured = {{prefix + figure.name, figure.unit}, value, weight}, .device = i});
    }
  }
  tell_sums(config, spans, windows, out);
  return out;
}

}  // namespace fleetsim::device
