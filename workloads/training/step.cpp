#include "workloads/training/step.h"

#include <algorithm>

#include "analytic/book/communication.h"
#include "analytic/exact/straggler.h"
#include "workloads/network/schedule.h"

namespace fleetsim::training {
namespace {

using network::Phase;
constexpr Phase::Kind ring = Phase::Kind::ring;

// Ranks `stride` apart that hold the same weights and add up their gradients.
struct Holders {
  std::uint32_t stride, size;
  std::int64_t bytes;
};
std::vector<Holders> holders_of(const StepPlan& plan) {
  const std::uint32_t t = plan.tensor, all = plan.context * plan.data, e = plan.expert;
  std::vector<Holders> out = {{t, all, plan.gradient_bytes}};
  if (e > 1) out.push_back({t * e, all / e, plan.expert_gradient_bytes});
  std::erase_if(out, [](const Holders& group) { return group.size == 1; });
  return out;
}

// Those of a group that lie on one node, one after the other.
std::uint32_t members_on_node(const Holders& group, std::uint32_t devices) {
  if (group.stride >= devices || devices % group.stride != 0) return 1;
  const std::uint32_t members = devices / group.stride;
  return group.size > members && group.size % members == 0 ? members : 1;
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

// Where rails join ports of one number, a message `places` on for another one first goes to the
// device of its node that lies on that.
Duration to_rail(const ClusterPlan& cluster, std::uint32_t places) {
  const bool rails = cluster.shape.topology == Topology::rail_optimised && cluster.ports > 1;
  return rails && places % cluster.devices != 0 ? cluster.node_latency : Duration{};
}

// Among `size` ranks `stride` apart each hands an n-th to the one s places on, for s = 1 ... n-1.
// On a node lie g of a group, of which min(s, n-s, g) send to other nodes; they are neighbours, so
// that as many of them share a port as it serves.
double pairwise_time(const ClusterPlan& cluster, std::uint32_t stride, std::uint32_t size,
                     std::int64_t bytes) {
  const double message = static_cast<double>(part(bytes, size));
  const double inside = seconds(cluster.node_latency) + message / cluster.device_rate;
  if (stride * size <= cluster.devices) return (size - 1) * inside;
  const std::uint32_t of_group = std::max(1u, cluster.devices / stride);
  const double served = static_cast<double>(cluster.devices) / cluster.ports;  // by a port
  double sum = 0;
  for (std::uint32_t step = 1; step < size; ++step) {
    const std::uint32_t leaving = std::min({step, size - step, of_group});
    const double neighbours = leaving * std::min(stride, cluster.devices);
    const double sharing = std::max(1.0, std::min(served, neighbours));
    const Duration latency = cluster.fabric_latency + to_rail(cluster, step * stride);
    const double over = seconds(latency) + message * sharing / cluster.port_rate;
    sum += leaving < of_group ? std::max(over, inside) : over;
  }
  return sum;
}

}  // namespace

ExchangeTimes placed_times(const StepPlan& plan, const Fleet& fleet, bool shared) {
  const auto time = [&](std::vector<Phase> phases) {
    return network::lockstep_time(phases, plan.ranks, fleet, shared);
  };
  const std::uint32_t t = plan.tensor, c = plan.context, e = plan.expert, p = plan.pipeline;
  ExchangeTimes out;
  if (t > 1) out.tensor = 2 * time({{ring, 1, t, plan.hidden_bytes}});
  if (p > 1) {
    // One step of the ring of stages, which hands on an n-th of its bytes.
    const std::int64_t bytes = part(plan.hidden_bytes, t) * p;
    out.send = time({{ring, t * c * plan.data, p, bytes}}) / (p - 1);
  }
  if (e > 1) out.expert = time({{Phase::Kind::pairwise, t, e, plan.routed_bytes}});
  if (e > 1 && t > 1) out.expert += time({{ring, 1, t, plan.routed_bytes * t}});
  if (c > 1) out.keys = time({{ring, t, c, plan.key_bytes * c}});
  for (const auto& [stride, size, bytes] : holders_of(plan)) {
    double pass = time({{ring, stride, size, bytes}});
    const std::uint32_t inner = members_on_node({stride, size, bytes}, devices_of(plan, fleet));
    if (inner > 1)
      pass = std::min(pass, time({{ring, stride, inner, bytes},
                                  {ring, stride * inner, size / inner, part(bytes, inner)}}));
    out.pass += pass;
  }
  return out;
}

ExchangeTimes ring_times(const StepPlan& plan, const ClusterPlan& cluster) {
  const std::uint32_t devices = cluster.devices, t = plan.tensor, c = plan.context;
  const auto hidden = static_cast<double>(plan.hidden_bytes);
  // A ring of ranks `stride` apart crosses ports where a node does not hold it whole.
  const auto pass = [&](std::uint32_t stride, std::uint32_t ranks, double bytes) {
    if (ranks == 1) return 0.0;
    if (stride * ranks <= devices)
      return ring_pass(ranks, bytes, cluster.device_rate, cluster.node_latency);
    const double crossing = std::min(stride, devices);
    const double rate = cluster.port_rate * std::min(1.0, cluster.ports / crossing);
    const Duration latency = cluster.fabric_latency + to_rail(cluster, stride);
    const double over = ring_pass(ranks, bytes, rate, latency);
    if (stride >= devices) return over;
    return std::max(over, ring_pass(ranks, bytes, cluster.device_rate, cluster.node_latency));
  };
  ExchangeTimes out{.tensor = 2 * pass(1, t, hidden)};
  if (plan.pipeline > 1)
    out.send =
        pass(t * c * plan.data, plan.pipeline, hidden / t * plan.pipeline) / (plan.pipeline - 1);
  const auto routed = static_cast<double>(plan.routed_bytes);
  if (plan.expert > 1)
    out.expert = pairwise_time(cluster, t, plan.expert, plan.routed_bytes) + pass(1, t, routed * t);
  out.keys = pass(t, c, static_cast<double>(plan.key_bytes) * c);
  for (const Holders& group : holders_of(plan)) {
    const auto bytes = static_cast<double>(group.bytes);
    double way = pass(group.stride, group.size, bytes);
    const std::uint32_t inner = members_on_node(group, devices);
    if (inner > 1)
      way = std::min(way, pass(group.stride, inner, bytes) +
                              pass(group.stride * inner, group.size / inner, bytes / inner));
    out.pass += way;
  }
  return out;
}

bool straddles(const StepPlan& plan, std::uint32_t devices) {
  const std::uint32_t group = plan.tensor * plan.expert;
  return plan.expert > 1 && group % devices != 0 && devices % group != 0;
}

Result<StepTerms> terms_of(const StepPlan& plan, const ExchangeTimes& times) {
  const double m = plan.microbatches, p = plan.pipeline, v = plan.chunks;
  const bool gathers = plan.zero_stage == 3, again = plan.passes > 3;
  StepTerms out;
  out.compute = plan.flops / 3 * plan.passes / (p * plan.tensor * plan.data * plan.context) /
                (plan.peak * plan.efficiency) * plan.stretch;
  const double exchanges = again ? 6 : 4;
  out.tensor = (plan.expert > 1 ? exchanges / 2 : exchanges) * plan.layers * m * times.tensor;
  out.expert = exchanges * plan.layers * m * times.expert;
  out.context = (again ? 4 : 3) * plan.layers * m * times.keys;
  out.pipeline = 2 * v * m * times.send;
  const double replica = out.replica();
  out.bubble = (p - 1) / (v * m) * replica;
  const double sent = (gathers ? 1 + 2 * m : 2) * times.pass;
  const double behind = gathers ? out.compute : out.compute * (plan.passes - 1) / plan.passes / m;
  out.data = sent - std::min(plan.overlap * sent, behind);
  if (!plan.jitter) return out;
  const Result<double> late = analytic::order_statistic(*plan.jitter, plan.data, plan.data);
  if (!late) return late.error();
  out.straggler = out.replica() * *late;
  return out;
}

}  // namespace fleetsim::training
