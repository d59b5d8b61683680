#include "workloads/network/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <optional>

#include "topology/network.h"

namespace fleetsim::network {
namespace {

std::int64_t share(std::int64_t bytes, std::int64_t of) {
  return (bytes + of - 1) / of;
}

std::uint32_t rounds(std::uint32_t ranks) {  // ceil(lg n)
  return static_cast<std::uint32_t>(std::bit_width(ranks - 1));
}

using Kind = Phase::Kind;

struct Ring {
  std::uint32_t stride, size;
  Level level = Level::fabric;
};

// Reduce and scatter inwards, gather outwards: level i works on m / (p_1 ... p_(i-1)).
std::vector<Phase> nested(CollectiveKind kind, const std::vector<Ring>& rings, std::int64_t bytes,
                          Kind inwards, Kind outwards) {
  std::vector<Phase> phases;
  for (const Ring ring : rings)
    if (kind != CollectiveKind::all_gather)
      phases.push_back({inwards, ring.stride, ring.size, share(bytes, ring.stride), ring.level});
  for (auto ring = rings.rbegin(); ring != rings.rend(); ++ring)
    if (kind != CollectiveKind::reduce_scatter)
      phases.push_back(
          {outwards, ring->stride, ring->size, share(bytes, ring->stride), ring->level});
  return phases;
}

std::vector<Ring> rings_of(const CollectiveConfig& config, const Fleet& fleet,
                           std::uint32_t ranks) {
  if (config.algorithm != Algorithm::hierarchical) return {{1, ranks}};
  const ClusterPlan& cluster = fleet.plan().clusters[config.clusters[0].index];
  std::vector<Ring> rings = {{1, cluster.devices, Level::node},
                             {cluster.devices, cluster.nodes, Level::fabric}};
  rings.push_back({cluster.devices * cluster.nodes,
                   static_cast<std::uint32_t>(config.clusters.size()), Level::wide});
  std::erase_if(rings, [](const Ring& ring) { return ring.size == 1; });
  return rings;
}

// Rings over clusters need as many members in each.
bool alike(const CollectiveConfig& config, const Fleet& fleet) {
  const auto& plans = fleet.plan().clusters;
  const ClusterPlan& first = plans[config.clusters[0].index];
  return std::all_of(config.clusters.begin(), config.clusters.end(), [&](ClusterId c) {
    return plans[c.index].nodes == first.nodes && plans[c.index].devices == first.devices;
  });
}

// Messages of a step by the link they take.
std::vector<std::uint32_t> loads_of(const Phase& phase, std::uint32_t step,
                                    const std::vector<DeviceId>& ranks, const Fleet& fleet) {
  std::vector<std::uint32_t> loads(fleet.links(), 0);
  each_message(phase, step, ranks, fleet, false, [&](std::int64_t, const Route& way) {
    for (const LinkId link : way.links) ++loads[link.index];
  });
  return loads;
}

// Seconds of a step: those of its slowest message.
double slowest(const Phase& phase, std::uint32_t step, const std::vector<DeviceId>& ranks,
               const Fleet& fleet, bool shared) {
  std::vector<std::uint32_t> loads;
  if (shared) loads = loads_of(phase, step, ranks, fleet);
  const auto least_share = [&](const Path& links) {
    double least = std::numeric_limits<double>::infinity();
    for (const LinkId link : links)
      least = std::min(least, fleet.rates()[link.index] / loads[link.index]);
    return least;
  };
  double most = 0;
  each_message(phase, step, ranks, fleet, false, [&](std::int64_t bytes, const Route& way) {
    const double rate = shared ? least_share(way.links) : least_rate(fleet, way.links);
    most = std::max(most, seconds(way.total()) + static_cast<double>(bytes) / rate);
  });
  return most;
}

}  // namespace

std::uint32_t Phase::steps() const {
  switch (kind) {
    case Kind::ring:
    case Kind::pairwise:
      return size - 1;
    case Kind::send:
      return 1;
    case Kind::halving:
    case Kind::doubling:
    case Kind::gather:
    case Kind::broadcast:
      break;
  }
  return rounds(size);
}

std::uint32_t Phase::unlike_steps() const {
  return kind == Kind::ring ? 1 : steps();
}

Exchange Phase::exchange(std::uint32_t rank, std::uint32_t step) const {
  const std::uint32_t self = rank / stride % size;
  const auto at = [&](std::uint32_t member) { return rank + member * stride - self * stride; };
  switch (kind) {
    case Kind::ring:
      return {at((self + 1) % size), at((self + size - 1) % size), share(bytes, size)};
    case Kind::pairwise:
      return {at((self + step + 1) % size), at((self + size - step - 1) % size),
              share(bytes, size)};
    case Kind::send: {
      Exchange out;
      out.bytes = bytes;
      if (self == 0) out.to = at(size - 1);
      if (self == size - 1) out.from = at(0);
      return out;
    }
    case Kind::halving:
    case Kind::doubling: {
      const std::uint32_t apart = kind == Kind::halving ? size >> (step + 1) : 1u << step;
      return {at(self ^ apart), at(self ^ apart), share(bytes * apart, size)};
    }
    case Kind::gather:
    case Kind::broadcast: {
      const std::uint32_t apart = 1u << (kind == Kind::gather ? step : steps() - 1 - step);
      const bool lower = self % (2 * apart) == 0 && self + apart < size;
      const bool upper = self % (2 * apart) == apart;
      Exchange out;
      out.bytes = bytes;
      const bool up = kind == Kind::gather;
      if (lower) (up ? out.from : out.to) = at(self + apart);
      if (upper) (up ? out.to : out.from) = at(self - apart);
      return out;
    }
  }
  return {};
}

std::vector<DeviceId> ranks_of(const CollectiveConfig& config, const Fleet& fleet) {
  std::vector<DeviceId> ranks;
  for (const ClusterId c : config.clusters) {
    const ClusterPlan& cluster = fleet.plan().clusters[c.index];
    for (std::uint32_t i = 0; i < cluster.nodes * cluster.devices; ++i)
      ranks.push_back({fleet.device(c, 0, 0).index + i});
  }
  return ranks;
}

std::vector<DeviceId> first_devices(const std::vector<ClusterId>& clusters, const Fleet& fleet) {
  std::vector<DeviceId> out;
  for (const ClusterId cluster : clusters) out.push_back(fleet.device(cluster, 0, 0));
  return out;
}

std::vector<Phase> ring_allreduce_phases(std::uint32_t ranks, std::int64_t bytes) {
  return nested(CollectiveKind::all_reduce, {{1, ranks}}, bytes, Kind::ring, Kind::ring);
}

Result<std::vector<Phase>> schedule_of(const CollectiveConfig& config, const Fleet& fleet) {
  const auto ranks = static_cast<std::uint32_t>(ranks_of(config, fleet).size());
  if (ranks < 2) return Error{"a collective needs at least two devices"};
  const bool passes = config.kind == CollectiveKind::all_reduce ||
                      config.kind == CollectiveKind::all_gather ||
                      config.kind == CollectiveKind::reduce_scatter;
  if (config.kind == CollectiveKind::point_to_point)
    return std::vector<Phase>{{Kind::send, 1, ranks, config.bytes}};
  switch (config.algorithm) {
    case Algorithm::hierarchical:
      if (passes && !alike(config, fleet))
        return Error{"HIERARCHICAL needs clusters of as many nodes and accelerators each"};
      [[fallthrough]];
    case Algorithm::ring:
      if (!passes) break;
      return nested(config.kind, rings_of(config, fleet, ranks), config.bytes, Kind::ring,
                    Kind::ring);
    case Algorithm::halving_doubling:
      if (!passes) break;
      if (!std::has_single_bit(ranks))
        return Error{
            fmt::format("HALVING_DOUBLING needs a power of two of devices (got {})", ranks)};
      return nested(config.kind, {{1, ranks}}, config.bytes, Kind::halving, Kind::doubling);
    case Algorithm::tree:
      if (config.kind == CollectiveKind::broadcast)
        return std::vector<Phase>{{Kind::broadcast, 1, ranks, config.bytes}};
      if (config.kind != CollectiveKind::all_reduce) break;
      return std::vector<Phase>{{Kind::gather, 1, ranks, config.bytes},
                                {Kind::broadcast, 1, ranks, config.bytes}};
    case Algorithm::pairwise:
      if (config.kind != CollectiveKind::all_to_all) break;
      return std::vector<Phase>{{Kind::pairwise, 1, ranks, config.bytes}};
    case Algorithm::automatic:
      break;
  }
  return Error{
      "RING, HALVING_DOUBLING and HIERARCHICAL do ALL_REDUCE, ALL_GATHER and "
      "REDUCE_SCATTER; TREE does ALL_REDUCE and BROADCAST; PAIRWISE does ALL_TO_ALL; "
      "AUTO does all"};
}

std::vector<Phase> phases_of(const CollectiveConfig& config, const Fleet& fleet) {
  Result<std::vector<Phase>> phases = schedule_of(config, fleet);
  check(bool(phases), "a scenario's collectives can be scheduled");
  return *std::move(phases);
}

void each_message(const Phase& phase, std::uint32_t step, const std::vector<DeviceId>& ranks,
                  const Fleet& fleet, bool striped,
                  const std::function<void(std::int64_t, const Route&)>& tell) {
  Route way;
  for (std::uint32_t r = 0; r < ranks.size(); ++r) {
    const Exchange exchange = phase.exchange(r, step);
    if (!exchange.to) continue;
    const Transfer transfer{
        .from = ranks[r], .to = ranks[*exchange.to], .bytes = exchange.bytes, .striped = striped};
    check(find_way(fleet, transfer, route_hash(transfer), way), "ranks reach each other");
    tell(exchange.bytes, way);
  }
}

double lockstep_time(const std::vector<Phase>& phases, const std::vector<DeviceId>& ranks,
                     const Fleet& fleet, bool shared) {
  double sum = 0;
  for (const Phase& phase : phases)
    for (std::uint32_t step = 0; step < phase.unlike_steps(); ++step)
      sum += phase.steps() / phase.unlike_steps() * slowest(phase, step, ranks, fleet, shared);
  return sum;
}

Result<Algorithm> fastest_algorithm(const CollectiveConfig& config, const Fleet& fleet) {
  struct Candidate {
    Algorithm algorithm;
    std::vector<Phase> phases;
  };
  std::vector<Candidate> candidates;
  std::optional<Error> error;
  for (const Algorithm algorithm : {Algorithm::ring, Algorithm::tree, Algorithm::halving_doubling,
                                    Algorithm::hierarchical, Algorithm::pairwise}) {
    CollectiveConfig asked = config;
    asked.algorithm = algorithm;
    if (auto phases = schedule_of(asked, fleet))
      candidates.push_back({algorithm, *std::move(phases)});
    else if (!error)
      error = phases.error();
  }
  if (candidates.empty()) return *error;
  if (candidates.size() == 1) return candidates[0].algorithm;
  const std::vector<DeviceId> ranks = ranks_of(config, fleet);
  const Candidate* best = nullptr;
  double least = std::numeric_limits<double>::infinity();
  for (const Candidate& candidate : candidates) {
    const double time = lockstep_time(candidate.phases, ranks, fleet, false);
    if (time >= least) continue;
    least = time;
    best = &candidate;
  }
  return best->algorithm;
}

}  // namespace fleetsim::network
