#include "workloads/network/schedule.h"

#include <fmt/format.h>

#include <bit>

namespace fleetsim::network {
namespace {

std::int64_t share(std::int64_t bytes, std::int64_t of) {
  return (bytes + of - 1) / of;
}

std::uint32_t rounds(std::uint32_t ranks) {  // ceil(lg n)
  return static_cast<std::uint32_t>(std::bit_width(ranks - 1));
}

using Kind = Phase::Kind;

struct Level {
  std::uint32_t stride, size;
};

// Reduce and scatter inwards, gather outwards: level i works on m / (p_1 ... p_(i-1)).
std::vector<Phase> nested(CollectiveKind kind, const std::vector<Level>& levels, std::int64_t bytes,
                          Kind inwards, Kind outwards) {
  std::vector<Phase> phases;
  for (const Level level : levels) {
    if (kind != CollectiveKind::all_gather)
      phases.push_back({inwards, level.stride, level.size, share(bytes, level.stride)});
  }
  for (auto level = levels.rbegin(); level != levels.rend(); ++level)
    if (kind != CollectiveKind::reduce_scatter)
      phases.push_back({outwards, level->stride, level->size, share(bytes, level->stride)});
  return phases;
}

std::vector<Level> levels_of(const CollectiveConfig& config, const Fleet& fleet,
                             std::uint32_t ranks) {
  if (config.algorithm != Algorithm::hierarchical) return {{1, ranks}};
  const ClusterPlan& cluster = fleet.plan().clusters[config.clusters[0].index];
  std::vector<Level> levels = {{1, cluster.devices}, {cluster.devices, cluster.nodes}};
  levels.push_back(
      {cluster.devices * cluster.nodes, static_cast<std::uint32_t>(config.clusters.size())});
  std::erase_if(levels, [](Level level) { return level.size == 1; });
  return levels;
}

std::uint32_t ranks_of(const CollectiveConfig& config, const Fleet& fleet) {
  std::uint32_t ranks = 0;
  for (const ClusterId c : config.clusters)
    ranks += fleet.plan().clusters[c.index].nodes * fleet.plan().clusters[c.index].devices;
  return ranks;
}

}  // namespace

std::uint32_t Phase::steps() const {
  switch (kind) {
    case Kind::ring:
    case Kind::pairwise:
      return size - 1;
    case Kind::halving:
    case Kind::doubling:
    case Kind::gather:
    case Kind::broadcast:
      break;
  }
  return rounds(size);
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

Result<std::vector<Phase>> schedule_of(const CollectiveConfig& config, const Fleet& fleet) {
  const std::uint32_t ranks = ranks_of(config, fleet);
  if (ranks < 2) return Error{"a collective needs at least two devices"};
  const bool passes = config.kind == CollectiveKind::all_reduce ||
                      config.kind == CollectiveKind::all_gather ||
                      config.kind == CollectiveKind::reduce_scatter;
  switch (config.algorithm) {
    case Algorithm::ring:
    case Algorithm::hierarchical:
      if (!passes) break;
      return nested(config.kind, levels_of(config, fleet, ranks), config.bytes, Kind::ring,
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
  }
  return Error{
      "RING, HALVING_DOUBLING and HIERARCHICAL do ALL_REDUCE, ALL_GATHER and "
      "REDUCE_SCATTER; TREE does ALL_REDUCE and BROADCAST; PAIRWISE does ALL_TO_ALL"};
}

}  // namespace fleetsim::network
