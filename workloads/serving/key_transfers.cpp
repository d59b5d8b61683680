#include "workloads/serving/key_transfers.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "workloads/serving/metrics.h"

namespace fleetsim::serving {

void TransferTally::report(std::vector<Measured>& out) const {
  constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
  const double n = static_cast<double>(ns.count());
  out.push_back(
      {{"serving.transfer.mean", "s"}, n > 0 ? static_cast<double>(time) / 1e9 / n : nothing, n});
  for (const NamedQuantile& q : quantiles)
    out.push_back({{std::string("serving.transfer.") + q.name, "s"},
                   n > 0 ? ns.quantile(q.p) / 1e9 : nothing});
  out.push_back({{"serving.transfer.bytes", "B"}, static_cast<double>(bytes)});
}

KeyTransfers::KeyTransfers(const ServingConfig& config, std::vector<Seat>& seats, Engine& engine,
                           const Chance& chance)
    : config_(config),
      seats_(seats),
      engine_(engine) {
  if (!config.wires) return;
  network_ = std::make_unique<FluidNetwork>(engine, *config.wires, chance);
  stands_ = stands_of(config.groups, Placer(config.wires->plan()));
}

DeviceId KeyTransfers::device(std::uint32_t seat, std::uint32_t number) const {
  const Stand& stand = stands_[seat];
  const std::uint32_t on_node = config_.wires->plan().clusters[stand.cluster.index].devices;
  const std::uint32_t place = stand.slot + number;
  return config_.wires->device(stand.cluster, stand.node + place / on_node, place % on_node);
}

std::uint32_t KeyTransfers::send(const Trip& trip, Event came) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(under_way_.size()));
    under_way_.emplace_back();
  }
  const std::uint32_t row = free_.back();
  free_.pop_back();
  const GroupConfig& from = config_.groups[seats_[trip.from].group];
  const GroupConfig& to = config_.groups[seats_[trip.to].group];
  const std::uint32_t stripes = network_ ? std::max(from.devices, to.devices) : 1;
  const double all = from.key_bytes * trip.tokens;
  const auto bytes = static_cast<std::int64_t>(std::ceil(all / stripes));
  under_way_[row] = {trip, came, engine_.now(), bytes * stripes, stripes};
  const Event stripe = on<&KeyTransfers::stripe_came>(*this, row);
  if (!network_) {
    engine_.at(engine_.now(), stripe);
    return row;
  }
  for (std::uint32_t i = 0; i < stripes; ++i)
    network_->send({.from = device(trip.from, i * from.devices / stripes),
                    .to = device(trip.to, i * to.devices / stripes),
                    .bytes = bytes,
                    .label = trip.label},
                   stripe);
  return row;
}

void KeyTransfers::stripe_came(std::uint64_t number) {
  const auto row = static_cast<std::uint32_t>(number);
  if (--under_way_[row].stripes > 0) return;
  const Transfer done = std::exchange(under_way_[row], {});
  free_.push_back(row);
  const Duration time = engine_.now() - done.begun;
  tally_.ns.add(static_cast<double>(time.ns));
  tally_.time += time.ns;
  tally_.bytes += done.bytes;
  seats_[done.trip.from].replica->let_go(done.trip.keys);
  if (done.came.run != nullptr) done.came.run(done.came.self, done.came.arg);
}

}  // namespace fleetsim::serving
