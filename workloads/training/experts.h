#pragma once
#include "analytic/book/training_memory.h"

namespace fleetsim::training {

// How a model's parameters divide into those of its routed experts and the rest. Of E experts a
// token visits k, so that it meets A = D + k x parameters of P = D + E x: with x those of one
// expert over all layers,
//
//   x = (P - A)/(E - k).
//
// Shared experts, which each token visits, are part of D. No experts, or no active parameters
// told: all is D.
struct ExpertSplit {
  double dense = 0;    // D
  double experts = 0;  // E x
};
Result<ExpertSplit> expert_split(const analytic::Model& model);

// Bytes that a device holds where `in.ep_size` of data x context ranks share the experts, and each
// sequence lies on `context` devices; else as TrainingMemoryModel (wall 2) has it, with the
// microbatches that a pipeline keeps in flight. ZeRO shards what is dense over data x context, and
// experts over those that hold the same ones. Activations lie where their tokens do, routing being
// even.
struct DeviceMemory {
  double states = 0;  // weights, gradients and optimizer states
  double total = 0;
  double available = 0;
};
Result<DeviceMemory> held_by_device(const analytic::TrainingMemoryIn& in, std::int64_t context);

}  // namespace fleetsim::training
