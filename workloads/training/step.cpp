#include "workloads/training/step.h"

#include <algorithm>

#include "analytic/book/communication.h"
#include "analytic/exact/straggler.h"
#include "workloads/network/schedule.h"

namespace fleetsim::training {
namespace {

using network::Phase;
constexpr Phase::Kind ring = Phase::Kind::ring;

// Members of a group of replicas that lie on one node, one after the other.
std::uint32_t members_on_node(const StepPlan& plan, std::uint32_t devices) {
  if (plan.tensor >= devices || devices % plan.tensor != 0) return 1;
  const std::uint32_t members = devices / plan.tensor;
  return plan.data > members && plan.data % members == 0 ? members : 1;
}

std::int64_t part(std::int64_t bytes, std::uint32_t of) {
  return (bytes + of - 1) / of;
}

std::uint32_t devices_of(const StepPlan& plan, const Fleet& fleet) {
  const ClusterId cluster = fleet.place(plan.ranks[0]).cluster;
  return fleet.plan().clusters[cluster.index].devices;
}

// A ring whose messages cross ports, beside as many others from its node as take part.
double ring_pass(std::uint32_t ranks, double bytes, double rate, Duration latency) {
  return analytic::all_to_all_time({bytes, ranks, rate, seconds(latency)});
}

}  // namespace

ExchangeTimes placed_times(const StepPlan& plan, const Fleet& fleet, bool shared) {
  const auto time = [&](std::vector<Phase> phases) {
    return network::lockstep_time(phases, plan.ranks, fleet, shared);
  };
  ExchangeTimes out;
  if (plan.tensor > 1) out.tensor = 2 * time({{ring, 1, plan.tensor, plan.hidden_bytes}});
  if (plan.pipeline > 1) {
    // One step of the ring of stages, which hands on an n-th of its bytes.
    const std::int64_t bytes = part(plan.hidden_bytes, plan.tensor) * plan.pipeline;
    out.send = time({{ring, plan.tensor * plan.data, plan.pipeline, bytes}}) / (plan.pipeline - 1);
  }
  if (plan.data == 1) return out;
  out.pass = time({{ring, plan.tensor, plan.data, plan.gradient_bytes}});
  const std::uint32_t inner = members_on_node(plan, devices_of(plan, fleet));
  if (inner > 1)
    out.pass = std::min(
        out.pass,
        time({{ring, plan.tensor, inner, plan.gradient_bytes},
              {ring, plan.tensor * inner, plan.data / inner, part(plan.gradient_bytes, inner)}}));
  return out;
}

ExchangeTimes ring_times(const StepPlan& plan, const ClusterPlan& cluster) {
  const std::uint32_t devices = cluster.devices, t = plan.tensor, d = plan.data;
  const auto hidden = static_cast<double>(plan.hidden_bytes);
  const auto gradients = static_cast<double>(plan.gradient_bytes);
  // A ring of ranks `stride` apart crosses ports where a node does not hold it whole.
  const auto pass = [&](std::uint32_t stride, std::uint32_t ranks, double bytes) {
    if (ranks == 1) return 0.0;
    if (stride * ranks <= devices)
      return ring_pass(ranks, bytes, cluster.device_rate, cluster.node_latency);
    const double crossing = std::min(stride, devices);
    const double rate = cluster.port_rate * std::min(1.0, cluster.ports / crossing);
    const double over = ring_pass(ranks, bytes, rate, cluster.fabric_latency);
    if (stride >= devices) return over;
    return std::max(over, ring_pass(ranks, bytes, cluster.device_rate, cluster.node_latency));
  };
  ExchangeTimes out{.tensor = 2 * pass(1, t, hidden), .send = 0, .pass = pass(t, d, gradients)};
  if (plan.pipeline > 1)
    out.send = pass(t * d, plan.pipeline, hidden / t * plan.pipeline) / (plan.pipeline - 1);
  const std::uint32_t inner = members_on_node(plan, devices);
  if (inner > 1)
    out.pass = std::min(out.pass,
                        pass(t, inner, gradients) + pass(t * inner, d / inner, gradients / inner));
  return out;
}

Result<StepTerms> terms_of(const StepPlan& plan, const ExchangeTimes& times) {
  const double m = plan.microbatches, p = plan.pipeline, v = plan.chunks;
  const bool gathers = plan.zero_stage == 3;
  StepTerms out;
  out.compute =
      plan.flops / 3 * plan.passes / (p * plan.tensor * plan.data) / (plan.peak * plan.efficiency);
  out.tensor = (plan.passes > 3 ? 6 : 4) * plan.layers * m * times.tensor;
  out.pipeline = 2 * v * m * times.send;
  const double replica = out.compute + out.tensor + out.pipeline;
  out.bubble = (p - 1) / (v * m) * replica;
  const double sent = (gathers ? 1 + 2 * m : 2) * times.pass;
  const double behind = gathers ? out.compute : out.compute * (plan.passes - 1) / plan.passes / m;
  out.data = sent - std::min(plan.overlap * sent, behind);
  if (!plan.jitter) return out;
  const Result<double> late = analytic::order_statistic(*plan.jitter, plan.data, plan.data);
  if (!late) return late.error();
  out.straggler = (replica + out.bubble) * *late;
  return out;
}

}  // namespace fleetsim::training
