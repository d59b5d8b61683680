#include <algorithm>
#include <cmath>

#include "sim/check.h"
#include "workloads/device/life.h"

namespace fleetsim::device {
namespace {

constexpr Instant never{INT64_MAX};

// A device between two changes: frames flow at one rate, so the power is constant. Its temperature
// is then the exponential of analytic/exact/device_limits.h and its charge a straight line, and the
// next crossing of a limit is known. All is told from the last change, so looking changes nothing.
class FrameDevice {
 public:
  explicit FrameDevice(const DeviceConfig& config) : config_(config) {
    if (config_.duty) flip_ = Instant{} + config_.duty->on;
    if (config_.heat) temperature_ = config_.heat->start;
    if (config_.battery) charge_ = config_.battery->start;
    hottest_ = temperature_;
    settle();
  }

  Instant next() const { return std::min({flip_, crossing_, full_or_empty_}); }
  void change();  // at next()

  Snapshot look(Instant t);
  double temperature(Instant t) const;
  double charge(Instant t) const { return charge_ - drain_ * seconds(t - last_); }
  bool throttled() const { return throttled_; }
  bool empty() const { return empty_; }

 private:
  double rate() const;
  double power() const;
  Totals totals(Instant t) const;
  void settle();  // plans what comes next, from the state at last_
  Instant after(double wait) const;

  const DeviceConfig& config_;
  Instant last_{};
  Totals totals_{};
  double temperature_ = 0, hottest_ = 0, charge_ = 0;
  double drain_ = 0;  // W
  bool throttled_ = false, awake_ = true, empty_ = false;
  Instant flip_ = never, crossing_ = never, full_or_empty_ = never;
};

double FrameDevice::rate() const {
  if (empty_ || !awake_) return 0;
  return throttled_ ? config_.heat->throttled_rate : config_.rate();
}

double FrameDevice::power() const {
  if (empty_) return 0;
  return awake_ ? config_.power_at(rate()) : config_.duty->off_power;
}

double FrameDevice::temperature(Instant t) const {
  if (!config_.heat) return 0;
  const double steady = config_.heat->ambient + power() * config_.heat->resistance;
  const double passed = seconds(t - last_) / config_.heat->time_constant;
  return temperature_ - (temperature_ - steady) * -std::expm1(-passed);
}

Totals FrameDevice::totals(Instant t) const {
  Totals out = totals_;
  if (empty_) return out;
  const double passed = seconds(t - last_);
  (!awake_ ? out.asleep : throttled_ ? out.throttled : out.full) += passed;
  out.frames += rate() * passed;
  if (!config_.heat) return out;
  // tau dT/dt = T_inf - T, integrated.
  const double steady = config_.heat->ambient + power() * config_.heat->resistance;
  out.degree_seconds +=
      steady * passed - config_.heat->time_constant * (temperature(t) - temperature_);
  return out;
}

Snapshot FrameDevice::look(Instant t) {
  const double now = temperature(t);
  const Snapshot out{.totals = totals(t),
                     .temperature = now,
                     .hottest = std::max(hottest_, now),
                     .charge = charge(t)};
  hottest_ = now;
  return out;
}

void FrameDevice::change() {
  const Instant now = next();
  totals_ = totals(now);
  temperature_ = temperature(now);
  charge_ = charge(now);
  hottest_ = std::max(hottest_, temperature_);
  last_ = now;
  if (now == flip_) {
    awake_ = !awake_;
    flip_ = now + (awake_ ? config_.duty->on : config_.duty->off);
  }
  if (now == crossing_) {
    throttled_ = !throttled_;
    ++totals_.switches;
  }
  if (now == full_or_empty_) {
    empty_ = drain_ > 0;
    charge_ = empty_ ? config_.battery->cut_off : config_.battery->capacity;
  }
  settle();
}

void FrameDevice::settle() {
  crossing_ = full_or_empty_ = never;
  drain_ = 0;
  if (empty_) {
    flip_ = never;
    return;
  }
  if (config_.heat) {
    const Heat& heat = *config_.heat;
    const double steady = heat.ambient + power() * heat.resistance;
    const double goal = throttled_ ? heat.resume() : heat.limit;
    const bool there = throttled_ ? temperature_ <= goal : temperature_ >= goal;
    const bool gets_there = throttled_ ? steady < goal : steady > goal;
    // T(t) = goal, by (T - T_inf) / (goal - T_inf) = 1 + (T - goal) / (goal - T_inf).
    if (there)
      crossing_ = last_;
    else if (gets_there)
      crossing_ = after(heat.time_constant * std::log1p((temperature_ - goal) / (goal - steady)));
  }
  if (config_.battery) {
    const Battery& battery = *config_.battery;
    drain_ = power() + battery.leak - battery.harvest;
    if (drain_ < 0 && charge_ >= battery.capacity) drain_ = 0;  // what is over is lost
    if (drain_ > 0) full_or_empty_ = after(std::max(0.0, charge_ - battery.cut_off) / drain_);
    if (drain_ < 0) full_or_empty_ = after((charge_ - battery.capacity) / drain_);
  }
}

Instant FrameDevice::after(double wait) const {
  const Duration later = from_seconds(wait);
  return later < never - last_ ? last_ + later : never;
}

// Notes what a change has brought about.
void note(const FrameDevice& device, bool was_throttled, Instant now, Record about, bool wanted,
          Life& out) {
  about.when = now;
  if (device.throttled() != was_throttled) {
    if (!out.throttled) out.throttled = seconds(now - Instant{});
    about.what = "device.throttle";
    about.shape = was_throttled ? Record::Shape::end : Record::Shape::begin;
    if (wanted) out.records.push_back(about);
  }
  if (device.empty() && !out.emptied) {
    out.emptied = seconds(now - Instant{});
    about.what = "device.empty";
    about.shape = Record::Shape::instant;
    if (wanted) out.records.push_back(about);
  }
}

}  // namespace

Life live_by_frames(const DeviceConfig& config, std::uint32_t number,
                    std::span<const Instant> instants, bool wants_records) {
  FrameDevice device(config);
  Life out{.seen = {}};
  for (const Instant t : instants) {
    for (; device.next() <= t; ++out.events) {
      const Instant now = device.next();
      const bool was = device.throttled();
      device.change();
      note(device, was, now, {.who = number}, wants_records, out);
    }
    out.seen.push_back(device.look(t));
  }
  return out;
}

}  // namespace fleetsim::device
