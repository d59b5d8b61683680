#include "workloads/network/pattern.h"

#include <numeric>

namespace fleetsim::network {
namespace {

std::vector<std::uint32_t> permutation(std::uint32_t n, Stream& stream) {
  std::vector<std::uint32_t> to(n);
  std::iota(to.begin(), to.end(), 0u);
  for (std::uint32_t i = n; i > 1; --i) {
    const double u = stream.uniform();
    std::swap(to[i - 1], to[static_cast<std::uint32_t>(u * i)]);
  }
  return to;
}

}  // namespace

std::vector<Transfer> transfers_of(const PatternConfig& pattern, const Fleet& fleet,
                                   const Chance& chance) {
  const ClusterPlan& cluster = fleet.plan().clusters[pattern.cluster.index];
  const std::uint32_t n = cluster.nodes * cluster.devices;
  const std::uint32_t first = fleet.device(pattern.cluster, 0, 0).index;
  Stream stream = chance.stream("network.pattern", pattern.cluster.index);
  std::vector<Transfer> out;
  // The label makes another draw of ways in every replication.
  const auto add = [&](std::uint32_t from, std::uint32_t to) {
    if (from != to)
      out.push_back({{first + from}, {first + to}, pattern.bytes, chance.replication});
  };
  switch (pattern.kind) {
    case PatternConfig::Kind::permutation: {
      const std::vector<std::uint32_t> to = permutation(n, stream);
      for (std::uint32_t from = 0; from < n; ++from) add(from, to[from]);
      break;
    }
    case PatternConfig::Kind::random:
      for (std::uint32_t from = 0; from < n; ++from)
        for (std::uint32_t i = 0; i < pattern.fanout; ++i)
          add(from, static_cast<std::uint32_t>(stream.uniform() * n));
      break;
    case PatternConfig::Kind::all_to_all:
      for (std::uint32_t from = 0; from < n; ++from)
        for (std::uint32_t to = 0; to < n; ++to) add(from, to);
      break;
  }
  return out;
}

}  // namespace fleetsim::network
