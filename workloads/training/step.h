#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/law.h"
#include "topology/fleet.h"

namespace fleetsim::training {

// A model spread over the devices of a job, replicas over pipelines over devices that share layers.
// Ranks are those that share a layer first, then replicas, then stages (Narayanan et al. 2021); so
// are they placed on the job's nodes, which are in order.
struct StepPlan {
  double flops = 0;         // of the model in a step: forward, and backward twice that
  double passes = 3;        // done for those three; 4 where activations are computed again
  double peak = 0;          // flop/s of a device
  double efficiency = 0.5;  // share of it that kernels reach
  double layers = 1;        // of a stage
  std::uint32_t tensor = 1, pipeline = 1, data = 1, microbatches = 1, chunks = 1;  // t, p, d, m, v
  std::uint32_t zero_stage = 0;
  std::int64_t hidden_bytes = 0;    // that a microbatch hands from layer to layer
  std::int64_t gradient_bytes = 0;  // of a device's share of the model
  double overlap = 0;               // share of the gradients' way that may hide behind arithmetic
  std::optional<Law> jitter{};      // share of its time by which a replica is late in a step
  std::vector<DeviceId> ranks{};
};

// Times of single exchanges, all groups at once: an all-reduce of hidden states, a message to the
// next stage, one ring pass of the gradients.
struct ExchangeTimes {
  double tensor = 0, send = 0, pass = 0;
};

// On the fleet's own links, so that it matters where ranks are. Flows that meet share links.
ExchangeTimes placed_times(const StepPlan& plan, const Fleet& fleet, bool shared);
// By the ring formula of Patarasuk and Yuan (2009), for a cluster whose flows do not meet but on
// ports: (n-1) alpha + (n-1)/n M/beta a pass, the beta of a port that a node's rings divide.
ExchangeTimes ring_times(const StepPlan& plan, const ClusterPlan& cluster);

// Seconds that a step takes, and what for. They sum to the step.
struct StepTerms {
  double compute = 0;    // arithmetic of a device at the efficiency of its kernels
  double tensor = 0;     // all-reduces among devices that share layers
  double pipeline = 0;   // messages between stages
  double bubble = 0;     // stages that wait for the first or the last microbatch
  double data = 0;       // gradients and, with ZeRO 3, weights, where nothing hides them
  double straggler = 0;  // the wait for the slowest replica

  double total() const { return compute + tensor + pipeline + bubble + data + straggler; }
  double scaling() const { return compute / total(); }
};

// With a pass of the gradients g, and m microbatches of u = (compute + tensor + pipeline)/m each:
//
//   tensor   = 4 (6 with all activations again) layers m all-reduces   (Shoeybi et al. 2019)
//   pipeline = 2 v m messages
//   bubble   = (p-1)/v u       one forward, one backward; v chunks a stage interleaved
//   data     = n g - min(overlap n g, W)
//     n = 2, and 1 + 2 m with ZeRO 3, which gathers weights for each pass of each microbatch;
//     W, what it hides behind: the backward pass of the last microbatch, with ZeRO 3 all arithmetic
//   straggler = (m u + bubble) E[max of d jitters]
//
// The step waits for the slowest replica, so over many steps its mean is what counts: the maximum's
// law is not drawn, its mean is taken by quadrature (analytic/exact/straggler.h).
Result<StepTerms> terms_of(const StepPlan& plan, const ExchangeTimes& times);

}  // namespace fleetsim::training
