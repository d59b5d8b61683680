#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "sim/law.h"
#include "sim/units.h"

namespace fleetsim::device {

// Small devices: glasses, doorbells, sensors. Each works by itself, in frames at a steady rate or
// at random events; what that takes makes it warm and empties its battery.

// Of a frame or an event, J, on top of the power that flows anyway.
struct EventEnergy {
  double math = 0, traffic = 0, radio = 0;  // arithmetic, memory, transmission
  double total() const { return math + traffic + radio; }
};

// One thermal node (see analytic/exact/device_limits.h). At `limit` the device falls to
// `throttled_rate`, and goes back to its own where it has cooled to limit - hysteresis.
struct Heat {
  double resistance = 1, time_constant = 60;    // K/W, s
  double ambient = 25, start = 25, limit = 45;  // degrees Celsius
  double hysteresis = 2, throttled_rate = 0;    // K, 1/s
  double resume() const { return limit - hysteresis; }
};

// J, and W. What leaks by itself is taken for a constant share of the capacity per time.
struct Battery {
  double capacity = 1, start = 1, cut_off = 0;
  double leak = 0, harvest = 0;
  double usable() const { return start - cut_off; }
};

// Frames come while it is on, for so long in each period; then it is off.
struct DutyPlan {
  Duration on{}, off{};
  double off_power = 0;  // W
};

struct DeviceConfig {
  std::string name;
  double wanted_rate = 0;    // of frames, 1/s
  std::optional<Law> gap{};  // s; of a device that works at random events, in place of frames
  EventEnergy event{};
  double event_time = 0;  // s; 0 where it isn't known
  double idle_power = 0;  // W
  std::optional<DutyPlan> duty{};
  std::optional<Heat> heat{};  // of frames only
  std::optional<Battery> battery{};

  // A frame ends before the next begins.
  double rate() const {
    return event_time > 0 ? std::min(wanted_rate, 1 / event_time) : wanted_rate;
  }
  double power_at(double frames) const { return idle_power + frames * event.total(); }
  double event_rate() const { return gap ? 1 / gap->mean() : rate(); }
};

struct DevicesConfig {
  std::vector<DeviceConfig> devices;
  Duration horizon{}, warm_up{};
};

}  // namespace fleetsim::device
