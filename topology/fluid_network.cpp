#include "topology/fluid_network.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace fleetsim {

FluidNetwork::FluidNetwork(Engine& engine, const Fleet& fleet, const Chance& chance)
    : engine_(engine),
      fleet_(fleet),
      shares_(fleet.rates()),
      carried_(fleet.links(), 0.0),
      jitter_(fleet, chance) {}

void FluidNetwork::send(const Transfer& transfer, Event delivered) {
  check(transfer.bytes >= 0, "a transfer has no negative size");
  Flow flow{.transfer = transfer,
            .delivered = delivered,
            .end = {},
            .since = engine_.now(),
            .left = static_cast<double>(transfer.bytes),
            .hash = route_hash(transfer)};
  choose_way(flow);
  if (flow.links.empty() || (transfer.bytes == 0 && !flow.stuck)) {
    ++delivered_;
    engine_.after(flow.latency, delivered);
    return;
  }
  ++flows_in_flight_;
  start(std::move(flow));
}

// Leaves the route in route_; false as in Fleet::route.
bool FluidNetwork::find_least_loaded(const Flow& flow, std::uint32_t candidates) {
  Route best;
  double least = std::numeric_limits<double>::infinity();
  for (std::uint32_t i = 0; i < candidates; ++i) {
    if (!find_way(fleet_, flow.transfer, flow.hash + i, route_, down_)) continue;
    double fullest = 0;
    for (const LinkId link : route_.links)
      fullest = std::max(fullest,
                         static_cast<double>(shares_.flows_on(link) + 1) / shares_.capacity(link));
    if (fullest >= least) continue;
    least = fullest;
    best = route_;
  }
  if (least == std::numeric_limits<double>::infinity()) return false;
  route_ = std::move(best);
  return true;
}

void FluidNetwork::choose_way(Flow& flow) {
  const Transfer& transfer = flow.transfer;
  const ClusterId cluster = fleet_.place(transfer.from).cluster;
  const FabricShape& shape = fleet_.plan().clusters[cluster.index].shape;
  const bool adaptive = routing_of(shape) == RoutingPolicy::adaptive && !transfer.striped &&
                        fleet_.place(transfer.to).cluster == cluster;
  const bool led = adaptive ? find_least_loaded(flow, shape.adaptive_choices)
                            : find_way(fleet_, transfer, flow.hash, route_, down_);
  flow.stuck = !led;
  check(!flow.stuck || !down_.empty(), "a transfer has a way");
  flow.links = route_.links;
  flow.latency = route_.total() + jitter_.draw(route_.links);
  for (const LinkId link : flow.links)
    if (!added_.empty()) flow.latency = flow.latency + added_[link.index];
  flow.left_here = flow.left;
}

void FluidNetwork::start(Flow flow) {
  const FlowId id = shares_.add(flow.links);
  if (flows_.size() <= id.index) flows_.resize(id.index + 1);
  if (flow.stuck) stuck_.push_back(id.index);
  flows_[id.index] = std::move(flow);
  change_soon();
}

// Takes a flow off its way: what it sent is booked, and nothing of it is left in the table.
FluidNetwork::Flow FluidNetwork::take(std::uint32_t index) {
  Flow& flow = flows_[index];
  advance(flow);
  for (const LinkId link : flow.links) carried_[link.index] += flow.left_here - flow.left;
  engine_.cancel(flow.end);
  shares_.remove({index});
  if (flow.stuck) std::erase(stuck_, index);
  change_soon();
  return std::exchange(flow, {});
}

void FluidNetwork::advance(Flow& flow) const {
  const double passed = seconds(engine_.now() - flow.since);
  flow.left = std::max(0.0, flow.left - flow.rate * passed);
  flow.since = engine_.now();
}

void FluidNetwork::change_soon() {
  if (settling_) return;
  settling_ = true;
  engine_.at(engine_.now(), on<&FluidNetwork::settle>(*this));
}

void FluidNetwork::settle(std::uint64_t) {
  settling_ = false;
  for (const FlowId id : shares_.settle()) {
    Flow& flow = flows_[id.index];
    advance(flow);
    flow.rate = shares_.rate(id);
    engine_.cancel(flow.end);
    flow.end = {};
    if (flow.rate == 0) continue;
    const double ns = std::ceil(flow.left / flow.rate * 1e9);
    if (ns >= static_cast<double>(longest_duration.ns)) continue;  // beyond the end of any run
    flow.end = engine_.after(Duration{static_cast<std::int64_t>(ns)},
                             on<&FluidNetwork::ended>(*this, id.index));
  }
}

void FluidNetwork::ended(std::uint64_t index) {
  flows_[index].left = 0;
  flows_[index].rate = 0;
  const Flow flow = take(static_cast<std::uint32_t>(index));
  --flows_in_flight_;
  ++delivered_;
  engine_.after(flow.latency, flow.delivered);
}

void FluidNetwork::degrade(LinkId link, double share, Duration added) {
  check(share >= 0 && share <= 1, "a link carries a share of its rate");
  if (down_.empty()) {
    down_.resize(fleet_.links(), false);
    added_.resize(fleet_.links());
  }
  added_[link.index] = added;
  const bool was_down = down_[link.index];
  down_[link.index] = share == 0;
  shares_.set_capacity(link, share * fleet_.rates()[link.index]);
  change_soon();
  std::vector<std::uint32_t> movers;
  if (share == 0) {
    for (const FlowId id : shares_.flows_over(link)) movers.push_back(id.index);
    std::sort(movers.begin(), movers.end());
  } else if (was_down) {
    movers = stuck_;
  }
  for (const std::uint32_t index : movers) move(index);
}

// To another way, if the one it has is cut and there is one.
void FluidNetwork::move(std::uint32_t index) {
  const Flow& flow = flows_[index];
  if (!find_way(fleet_, flow.transfer, flow.hash, route_, down_)) {
    if (!flow.stuck) stuck_.push_back(index);
    flows_[index].stuck = true;
    return;
  }
  Flow moving = take(index);
  moving.rate = 0;
  moving.end = {};
  choose_way(moving);
  start(std::move(moving));
}

void FluidNetwork::each_flow(const std::function<void(const Transfer&, double rate)>& tell) const {
  for (const Flow& flow : flows_)
    if (!flow.links.empty()) tell(flow.transfer, flow.rate);
}

double FluidNetwork::bytes_carried(LinkId link) const {
  double sum = carried_[link.index];
  for (const FlowId id : shares_.flows_over(link)) {
    const Flow& flow = flows_[id.index];
    const double sent = flow.rate * seconds(engine_.now() - flow.since);
    sum += flow.left_here - std::max(0.0, flow.left - sent);
  }
  return sum;
}

}  // namespace fleetsim
