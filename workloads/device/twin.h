#pragma once
#include "workloads/device/config.h"
#include "workloads/model.h"

namespace fleetsim::device {

// What theory says of small devices.
//
// e.thermal: both times of the throttle's cycle are step responses of the thermal node, so what a
// run of frames does up to any instant is a sum over whole cycles and a rest; the mean temperature
// follows from the heat balance tau (T(t) - T(0)) = (T_a t + R_th energy) - integral of T.
//
// e.battery: life = charge / (f E + P). At random events E[life] is that by Wald's identity, up to
// what the last event takes too much.
Twin twin_of(const DevicesConfig& config);

}  // namespace fleetsim::device
