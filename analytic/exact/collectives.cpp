#include "analytic/exact/collectives.h"

#include <bit>
#include <cmath>
#include <string_view>

#include "analytic/book/arguments.h"

namespace fleetsim::analytic {

namespace {

// steps * alpha + moved * m beta, where `moved` is how often the vector crosses a rank's link.
struct Cost {
  double steps = 0, moved = 0;
};

Arguments checked(std::string_view name, const AlphaBeta& c) {
  Arguments in(name);
  return in.at_least_one("ranks", c.ranks)
      .nonnegative("bytes", c.bytes)
      .nonnegative("latency", c.latency)
      .positive("bandwidth", c.bandwidth);
}

double priced(const AlphaBeta& c, Cost cost) {
  return cost.steps * c.latency + cost.moved * (c.bytes / c.bandwidth);
}

double others(const AlphaBeta& c) {
  return static_cast<double>(c.ranks - 1);
}

double other_share(const AlphaBeta& c) {
  return others(c) / static_cast<double>(c.ranks);
}

// ceil(lg p), a whole number.
double doublings(std::int64_t ranks) {
  return static_cast<double>(std::bit_width(static_cast<std::uint64_t>(ranks - 1)));
}

Result<double> any_ranks(std::string_view name, const AlphaBeta& c, Cost (*cost)(AlphaBeta)) {
  if (const Arguments in = checked(name, c); !in.fine()) return in.error();
  return priced(c, cost(c));
}

Result<double> power_of_two(std::string_view name, const AlphaBeta& c, Cost (*cost)(AlphaBeta)) {
  Arguments in = checked(name, c);
  in.need(c.ranks >= 1 && std::has_single_bit(static_cast<std::uint64_t>(c.ranks)), "ranks",
          static_cast<double>(c.ranks), "a power of two");
  if (!in.fine()) return in.error();
  return priced(c, cost(c));
}

}  // namespace

Result<double> ring_allreduce(const AlphaBeta& c) {
  return any_ranks("ring all-reduce", c, [](AlphaBeta x) {
    return Cost{2 * others(x), 2 * other_share(x)};
  });
}

Result<double> ring_allgather(const AlphaBeta& c) {
  return any_ranks("ring all-gather", c, [](AlphaBeta x) {
    return Cost{others(x), other_share(x)};
  });
}

Result<double> doubling_allgather(const AlphaBeta& c) {
  return power_of_two("recursive doubling all-gather", c, [](AlphaBeta x) {
    return Cost{doublings(x.ranks), other_share(x)};
  });
}

Result<double> halving_doubling_allreduce(const AlphaBeta& c) {
  return power_of_two("halving-doubling all-reduce", c, [](AlphaBeta x) {
    return Cost{2 * doublings(x.ranks), 2 * other_share(x)};
  });
}

Result<double> doubling_allreduce(const AlphaBeta& c) {
  return power_of_two("recursive doubling all-reduce", c, [](AlphaBeta x) {
    return Cost{doublings(x.ranks), doublings(x.ranks)};
  });
}

Result<double> tree_allreduce(const AlphaBeta& c) {
  return any_ranks("tree all-reduce", c, [](AlphaBeta x) {
    return Cost{2 * doublings(x.ranks), 2 * doublings(x.ranks)};
  });
}

Result<double> tree_broadcast(const AlphaBeta& c) {
  return any_ranks("tree broadcast", c, [](AlphaBeta x) {
    return Cost{doublings(x.ranks), doublings(x.ranks)};
  });
}

Result<double> two_tree_allreduce(const AlphaBeta& c) {
  Arguments in = checked("two-tree all-reduce", c);
  const double levels = std::log2(static_cast<double>(c.ranks));
  const double wire = c.bytes / c.bandwidth;
  in.need(wire >= 2 * levels * c.latency, "bytes", c.bytes,
          "at least 2 lg(ranks) latency bandwidth, or pieces do not pay");
  if (!in.fine()) return in.error();
  if (c.ranks == 1) return 0.0;
  return 2 * (wire + 2 * levels * c.latency + std::sqrt(8 * levels * c.latency * wire));
}

Result<double> pairwise_alltoall(const AlphaBeta& c) {
  return any_ranks("pairwise all-to-all", c, [](AlphaBeta x) {
    return Cost{others(x), other_share(x)};
  });
}

Result<double> bruck_alltoall(const AlphaBeta& c) {
  return power_of_two("Bruck's all-to-all", c, [](AlphaBeta x) {
    return Cost{doublings(x.ranks), doublings(x.ranks) / 2};
  });
}

Result<double> ring_tree_crossover(std::int64_t ranks, double latency, double bandwidth) {
  Arguments in("ring-tree crossover");
  in.need(ranks >= 4, "ranks", static_cast<double>(ranks),
          "at least 4: with fewer the ring is never slower")
      .positive("latency", latency)
      .positive("bandwidth", bandwidth);
  if (!in.fine()) return in.error();
  const auto p = static_cast<double>(ranks);
  const double k = doublings(ranks);
  return (p - 1 - k) * latency * bandwidth / (k - (p - 1) / p);
}

Result<double> hierarchical_allreduce(double bytes, std::span<const AlphaBetaLevel> levels) {
  double time = 0;
  for (const AlphaBetaLevel& level : levels) {
    const AlphaBeta here{level.members, bytes, level.latency, level.bandwidth};
    const auto ring = ring_allreduce(here);
    if (!ring) return ring.error();
    time += *ring;
    bytes /= static_cast<double>(level.members);
  }
  return time;
}

Result<double> hierarchical_allgather(double bytes, std::span<const AlphaBetaLevel> levels) {
  const Result<double> both = hierarchical_allreduce(bytes, levels);
  if (!both) return both.error();
  return *both / 2;
}

}  // namespace fleetsim::analytic
