#pragma once
#include <functional>
#include <vector>

#include "sim/engine.h"
#include "sim/time_average.h"
#include "workloads/model.h"

namespace fleetsim {

// What a system in which things come and go is told as its windows pass.
struct WindowCalls {
  std::function<void(bool first)> begins;  // forget what was before; things inside stay
  std::function<void(bool last)> ends;
  std::function<void()> bin_ends{};  // of the load; may be empty
};

// Runs the engine through the windows of a plan. Returns the mean number present, by bin, whatever
// windows begin and end in between.
std::vector<double> run_windows(Engine& engine, const TimeAverage& present, const Plan& plan,
                                const WindowCalls& calls);

}  // namespace fleetsim
