#pragma once
#include <array>

#include "topology/node_power.h"
#include "workloads/training/config.h"
#include "workloads/training/ledger.h"

namespace fleetsim::training {

// What a device of a job does of what it could, while it does arithmetic and no cap holds it back:
// with a step told term by term what its kernels reach, else the MFU of the step, else all.
double use_of(const JobConfig& job);

// How many times longer a cap makes arithmetic. It is the draw of that which it holds down, so
//
//   step = arithmetic * factor + rest,
//
// the rest being exchanges that nothing hides and waits for others; a step that is not told term by
// term is arithmetic all over, and so is the work of a job without a model. Saves and restarts go
// at the pace of storage, whatever a cap leaves.
double capped_time(const NodePower& node, const JobConfig& job);

// What a node of a job draws in each phase, in W: at work, whether it is lost or not, the mean over
// a step of arithmetic and of waiting for the network; stalled and queued as one that idles.
using PhaseWatts = std::array<double, phases>;
PhaseWatts phase_watts(const NodePower& node, const JobConfig& job);

// The most and the least that it draws at any instant while its job lasts: a step swings between
// its arithmetic and its waits.
struct Swing {
  double most = 0, least = 0;  // W
};
Swing swing_of(const NodePower& node, const JobConfig& job);

}  // namespace fleetsim::training
