#include "tools/cases.h"

namespace fleetsim {
namespace {

// What changed between generations of the book's package, by solver and, where it matters, model.
struct Change {
  std::string_view solver;
  std::string_view model;  // contained in the case's model; empty: any
  std::string_view what;
};
constexpr Change changes[] = {
    {"SingleNodeModel", "ResNet50",
     "ResNet50 was 4.1e9 flop an image (one a multiply-add), is 8.2e9; MFU counts model flop only"},
    {"SingleNodeModel", "",
     "figures of a catalogue that has changed, or of a model that does not fit and is offloaded"},
    {"Registry", "ResNet50",
     "ResNet50 was 4.1e9 flop an image (one a multiply-add), is 8.2e9 (two)"},
    {"TransformationModel", "",
     "step times of ResNet50 at 4.1e9 flop an image, which is 8.2e9 now"},
    {"DataModel", "", "the rate was of ResNet50 at 4.1e9 flop an image, which is 8.2e9 now"},
    {"DistributedModel", "",
     "compute was that of the whole model on one device, one token a sample; now of the sharded "
     "replica with seq_len tokens; the bubble is b/(1-b) of it, tensor-parallel all-reduces are "
     "four a layer of one stage, gradients are sharded by stages too, throughput counts replicas"},
    {"DSE", "",
     "compute was that of the whole model on one device, one token a sample; now of the sharded "
     "replica with seq_len tokens"},
    {"DistributedModel+ReliabilityModel+CheckpointModel", "",
     "scaling efficiency was of the unsharded model, one token a sample"},
    {"ContinuousBatchingModel", "",
     "static batching was 0.6 of the paged batch; now slots of max_seq_len, and requests of "
     "mean_request_tokens"},
    {"ServingCapacityModel", "", "one seq_len; now max_seq_len and mean_request_tokens"},
    {"EconomicsModel", "", "an H100 was 30,000 $, is 25,000; nodes of DGX were priced otherwise"},
    {"SensitivitySolver", "",
     "a model that does not fit named peak_flops with three zeros; now memory_capacity"},
    {"CompressionModel", "", "the baseline was always FP32"},
    {"ServingModel", "", "a draft's round was priced otherwise"},
    {"ParallelismOptimizer", "", "one microbatch a step, and a screen without optimizer state"},
    {"WeightStreamingModel", "", "utilisation divided GB by GiB"},
};

constexpr OlderCount counts[] = {
    {"WeightStreamingModel", "wafer_memory_utilization", 0x1p30 / 1e9,
     "GB were divided by GiB; the newest generation divides like by like, and so do its cases"},
};

}  // namespace

const OlderCount* older_count(std::string_view solver, std::string_view figure) {
  for (const OlderCount& count : counts)
    if (count.solver == solver && count.figure == figure) return &count;
  return nullptr;
}

std::string changed_convention(const Case& test) {
  std::string model;
  for (const auto& [name, value] : test.inputs)
    if (name == "model" && value.as_text() != nullptr) model = value.text();
  for (const Change& change : changes)
    if (change.solver == test.solver && model.find(change.model) != model.npos)
      return std::string(change.what);
  return "";
}

}  // namespace fleetsim
