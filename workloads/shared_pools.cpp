#include "workloads/shared_pools.h"

#include <algorithm>
#include <numeric>

namespace fleetsim {

SharedPools::SharedPools(Engine& engine, const Fleet& fleet,
                         const std::vector<FailurePlan>& failures, const Chance& chance)
    : engine_(engine),
      fleet_(fleet),
      failures_(failures),
      chance_(chance) {
  for (std::size_t c = 0; c < failures.size(); ++c) halls_.push_back(std::make_unique<Hall>());
}

std::uint32_t SharedPools::taken(ClusterId cluster) const {
  const std::vector<std::uint32_t>& nodes = halls_[cluster.index]->nodes;
  return std::accumulate(nodes.begin(), nodes.end(), std::uint32_t{0});
}

SharedPools::Place SharedPools::join(ClusterId cluster, const std::vector<std::uint32_t>& nodes,
                                     PoolListener& listener) {
  Hall& hall = *halls_[cluster.index];
  const Place out{static_cast<Holder>(hall.nodes.size()), {taken(cluster)}};
  hall.users.push_back({&listener, out.holder, static_cast<Holder>(nodes.size())});
  hall.nodes.insert(hall.nodes.end(), nodes.begin(), nodes.end());
  return out;
}

void SharedPools::build() {
  for (std::uint32_t c = 0; c < halls_.size(); ++c) {
    Hall& hall = *halls_[c];
    if (hall.users.empty()) continue;
    const ClusterPlan& plan = fleet_.plan().clusters[c];
    hall.pool = std::make_unique<NodePool>(engine_, failures_[c], hall.nodes,
                                           plan.spares + plan.nodes - taken({c}), chance_, c, hall);
  }
}

const SharedPools::User& SharedPools::Hall::user_of(Holder holder) const {
  return *std::find_if(users.begin(), users.end(),
                       [&](const User& user) { return holder < user.first + user.count; });
}

void SharedPools::Hall::struck(const Failure& failure, bool swapped) {
  if (failure.holder == everybody) {
    for (const User& user : users) user.listener->struck(failure, swapped);
    return;
  }
  const User& user = user_of(failure.holder);
  Failure own = failure;
  own.holder -= user.first;
  user.listener->struck(own, swapped);
}

void SharedPools::Hall::filled(Holder holder) {
  const User& user = user_of(holder);
  user.listener->filled(holder - user.first);
}

void SharedPools::Hall::slowed(Holder holder, double factor) {
  const User& user = user_of(holder);
  user.listener->slowed(holder - user.first, factor);
}

void SharedPools::Hall::noticed(Instant end) {
  for (const User& user : users) user.listener->noticed(end);
}

void SharedPools::Hall::switched_off(std::uint32_t maintenance) {
  for (const User& user : users) user.listener->switched_off(maintenance);
}

void SharedPools::Hall::switched_on() {
  for (const User& user : users) user.listener->switched_on();
}

void SharedPools::Hall::levels_changed() {
  for (const User& user : users) user.listener->levels_changed();
}

}  // namespace fleetsim
