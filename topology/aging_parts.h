#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sim/stream.h"
#include "topology/failures.h"

namespace fleetsim {

// The parts of a cluster that grow old, each by itself: a column of the ages at which they break,
// and a heap of what is in use by the first of its parts. O(log nodes + parts of a node) a failure.
//
// Parts age while their node is in use, and only then. A part that is replaced draws a new life.
// One that is mended is as old as before, so its next life is that of a part which has lived so
// long: by the cumulative hazard (t/eta)^k of a Weibull law, which grows by an exponential of mean
// 1 from one failure to the next. Lemons age faster.
class AgingParts {
 public:
  // Draws the lives of all parts of so many nodes. None of these is in use yet; shared parts are,
  // from the beginning.
  AgingParts(const FailurePlan& plan, std::uint32_t nodes, const Chance& chance,
             std::uint32_t cluster);
  void start(NodeId node, Holder holder, Instant now);
  void stop(NodeId node, Instant now);
  Instant next() const { return heap_.empty() ? end_of_time : heap_.front().when; }
  Failure take();  // the one at next(); the node goes on being used, until it is stopped

 private:
  struct Row {
    Instant since{};            // in use
    Duration used{};            // before that
    std::uint32_t stamp = 0;    // of its valid entry in the heap
    Holder holder = everybody;  // of the row of the cluster; and of a node that nobody uses
  };
  struct Due {
    Instant when;
    std::uint32_t row, stamp;
  };
  static bool later(const Due& a, const Due& b);
  std::span<const std::uint32_t> parts_of(std::uint32_t row) const;
  std::span<Duration> ages_of(std::uint32_t row);
  void schedule(std::uint32_t row);
  void drop_stale();
  double speed_of(std::uint32_t row) const;
  Duration first_break(std::uint32_t component, double speed);
  Duration next_break(std::uint32_t component, Duration age, double speed);

  const FailurePlan& plan_;
  std::uint32_t nodes_;
  std::vector<std::uint32_t> on_node_, shared_;  // which component each part is of
  std::vector<Duration> breaks_at_;              // its age then: node after node, then shared
  std::vector<Row> rows_;                        // nodes, then the cluster itself
  std::vector<Due> heap_;
  std::vector<bool> lemons_;
  std::vector<Stream> chance_;  // by component
};

}  // namespace fleetsim
