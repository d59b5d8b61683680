#include "workloads/device/forecast.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analytic/exact/device_limits.h"
#include "sim/check.h"

namespace fleetsim::device {
namespace {

constexpr double forever = std::numeric_limits<double>::infinity();

analytic::ThermalNode node_of(const DeviceConfig& device, double rate, double start, double limit) {
  return {.power = device.power_at(rate),
          .resistance = device.heat->resistance,
          .time_constant = device.heat->time_constant,
          .ambient = device.heat->ambient,
          .start = start,
          .limit = limit};
}

// A throttle from the start on: so long at full rate, then down from the limit, then up and down
// for ever. Cooling to a limit is warming to it with all signs changed.
class Cycle {
 public:
  explicit Cycle(const DeviceConfig& device) : device_(device) {
    const Heat& heat = *device.heat;
    const double rate = device.rate();
    hot_ = std::max(heat.start, heat.limit);
    first_ = warming(rate, heat.start);
    cooling_ = cooling(hot_);
    high_ = warming(rate, heat.resume());
    low_ = cooling(heat.limit);
  }

  double first() const { return first_; }

  Totals at(double t) const {
    if (t <= first_) return {.full = t};
    t -= first_;
    if (t <= cooling_) return {.full = first_, .throttled = t, .switches = 1};
    t -= cooling_;
    const double whole = high_ + low_ < forever ? std::floor(t / (high_ + low_)) : 0;
    const double rest = whole > 0 ? t - whole * (high_ + low_) : t;
    return {.full = first_ + whole * high_ + std::min(rest, high_),
            .throttled = cooling_ + whole * low_ + std::max(0.0, rest - high_),
            .switches = 2 + 2 * whole + (rest >= high_ ? 1 : 0)};
  }

  double temperature(double t) const {
    const Heat& heat = *device_.heat;
    if (t <= first_) return after(device_.rate(), heat.start, t);
    t -= first_;
    if (t <= cooling_) return after(heat.throttled_rate, hot_, t);
    t -= cooling_;
    const double rest = high_ + low_ < forever ? std::fmod(t, high_ + low_) : t;
    return rest <= high_ ? after(device_.rate(), heat.resume(), rest)
                         : after(heat.throttled_rate, heat.limit, rest - high_);
  }

 private:
  double warming(double rate, double from) const {
    const auto out = analytic::time_to_throttle(node_of(device_, rate, from, device_.heat->limit));
    check(bool(out), "a device that was checked has a thermal node");
    return out->time.value_or(forever);
  }
  double cooling(double from) const {
    const Heat& heat = *device_.heat;
    const double steady = heat.ambient + device_.power_at(heat.throttled_rate) * heat.resistance;
    if (steady >= heat.resume()) return forever;
    return heat.time_constant * std::log1p((from - heat.resume()) / (heat.resume() - steady));
  }
  double after(double rate, double from, double t) const {
    return *analytic::temperature_after(node_of(device_, rate, from, device_.heat->limit), t);
  }

