#pragma once
#include <cstdint>
#include <vector>

#include "sim/law.h"
#include "sim/stream.h"

namespace fleetsim::rare {

// A fleet whose places must be filled: nodes that fail at random times, spares that step in at
// once, crews that repair a node each in the order of failures.
struct ExhaustionConfig {
  std::uint32_t places = 1;
  double node_rate = 0;  // failures a second of a node in use; spares do not fail
  std::uint32_t spares = 0;
  std::uint32_t crews = 0;  // 0: as many as are needed
  Law repair;               // of a node, in seconds
  double horizon = 0;       // s
  std::uint32_t paths = 1;  // that an estimate is made of
};

// P(within the horizon one node more is broken than there are spares), all nodes whole at first,
// by splitting: paths that come nearer to the event go on as several.
//
// When the number of broken nodes rises to k, a path becomes R_k paths, each from there on by
// chance of its own; the R_k - 1 new ones end when the number falls below k again. What one of them
// shows with k broken counts for 1/M_k, M_k = R_1 R_2 ... R_k. At any time, then, the weights of
// the copies in a state have the mean that one plain path has; and a path ends with its first
// event. So the sum of weights of the paths that reach the event has the wanted probability as its
// mean, whatever the R_k and whatever the law of repairs (RESTART: Villen-Altamirano 1991;
// unbiased: Garvels 2000, ch. 4).
//
// The R_k are chosen, from a few paths of their own, so that copies come to each k about equally
// often and fail, all together, about as often as plain paths do: twice the work, and the rarest
// state is seen as often as any. Failures are a Poisson process of constant rate up to the event,
// so a path is its clock and the ends of the repairs at work.
class Exhaustion {
 public:
  explicit Exhaustion(const ExhaustionConfig& config);

  struct Estimate {
    double probability = 0;
    std::uint64_t events = 0;  // failures and repairs simulated
  };
  // Unbiased. A pure function of its arguments; entities have chances of their own.
  Estimate estimate(const Chance& chance, std::uint32_t entity) const;

  // R_k at [k], k = 0..spares + 1.
  const std::vector<std::uint32_t>& copies() const { return copies_; }

 private:
  void choose_copies();

  ExhaustionConfig config_;
  std::vector<std::uint32_t> copies_;
};

}  // namespace fleetsim::rare
