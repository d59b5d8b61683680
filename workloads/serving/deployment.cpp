#include "workloads/serving/deployment.h"

#include <fmt/format.h>

#include <algorithm>

#include "analytic/book/constants.h"
#include "analytic/book/workload.h"
#include "sim/unit_text.h"

namespace fleetsim::serving {
namespace {

using namespace analytic;

// Parameters that every token passes, and those of all experts together.
struct Parameters {
  double shared = 0, experts = 0, chosen = 0;
};

Parameters split(const Model& model, double parameters) {
  const double active = model.active_parameters.value_or(parameters);
  const double all = static_cast<double>(model.experts.value_or(0));
  const double chosen = static_cast<double>(model.active_experts.value_or(0)) / std::max(all, 1.0);
  if (all == 0 || chosen <= 0 || chosen >= 1 || active >= parameters) return {parameters, 0, 0};
  const double experts = std::min(parameters, (parameters - active) / (1 - chosen));
  return {parameters - experts, experts, chosen};
}

void communicate(const DeploymentIn& in, double layers, PassCost& cost) {
  const double p = static_cast<double>(in.tensor);
  if (in.tensor == 1) return;
  const double bytes = static_cast<double>(hidden_dim_of(in.model)) * bytes_of(in.arithmetic);
  cost.message = 2 * layers * 2 * (p - 1) / p * bytes / in.link.bandwidth;
  const double hops = 2 * layers * 2 * (p - 1) * in.link.latency.value_or(0);
  cost.launch_decode += hops;
  cost.launch_prefill += hops;
}

}  // namespace

Result<Deployment> deploy(const DeploymentIn& in) {
  const Result<double> parameters = parameters_of(in.model);
  if (!parameters) return parameters.error();
  const double p = static_cast<double>(in.tensor);
  const double layers = static_cast<double>(layers_of(in.model));
  const double width = static_cast<double>(heads_of(in.model) * head_dim_of(in.model));
  const double rate = p * in.device.flops_at(in.arithmetic) * in.efficiency;
  const double bandwidth = in.device.memory_bandwidth * in.memory_efficiency;
  const double bytes = bytes_of(in.weights);
  const Parameters parts = split(in.model, *parameters);
  const bool latent = in.model.kv_lora_rank.value_or(0) > 0;
  const double shards =
      latent ? 1 : static_cast<double>(std::min(in.tensor, kv_heads_of(in.model)));

  Deployment out;
  out.key_bytes = kv_bytes_per_token(in.model, bytes_of(in.kv)) / shards;
  out.weight_bytes = *parameters * bytes / p;
  PassCost& cost = out.cost;
  cost.token = 2 * (parts.shared + parts.experts * parts.chosen) / rate;
  cost.pair = 4 * layers * width / rate;
  cost.weights = parts.shared * bytes / (p * bandwidth);
  cost.experts = parts.experts * bytes / (p * bandwidth);
  cost.chosen = parts.chosen;
  cost.key = out.key_bytes / bandwidth;
  cost.launch_decode = in.overhead.value_or(layers * calibration::layer_tax);
  cost.launch_prefill = in.overhead.value_or(in.device.dispatch_tax);
  communicate(in, layers, cost);

  const double room = in.device.memory_capacity * in.kv_memory - in.reserve;
  out.free_bytes = room - out.weight_bytes;
  if (out.free_bytes <= 0)
    return Error{fmt::format(
        "the weights take {} of a device, and {} are there for them; expected more devices that "
        "share each layer (tensor: {} would do), or fewer bits",
        format_measure(out.weight_bytes, "B"), format_measure(std::max(room, 0.0), "B"),
        std::max<std::int64_t>(
            in.tensor + 1,
            room > 0 ? static_cast<std::int64_t>(*parameters * bytes / room) + 1 : in.tensor + 1))};
  return out;
}

}  // namespace fleetsim::serving