  const DeviceConfig& device_;
  double hot_ = 0, first_ = 0, cooling_ = 0, high_ = 0, low_ = 0;
};

Totals by_duty(const DutyPlan& duty, double t) {
  const double on = seconds(duty.on), period = on + seconds(duty.off);
  const double whole = std::floor(t / period), rest = t - whole * period;
  const double full = whole * on + std::min(rest, on);
  return {.full = full, .asleep = t - full};
}

Totals course(const DeviceConfig& device, double t) {
  Totals out{.full = t};
  if (device.duty) out = by_duty(*device.duty, t);
  if (device.heat) out = Cycle(device).at(t);
  out.frames =
      device.rate() * out.full + (device.heat ? device.heat->throttled_rate * out.throttled : 0);
  if (!device.heat) return out;
  const Heat& heat = *device.heat;
  const double warmed = Cycle(device).temperature(t) - heat.start;
  out.degree_seconds = heat.ambient * t + heat.resistance * energy_of(device, out).total() -
                       heat.time_constant * warmed;
  return out;
}

double drawn(const DeviceConfig& device, double t) {
  return energy_of(device, course(device, t)).total() +
         (device.battery->leak - device.battery->harvest) * t;
}

bool charges_at_times(const DeviceConfig& device) {
  if (!device.battery) return false;
  double least = device.power_at(device.gap ? 0 : device.rate());
  if (device.heat) least = std::min(least, device.power_at(device.heat->throttled_rate));
  if (device.duty) least = std::min(least, device.duty->off_power);
  return least + device.battery->leak < device.battery->harvest;
}

// When what is drawn, which only grows, reaches what there is. REQUIRES: it does so by `end`.
double emptied(const DeviceConfig& device, double end) {
  double low = 0, high = end;
  for (int i = 0; i < 200 && low < high; ++i) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    (drawn(device, middle) < device.battery->usable() ? low : high) = middle;
  }
  return high;
}

Forecast of_frames(const DeviceConfig& device, double from, double to) {
  Forecast out;
  Span& span = out.span;
  if (device.battery) {
    span.charge = device.battery->cut_off;
    if (drawn(device, to) >= device.battery->usable())
      span.emptied = emptied(device, to);
    else
      span.charge = device.battery->start - drawn(device, to);
  }
  const double end = std::min(to, span.emptied.value_or(to)), begin = std::min(from, end);
  span.spent = course(device, end) - course(device, begin);
  if (!device.heat) return out;
  const Cycle cycle(device);
  if (cycle.first() <= end) span.throttled = cycle.first();
  span.hottest = std::max(cycle.temperature(begin), cycle.temperature(end));
  // Every other switch, from the first on, is into the throttle and at the limit.
  const auto peaks = [&](double t) { return std::ceil(cycle.at(t).switches / 2); };
  if (peaks(end) > peaks(begin)) span.hottest = std::max(span.hottest, device.heat->limit);
  return out;
}

// How far the number of events may be off, against f t: Lorden's bound (1970) of the overshoot.
double slack_of(const Law& gap) {
  return 1 + gap.second_moment() / (gap.mean() * gap.mean());
}

Forecast of_events(const DeviceConfig& device, double from, double to) {
  constexpr double surely = 8;  // standard deviations
  Forecast out{.slack = slack_of(*device.gap)};
  const double rate = device.event_rate();
  double end = to;
  if (device.battery) {
    const Battery& battery = *device.battery;
    const double each = device.event.total(), drain = mean_drain(device);
    const double spread = each * (surely * device.gap->cv() * std::sqrt(rate * to) + out.slack);
    const double left = battery.usable() - drain * to;
    out.rates_only = std::abs(left) < spread;
    out.span.charge = battery.cut_off + std::max(0.0, left);
    if (left < spread) out.span.emptied = battery.usable() / drain;
    if (left < 0) end = *out.span.emptied;
  }
  out.span.spent = {.full = std::max(0.0, end - from), .frames = rate * std::max(0.0, end - from)};
  return out;
}

}  // namespace

double sustainable_rate(const DeviceConfig& device) {
  const auto out = analytic::time_to_throttle(
      node_of(device, device.rate(), device.heat->start, device.heat->limit));
  check(bool(out), "a device that was checked has a thermal node");
  return std::max(0.0, out->sustained_power - device.idle_power) / device.event.total();
}

double mean_drain(const DeviceConfig& device) {
  return device.power_at(device.event_rate()) + device.battery->leak - device.battery->harvest;
}

Result<Forecast> forecast(const DeviceConfig& device, double from, double to) {
  if (device.heat && device.duty) return Error{"it has a throttle and a duty cycle"};
  if (charges_at_times(device)) return Error{"its battery is charged at times"};
  return device.gap ? of_events(device, from, to) : of_frames(device, from, to);
}

}  // namespace fleetsim::device
