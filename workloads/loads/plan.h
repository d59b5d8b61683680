#pragma once
#include <optional>
#include <vector>

#include "workloads/loads/signal.h"

namespace fleetsim::loads {

// What is to be planned: so much running, from now on, by then.
struct Task {
  Instant now{};
  Duration left{};
  Instant deadline{};
  std::optional<std::uint32_t> at{};  // the place of its state; none before it has begun
};

// Running without a break at one place.
struct Stretch {
  std::uint32_t place = 0;
  Instant from{}, to{};
};

struct Schedule {
  std::vector<Stretch> stretches{};
  double value = 0;  // by the signal, with what moves cost if that is money
  Instant end{};
};

// The best of these, by the signal: without a break, from the best instant on; of load that may
// pause, its best steps at one place; and its best steps wherever they are, moving. Pauses and
// moves take their time and what is drawn then; a schedule that would end late is none. With free
// pauses and moves the steps are the optimum, for any other choice swaps a better step for a worse
// (e.shift). Where nothing ends in time: all at once, at the best place.
Schedule plan(const LoadConfig& load, const Signal& signal, Signal::Of of, const Task& task);

// What no policy gets below at full power: the optimum if pauses and moves cost nothing. Empty
// where the work can't be done in time.
std::optional<double> least_value(const LoadConfig& load, const Signal& signal, const Task& task);

}  // namespace fleetsim::loads
