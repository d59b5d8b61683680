#pragma once
#include <cmath>
#include <cstdint>
#include <optional>

#include "sim/result.h"

namespace fleetsim::analytic {

// Collectives by the alpha-beta model of Hockney (1994): a message of m bytes takes alpha + m/beta
// (book section 4.2). Reduction arithmetic is not priced, and links are not shared. The functions
// of plain numbers trust their arguments; the solvers below them check.

struct Collective {
  double message_bytes = 0;      // M, held by each participant
  std::int64_t n_gpus = 1;       // N
  double bandwidth_bytes_s = 0;  // beta, of one link one way
  double latency_s = 0;          // alpha
};

// (N-1)/N and 2 (N-1)/N: shares of M that one rank sends in one pass round the ring, and in two.
constexpr double ring_collective_data_factor(std::int64_t n) {
  return static_cast<double>(n - 1) / static_cast<double>(n);
}
constexpr double ring_allreduce_data_factor(std::int64_t n) {
  return 2 * ring_collective_data_factor(n);
}
constexpr double ring_allreduce_latency_steps(std::int64_t n) {
  return 2 * static_cast<double>(n - 1);
}

// 2 (N-1)/N M/beta + 2 (N-1) alpha (Patarasuk and Yuan 2009).
constexpr double ring_allreduce_time(const Collective& c) {
  return ring_allreduce_data_factor(c.n_gpus) * c.message_bytes / c.bandwidth_bytes_s +
         ring_allreduce_latency_steps(c.n_gpus) * c.latency_s;
}

// (N-1)/N M/beta + (N-1) alpha: half of an all-reduce, or an exchange of all with all.
constexpr double all_to_all_time(const Collective& c) {
  return ring_collective_data_factor(c.n_gpus) * c.message_bytes / c.bandwidth_bytes_s +
         static_cast<double>(c.n_gpus - 1) * c.latency_s;
}

// 2 k M/beta + 2 k alpha, k = ceil(log2 N); 0 for N = 1. The whole message travels at each level:
// a tree without pipelining.
inline double tree_allreduce_time(const Collective& c) {
  if (c.n_gpus == 1) return 0;
  const double levels = std::ceil(std::log2(static_cast<double>(c.n_gpus)));
  return 2 * levels * (c.message_bytes / c.bandwidth_bytes_s + c.latency_s);
}

// f_l 2 log2(N) alpha + f_b 2 (N-1)/N M/beta; 0 for N = 1 (Sanders, Speck and Traeff 2009). The
// factors are what implementations lose against the bound.
struct DoubleTree {
  Collective collective{};
  double latency_factor = 1.2, bandwidth_factor = 1.05;
};
inline double double_binary_tree_allreduce_time(const DoubleTree& tree) {
  const Collective& c = tree.collective;
  if (c.n_gpus == 1) return 0;
  return tree.latency_factor * 2 * std::log2(static_cast<double>(c.n_gpus)) * c.latency_s +
         tree.bandwidth_factor * ring_allreduce_data_factor(c.n_gpus) * c.message_bytes /
             c.bandwidth_bytes_s;
}

// Reduce-scatter within each node of g, all-reduce of a g-th between n nodes, all-gather within:
//
//   2 [ (g-1)/g M/beta_i + (g-1) alpha_i ] + ring(M/g, n, beta_e, alpha_e)
//
// One NIC a device, so that the g rings between nodes share nothing (Thakur et al. 2005).
struct Hierarchy {
  double message_bytes = 0;
  std::int64_t n_nodes = 1, gpus_per_node = 1;
  double intra_node_bw = 0, inter_node_bw = 0;
  double intra_node_lat = 500e-9, inter_node_lat = 5e-6;
};
constexpr double hierarchical_allreduce_time(const Hierarchy& h) {
  const double part = h.message_bytes / static_cast<double>(h.gpus_per_node);
  return 2 * all_to_all_time(
                 {h.message_bytes, h.gpus_per_node, h.intra_node_bw, h.intra_node_lat}) +
         ring_allreduce_time({part, h.n_nodes, h.inter_node_bw, h.inter_node_lat});
}

struct CollectiveTime {
  double time = 0;
};

// The same, checked: N >= 1, bandwidth > 0, message and latency >= 0.
Result<CollectiveTime> calc_ring_allreduce_time(const Collective& in);
Result<CollectiveTime> calc_all_to_all_time(const Collective& in);
Result<CollectiveTime> calc_tree_allreduce_time(const Collective& in);
Result<CollectiveTime> calc_double_binary_tree_allreduce_time(const DoubleTree& in);
Result<CollectiveTime> calc_hierarchical_allreduce_time(const Hierarchy& in);

// What of the ring's time is its own: the factors above, and 2 (N-1) alpha.
struct RingSize {
  std::int64_t n_gpus = 1;
  double latency_s = 0;
};
struct RingFactor {
  double factor = 0;
};
Result<RingFactor> calc_ring_collective_data_factor(const RingSize& in);
Result<RingFactor> calc_ring_allreduce_data_factor(const RingSize& in);
Result<RingFactor> calc_ring_allreduce_latency_steps(const RingSize& in);
Result<CollectiveTime> calc_ring_allreduce_latency_time(const RingSize& in);

// N alpha beta / log2 N: below it a tree is faster than a ring, for large N; 0 for N = 1. About 40%
// high for 8 ranks. Beside it the exact size (exact/collectives.h), which is not there where no
// message makes the tree faster: up to 3 ranks.
struct RingOrTree {
  std::int64_t n_gpus = 2;
  double latency_s = 0, bandwidth_bytes_s = 0;
};
struct Crossover {
  double size = 0;
  std::optional<double> size_exact{};
};
Result<Crossover> calc_ring_tree_crossover_size(const RingOrTree& in);

}  // namespace fleetsim::analytic
