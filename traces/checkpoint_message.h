#pragma once
#include <optional>
#include <string>
#include <vector>

#include "traces/node.h"
#include "traces/provenance.h"
#include "workloads/training/config.h"

namespace fleetsim {

// What the reading of a job's checkpoints needs to know of the job.
struct CheckpointContext {
  std::uint32_t nodes = 1;
  double failure_rate = 0;        // 1/s
  bool corruptible = false;       // some part corrupts its state
  std::optional<double> state{};  // bytes of a checkpoint; none without a model
};

// The message Checkpoint. `warnings` grows by what is odd but possible.
Result<training::CheckpointConfig> checkpoint_of(const Node& node, const CheckpointContext& job,
                                                 const Provenance& provenance,
                                                 std::vector<std::string>& warnings);

}  // namespace fleetsim
