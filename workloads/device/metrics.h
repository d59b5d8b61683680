#pragma once
#include <optional>
#include <vector>

#include "workloads/device/life.h"
#include "workloads/model.h"

namespace fleetsim::device {

// What one window showed of a device, or what theory expects of it.
struct Span {
  Totals spent{};
  double hottest = 0, charge = 0;                // degrees Celsius, J at the end
  std::optional<double> emptied{}, throttled{};  // s from the start of the device; none: never
};

// By window of a plan, for one device:
//
//   device.fps.mean, device.frame_interval.p99   frames, while it lives; 99 % of the times from one
//                                                frame to the next are at most this
//   device.event_rate                            of a device that works at random events
//   device.event_time                            of a frame or an event, where it is known
//   device.duty                                  share of its life in which it is on
//   device.switches, device.throttled.fraction   of the throttle; share of the time on
//   device.temperature.{mean,max}, device.time_to_throttle
//   device.battery_life, device.battery_left     until it is empty; share of the capacity
//   power.{mean,peak}, energy.{it,math,traffic,radio,idle}   sums over devices, while they live
//
// Of several devices those of one are called device.NAME.fps.mean and so on.
struct Told {
  Measured measured;
  std::optional<std::size_t> device{};  // whose it is; empty: a sum over all
};
std::vector<Told> told(const DevicesConfig& config, const std::vector<Span>& spans,
                       std::uint32_t windows);

}  // namespace fleetsim::device
