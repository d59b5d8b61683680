#pragma once
#include <optional>

#include "analytic/catalogue.h"
#include "sim/result.h"
#include "workloads/serving/iteration_cost.h"

namespace fleetsim::serving {

// A model on the devices of a replica.
struct DeploymentIn {
  analytic::Model model{};
  analytic::Device device{};
  analytic::Precision arithmetic = analytic::Precision::fp16;
  analytic::Precision weights = analytic::Precision::fp16, kv = analytic::Precision::fp16;
  double efficiency = 0.5;           // of the peak rate of arithmetic
  double memory_efficiency = 1;      // of the peak bandwidth
  std::int64_t tensor = 1;           // devices that share each layer
  analytic::Link link{};             // between them
  std::optional<double> overhead{};  // s a pass, in place of the catalogue's launches
  double kv_memory = 0.9;            // share of the memory that weights and keys may take
  double reserve = 0;                // byte of a device that they may not
};

// Its passes, and how many keys and values fit beside the weights. With p devices, P parameters of
// which A are active, L layers, h heads of d:
//
//   token  = 2 A / (p F eta)         pair = 4 L h d / (p F eta)
//   weights = W / (p BW)             key  = bytes of a token / (shards BW)
//   message = 2 L 2 (p - 1)/p Hd e / link         all-reduce by rings, two a layer
//   launch of a pass that decodes L 10 us, of one that only reads prompts one launch of a graph,
//   and 2 L 2 (p - 1) alpha
//
// Keys and values are split by heads over as many devices as there are heads of them; those of
// latent attention lie on every device.
struct Deployment {
  PassCost cost{};
  double key_bytes = 0;     // of a token, on a device
  double weight_bytes = 0;  // on a device
  double free_bytes = 0;    // for keys and values, of a device
};
Result<Deployment> deploy(const DeploymentIn& in);

}  // namespace fleetsim::serving
