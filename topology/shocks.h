#pragma once
#include <cstdint>
#include <vector>

#include "sim/stream.h"
#include "topology/failures.h"

namespace fleetsim {

// When which domain of a cluster is struck, and which of its nodes. All domains of all shocks are
// one Poisson stream; a shock picks its class by the rates, then one of its domains. It does not
// matter who uses the nodes.
class Shocks {
 public:
  Shocks(const FailurePlan& plan, std::uint32_t nodes, const Chance& chance, std::uint32_t cluster);
  Instant next() const { return next_; }  // end_of_time if there are none

  struct Blow {
    Instant when{};
    std::uint32_t shock = 0;
    std::vector<NodeId> nodes{};  // that are hit, maybe none
  };
  Blow take();  // the one at next()

 private:
  std::uint32_t width(const Shock& shock) const { return shock.nodes > 0 ? shock.nodes : nodes_; }
  double rate(const Shock& shock) const;  // 1/s, of all its domains
  void draw_next(Instant now);

  const std::vector<Shock>& shocks_;
  std::uint32_t nodes_;
  double rate_ = 0;
  Instant next_ = end_of_time;
  Law unit_;
  Stream gaps_, causes_, hits_;
};

}  // namespace fleetsim
