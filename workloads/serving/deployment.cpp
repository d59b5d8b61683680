#include "workloads/serving/deployment.h"

#include <fmt/format.h>

#include <algorithm>

#include "analytic/book/constants.h"
#include "analytic/book/workload.h"
#include "sim/unit_text.h"
#include "workloads/training/experts.h"

namespace fleetsim::serving {
namespace {

using namespace analytic;

std::int64_t stage_layers(const DeploymentIn& in) {
  return (layers_of(in.model) + in.pipeline - 1) / in.pipeline;
}

Status possible(const DeploymentIn& in) {
  const std::int64_t experts = in.model.experts.value_or(0);
  if (in.expert > 1 && (experts == 0 || experts % in.expert != 0))
    return Error{fmt::format("found {} groups for {} experts; expected a divisor of them",
                             in.expert, experts)};
  if (in.pipeline > layers_of(in.model))
    return Error{fmt::format("found {} stages for {} layers; expected at most one a layer",
                             in.pipeline, layers_of(in.model))};
  return Done{};
}

// Experts that are spread, or not equally popular.
void spread(const DeploymentIn& in, double routed, PassCost& cost) {
  if (cost.experts == 0 || (in.expert == 1 && in.expert_skew == 0)) return;
  cost.token -= routed;
  cost.routed = routed;
  cost.load = std::make_shared<const ExpertLoad>(ExpertLoad::In{.experts = *in.model.experts,
                                                                .chosen = *in.model.active_experts,
                                                                .devices = in.expert,
                                                                .skew = in.expert_skew});
}

void communicate(const DeploymentIn& in, double layers, PassCost& cost) {
  const double t = static_cast<double>(in.tensor), e = static_cast<double>(in.expert), g = t / e;
  const double q = static_cast<double>(in.pipeline);
  const double bytes = static_cast<double>(hidden_dim_of(in.model)) * bytes_of(in.arithmetic);
  double hops = 0;
  if (in.tensor > 1) {
    const double rings = in.expert > 1 ? 1 : 2;
    cost.message = rings * layers * 2 * (t - 1) / t * bytes / in.link.bandwidth;
    hops += rings * layers * 2 * (t - 1) * in.link.latency.value_or(0);
  }
  if (in.expert > 1) {
    const double vectors = static_cast<double>(in.model.active_experts.value_or(1));
    const double ways = 2 * (e - 1) / e + 2 * (g - 1) / g;
    cost.exchange = layers * ways * vectors * bytes / (e * in.link.bandwidth);
    hops += layers * (2 * (e - 1) + 2 * (g - 1)) * in.link.latency.value_or(0);
  }
  if (in.pipeline > 1) {
    cost.message += (q - 1) * bytes / (t * in.hop.bandwidth);
    hops += (q - 1) * in.hop.latency.value_or(0);
  }
  cost.launch_decode += hops;
  cost.launch_prefill += hops;
}

}  // namespace

Result<Deployment> deploy(const DeploymentIn& in) {
  const Result<training::ExpertSplit> parts = training::expert_split(in.model);
  if (!parts) return parts.error();
  if (auto bad = possible(in); !bad) return bad.error();
  const double t = static_cast<double>(in.tensor);
  const double layers = static_cast<double>(in.pipeline * stage_layers(in));
  const double uneven = layers / static_cast<double>(layers_of(in.model));
  const double width = static_cast<double>(heads_of(in.model) * head_dim_of(in.model));
  const double rate = t * in.device.flops_at(in.arithmetic) * in.efficiency / uneven;
  const double bandwidth = in.device.memory_bandwidth * in.memory_efficiency / uneven;
  const double bytes = bytes_of(in.weights);
  const bool latent = in.model.kv_lora_rank.value_or(0) > 0;
  const double shards =
      latent ? 1 : static_cast<double>(std::min(in.tensor, kv_heads_of(in.model)));

  Deployment out;
  const double key_bytes = kv_bytes_per_token(in.model, bytes_of(in.kv)) / shards;
  const double share = uneven / static_cast<double>(in.pipeline);  // of a stage
  out.key_bytes = key_bytes * share;
  out.weight_bytes = (parts->dense + parts->experts) * bytes / t * share;
  PassCost& cost = out.cost;
  cost.chosen = parts->experts > 0 ? static_cast<double>(in.model.active_experts.value_or(1)) /
                                         static_cast<double>(*in.model.experts)
                                   : 0;
  const double routed = 2 * parts->experts * cost.chosen / rate;
  cost.token = 2 * parts->dense / rate + routed;
  cost.pair = 4 * static_cast<double>(layers_of(in.model)) * width / rate;
  cost.weights = parts->dense * bytes / (t * bandwidth);
  cost.experts = parts->experts * bytes / (t * bandwidth);
  cost.key = key_bytes / bandwidth;
  cost.launch_decode = in.overhead.value_or(layers * calibration::layer_tax);
  cost.launch_prefill = in.overhead.value_or(in.device.dispatch_tax);
  cost.stages = in.pipeline;
  spread(in, routed, cost);
  communicate(in, layers, cost);

  const double room = in.device.memory_capacity * in.kv_memory - in.reserve;
  out.free_bytes = room - out.weight_bytes;
  if (out.free_bytes <= 0)
    return Error{fmt::format(
        "the weights take {} of a device, and {} are there for them; expected more devices that "
        "share each layer (tensor: {} would do), or fewer bits",
        format_measure(out.weight_bytes, "B"), format_measure(std::max(room, 0.0), "B"),
        std::max<std::int64_t>(in.tensor + 1,
                               room > 0 ? static_cast<std::int64_t>(out.weight_bytes * t / room) + 1
                                        : in.tensor + 1))};
  return out;
}

}  // namespace fleetsim::serving
