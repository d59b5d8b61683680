#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/law.h"
#include "topology/fleet.h"

namespace fleetsim::training {

// A model spread over the devices of a job, replicas over pipelines over devices that share layers.
// Ranks are those that share a layer first, then those that share a sequence, then replicas, then
// stages (Narayanan et al. 2021); so are they placed on the job's nodes, which are in order.
//
// The experts of a layer lie on `expert` of a stage's ranks, sequences and replicas taken as one:
// so they cost no devices of their own, and each is held (context data)/expert times. Tensor
// parallelism cuts experts as it cuts other layers.
struct StepPlan {
  double flops = 0;         // of the model in a step: forward, and backward twice that
  double passes = 3;        // done for those three; 4 where activations are computed again
  double peak = 0;          // flop/s of a device
  double efficiency = 0.5;  // share of it that kernels reach
  double stretch = 1;       // a cap makes arithmetic so many times longer, and nothing else
  double layers = 1;        // of a stage
  std::uint32_t tensor = 1, pipeline = 1, data = 1, microbatches = 1, chunks = 1;  // t, p, d, m, v
  std::uint32_t context = 1, expert = 1;                                           // c, e
  std::uint32_t zero_stage = 0;
  std::int64_t hidden_bytes = 0;           // that a microbatch hands from layer to layer, of c one
  std::int64_t gradient_bytes = 0;         // of a device's share of what all replicas hold
  std::int64_t expert_gradient_bytes = 0;  // and of experts that are spread
  std::int64_t routed_bytes = 0;  // that a device hands to experts in a layer, those that stay too
  std::int64_t key_bytes = 0;     // keys and values in a layer, of a device's part of a sequence
  double overlap = 0;             // share of the gradients' way that may hide behind arithmetic
  std::optional<Law> jitter{};    // share of its time by which a replica is late in a step
  std::vector<DeviceId> ranks{};
};

// Times of single exchanges, all groups at once: an all-reduce of hidden states, a message to the
// next stage, one ring pass of the gradients; an exchange with the experts of a layer, and all keys
// and values of a layer once round those that share a sequence.
struct ExchangeTimes {
  double tensor = 0, send = 0, pass = 0, expert = 0, keys = 0;
};

// On the fleet's own links, so that it matters where ranks are. Flows that meet share links.
ExchangeTimes placed_times(const StepPlan& plan, const Fleet& fleet, bool shared);
// By the ring formula of Patarasuk and Yuan (2009), for a cluster whose flows do not meet but on
// ports: (n-1) alpha + (n-1)/n M/beta a pass, the beta of a port that a node's rings divide.
// Experts by pairwise exchanges of an n-th each, s places on in step s (Thakur et al. 2005), of
// which only those that leave a node take its ports. All take a step together, here and there.
ExchangeTimes ring_times(const StepPlan& plan, const ClusterPlan& cluster);

// Whether some groups that share experts begin or end amid a node of so many devices, which
// ring_times does not know of.
bool straddles(const StepPlan& plan, std::uint32_t devices);

// Seconds that a step takes, and what for. They sum to the step.
struct StepTerms {
  double compute = 0;    // arithmetic of a device at the efficiency of its kernels
  double tensor = 0;     // all-reduces among devices that share layers
  double pipeline = 0;   // messages between stages
  double bubble = 0;     // stages that wait for the first or the last microbatch
  double data = 0;       // gradients and, with ZeRO 3, weights, where nothing hides them
  double straggler = 0;  // the wait for the slowest replica
  double expert = 0;     // tokens on their way to experts and back
  double context = 0;    // keys and values among devices that share a sequence
  double outer = 0;      // a step's part of the exchange between regions

  // Of a replica by itself: what jitter makes longer.
  double replica() const { return compute + tensor + pipeline + expert + context + bubble; }
  double total() const { return replica() + data + straggler + outer; }
  double scaling() const { return compute / total(); }
};

// With a pass of the gradients g, and m microbatches of u = (compute + tensor + pipeline + expert +
// context)/m each:
//
//   tensor   = 4 (6 with all activations again) layers m all-reduces   (Shoeybi et al. 2019)
//     half of them where experts are spread, whose exchanges take the place of the others
//   expert   = 4 (6) layers m exchanges: to experts and back, forward and backward. In each a
//     device hands round its t-th of the tokens, top-k times over, e ways, and gathers, or sums up,
//     those of the t that share its experts (Lepikhin et al. 2021; Singh et al. 2023). Routing is
//     even, each layer has experts, and nothing hides it
//   context  = 3 (4) layers m rings of c-1 steps: keys and values forward, those and their
//     gradients backward (Liu, Zaharia and Abbeel 2023), nothing hidden behind attention
//   pipeline = 2 v m messages
//   bubble   = (p-1)/v u       one forward, one backward; v chunks a stage interleaved
//   data     = n g - min(overlap n g, W)
//     n = 2, and 1 + 2 m with ZeRO 3, which gathers weights for each pass of each microbatch;
//     W, what it hides behind: the backward pass of the last microbatch, with ZeRO 3 all arithmetic
//     g goes over context and replicas, that of experts over those that hold the same ones
//   straggler = (m u + bubble) E[max of d jitters]
//
// The step waits for the slowest replica, so over many steps its mean is what counts: the maximum's
// law is not drawn, its mean is taken by quadrature (analytic/exact/straggler.h).
Result<StepTerms> terms_of(const StepPlan& plan, const ExchangeTimes& times);

}  // namespace fleetsim::training
