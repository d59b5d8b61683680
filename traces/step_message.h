#pragma once
#include <string>
#include <vector>

#include "traces/fleet_message.h"
#include "traces/node.h"
#include "traces/provenance.h"
#include "traces/zoo.h"
#include "workloads/training/config.h"

namespace fleetsim {

// What a step of a job is read in: the jobs before it take the first nodes of their clusters.
struct StepContext {
  const training::TrainingConfig& config;
  const NamedFleet& fleet;
  const Sites& sites;
  const Zoo& zoo;
  const Provenance& provenance;
};

// The fields model, parallelism and step of the message Training: how the model is spread over the
// job's devices, whether it fits them, and what a step of it takes, term by term or as a share of
// the devices' peak. REQUIRES: `out` is placed; what it must know beforehand are its nodes.
Status read_step(const Node& job, const StepContext& context, training::JobConfig& out,
                 std::vector<std::string>& warnings);

}  // namespace fleetsim
