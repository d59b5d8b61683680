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
  std::int64_t pipeline = 1;         // stages of so many devices, with layers of their own
  std::int64_t expert = 1;           // devices that share the experts of a layer, of `tensor`
  double expert_skew = 0;            // of their popularity
  analytic::Link link{};             // between devices that share layers
  analytic::Link hop{};              // from stage to stage
  std::optional<double> overhead{};  // s a pass, in place of the catalogue's launches
  double kv_memory = 0.9;            // share of the memory that weights and keys may take
  double reserve = 0;                // byte of a device that they may not
};

// Its passes, and how many keys and values fit beside the weights. With t devices to a layer, P
// parameters of which A are active, L layers (of q stages ceil(L/q) each, so L = q ceil(L/q)), h
// heads of d:
//
//   token  = 2 A / (t F eta)         pair = 4 L h d / (t F eta)
//   weights = W / (t BW)             key  = bytes of a token / (shards BW)
//   message = 2 L 2 (t - 1)/t Hd b / link + (q - 1) Hd b / (t hop)
//                                    all-reduces by rings, two a layer, and the way between stages
//   launch of a pass that decodes L 10 us, of one that only reads prompts one launch of a graph,
//   and 2 L 2 (t - 1) alpha + (q - 1) alpha
//
// Keys and values are split by heads over as many devices as there are heads of them; those of
// latent attention lie on every device.
//
// Experts are cut over all t devices, or dealt out to e groups of g = t/e which cut theirs. Then an
// exchange takes the place of one all-reduce of a layer: each of the groups hands the k vectors of
// its tokens to those that have their experts, adds up what these make of them, and gets them back
// (Lepikhin et al. 2021):
//
//   exchange = L (2 (e - 1)/e + 2 (g - 1)/g) k Hd b / (e link), and alpha L (2 (e - 1) + 2 (g - 1))
//
// Arithmetic and exchange are as long as the busiest group's, reading as long as its who reads most
// (ExpertLoad).
struct Deployment {
  PassCost cost{};
  double key_bytes = 0;     // of a token, on a device
  double weight_bytes = 0;  // on a device
  double free_bytes = 0;    // for keys and values, of a device
};
Result<Deployment> deploy(const DeploymentIn& in);

}  // namespace fleetsim::serving
