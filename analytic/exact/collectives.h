#pragma once
#include <cstdint>
#include <span>

#include "sim/result.h"

namespace fleetsim::analytic {

// Collectives by alpha and beta: a message of b bytes takes alpha + b beta, a rank sends and
// receives one message at a time, adding costs nothing. p ranks, m bytes in the whole vector.
// (Thakur, Rabenseifner and Gropp 2005, unless said.) All are 0 for p = 1.
struct AlphaBeta {
  std::int64_t ranks = 8;   // p
  double bytes = 1e9;       // m
  double latency = 5e-6;    // alpha, s
  double bandwidth = 50e9;  // 1/beta, byte/s
};

// Ring all-reduce: p-1 steps of reduce-scatter, p-1 of all-gather.
//   2 (p-1) alpha + 2 m (p-1)/p beta
Result<double> ring_allreduce(const AlphaBeta& c);

// Ring all-gather of m in all; ring reduce-scatter is the same.
//   (p-1) alpha + m (p-1)/p beta
Result<double> ring_allgather(const AlphaBeta& c);

// Recursive doubling all-gather and halving reduce-scatter, p a power of two.
//   lg p alpha + m (p-1)/p beta
Result<double> doubling_allgather(const AlphaBeta& c);

// Recursive halving, then doubling (Rabenseifner), p a power of two.
//   2 lg p alpha + 2 m (p-1)/p beta
Result<double> halving_doubling_allreduce(const AlphaBeta& c);

// Recursive doubling on the whole vector, p a power of two: best for short messages.
//   lg p (alpha + m beta)
Result<double> doubling_allreduce(const AlphaBeta& c);

// Binomial tree, reduce then broadcast, the vector whole at each step.
//   2 ceil(lg p) (alpha + m beta)
Result<double> tree_allreduce(const AlphaBeta& c);

// Binomial tree from one rank to all.
//   ceil(lg p) (alpha + m beta)
Result<double> tree_broadcast(const AlphaBeta& c);

// Two binary trees at once, pipelined in the best number of pieces, reduce then broadcast (Sanders,
// Speck and Traeff 2009), p >= 2, for m large enough that pieces pay: m beta >= 2 lg p alpha.
//   2 (m beta + 2 lg p alpha + sqrt(8 alpha beta m lg p))
Result<double> two_tree_allreduce(const AlphaBeta& c);

// All-to-all, m the buffer of each rank, by p-1 exchanges of m/p.
//   (p-1) (alpha + m/p beta)
Result<double> pairwise_alltoall(const AlphaBeta& c);

// All-to-all by Bruck et al. 1997, p a power of two: half of the buffer goes at each of lg p steps.
//   lg p (alpha + m/2 beta)
Result<double> bruck_alltoall(const AlphaBeta& c);

// The size at which ring_allreduce and tree_allreduce take equally long; the tree wins below it.
//   m = (p-1-k) alpha / ((k - (p-1)/p) beta),   k = ceil(lg p)
// Needs p >= 4: with fewer ranks the ring is never the slower.
Result<double> ring_tree_crossover(std::int64_t ranks, double latency, double bandwidth);

// All-reduce over levels (inside the node, between nodes, between regions ...), innermost first:
// reduce-scatter on the way up, all-gather on the way down, each by a ring over the p_i members of
// level i, which carry m_i = m / (p_1 ... p_{i-1}) bytes each. Each device has a link of its own.
//   sum_i 2 (p_i - 1) alpha_i + 2 m_i (p_i - 1)/p_i beta_i
// With equal beta and no latency this is one ring over all devices.
struct AlphaBetaLevel {
  std::int64_t members = 1;
  double latency = 0, bandwidth = 1;
};
Result<double> hierarchical_allreduce(double bytes, std::span<const AlphaBetaLevel> levels);
Result<double> hierarchical_allgather(double bytes,
                                      std::span<const AlphaBetaLevel> levels);  // half

}  // namespace fleetsim::analytic
