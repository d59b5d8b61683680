#pragma once
#include <cstdint>
#include <vector>

#include "sim/stream.h"
#include "topology/failures.h"

namespace fleetsim {

// The memoryless parts of a cluster, however many, as one: their rates add, and the cause of a
// failure is each class with its share of the rate. O(1) state, O(classes) a failure.
//
// A failure comes when an exponential hazard of mean 1 is used up, at the rate of what is in use
// at the time; so nodes may come and go between two failures (Lewis and Shedler 1979).
class Superposition {
 public:
  Superposition(const FailurePlan& plan, std::uint32_t holders, const Chance& chance,
                std::uint32_t cluster);
  // So many nodes, fewer if negative; all lemons, or none. The last holder, by number, has those
  // that stand by, which wear less.
  void use(Holder holder, std::int64_t more, Instant now, bool lemons = false);
  Instant next() const;  // `end_of_time` if nothing can break
  Failure take();        // the one at next(), mended at once. Its node is not named

 private:
  struct Part {
    std::uint32_t component;
    double rate;  // 1/s, of a node or of the cluster
  };
  struct Group {  // of alike nodes
    double weight = 1;
    std::int64_t nodes = 0;
    double weighted() const { return weight * static_cast<double>(nodes); }
  };
  double weighted() const;
  double rate() const { return node_rate_ * weighted() + shared_rate_; }
  Failure drawn(Instant now);

  std::vector<Part> on_node_, shared_;
  double node_rate_ = 0, shared_rate_ = 0;
  std::vector<Group> groups_;  // two a holder: others, lemons
  Instant last_;
  double hazard_ = 0;  // left until the next failure
  Law unit_;
  Stream gaps_, causes_;
};

}  // namespace fleetsim
