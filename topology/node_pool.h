#pragma once
#include <deque>
#include <memory>
#include <vector>

#include "sim/engine.h"
#include "sim/time_average.h"
#include "topology/aging_parts.h"
#include "topology/maintenance.h"
#include "topology/part_store.h"
#include "topology/repair_shop.h"
#include "topology/roster.h"
#include "topology/shocks.h"
#include "topology/slow_nodes.h"
#include "topology/superposition.h"

namespace fleetsim {

// Who hears what happens to the nodes of a cluster.
class PoolListener {
 public:
  virtual ~PoolListener() = default;
  // A failure hit one holder, or everybody; one that hits nodes of several is told to each. When it
  // is told, the broken nodes are in repair and spares in their places, where there are any.
  virtual void struck(const Failure& failure, bool swapped) = 0;
  // A holder that is short of nodes has one of them again.
  virtual void filled(Holder holder) = 0;
  // From now on its slowest node is so many times slower than others; 1: none is slow.
  virtual void slowed(Holder, double /*factor*/) {}
  // Rented nodes go back then.
  virtual void noticed(Instant /*end*/) {}
  // A maintenance begins, by number, or as the one after the last rented nodes go back; and all
  // that kept the cluster off is over.
  virtual void switched_off(std::uint32_t /*maintenance*/) {}
  virtual void switched_on() {}
  // How many nodes stand by, or are rented, may have changed.
  virtual void levels_changed() {}
};

// The nodes of a cluster under failure: in use by holders, standing by, or out, which is waiting
// for a part, being repaired, or tested. A mended node goes to whoever has waited longest, else it
// stands by. A node that is found slow goes to repair like one that broke; who was out is whole.
//
// Parts, shocks and ages keep the time in which the cluster is on; the script, checks and repairs
// keep wall time.
class NodePool {
 public:
  // `in_use` nodes for each holder, and so many that stand by. All must outlive it.
  NodePool(Engine& engine, const FailurePlan& plan, std::vector<std::uint32_t> in_use,
           std::uint32_t spares, const Chance& chance, std::uint32_t cluster,
           PoolListener& listener);
  NodePool(const NodePool&) = delete;
  NodePool& operator=(const NodePool&) = delete;

  std::uint32_t missing(Holder holder) const { return missing_[holder]; }

  std::size_t standing_by() const { return spares_.size(); }

  bool is_on() const { return power_.is_on(); }

  // Whether its nodes are held, which is always where they are not rented.
  bool holds() const { return !lease_ || lease_->holds(); }

  // Node-time so far, exact: places without a node, nodes that are out, spares in others' place;
  // nodes that are slow, that wait for a part; and time with places without a node.
  struct Totals {
    TimeAverage::Area unfilled = 0, failed = 0, standing_in = 0;
    TimeAverage::Area slow = 0, waiting = 0, outage = 0;
    std::uint64_t failures = 0;             // of nodes in use, and scripted ones
    std::uint64_t blows = 0, together = 0;  // that hit some; that hit several at once
    std::uint64_t outages = 0;              // begins of times with places without a node
    friend Totals operator-(Totals a, const Totals& b) {
      return {a.unfilled - b.unfilled, a.failed - b.failed,   a.standing_in - b.standing_in,
              a.slow - b.slow,         a.waiting - b.waiting, a.outage - b.outage,
              a.failures - b.failures, a.blows - b.blows,     a.together - b.together,
              a.outages - b.outages};
    }
    friend Totals operator+(Totals a, const Totals& b) { return a - (Totals{} - b); }
  };
  Totals totals() const;

 private:
  Instant next_scripted() const;
  void plan_next();
  void strike(std::uint64_t);
  void strike_one(Failure failure, bool named);
  void take_out(Failure failure);
  void slow_down(const Failure& failure);
  void found(std::uint64_t part);
  void whole(Holder holder, NodeId node);
  void has_part(std::uint64_t node);
  void repaired(std::uint64_t node);
  void switch_off(std::uint64_t maintenance);
  void switch_on(std::uint64_t);
  void notice(std::uint64_t) { listener_.noticed(lease_->ends()); }
  void give_back(std::uint64_t);
  void rent(std::uint64_t);
  void strike_many(std::uint32_t cause, std::vector<NodeId> nodes, bool scripted,
                   std::optional<Duration> outage);
  void strike_by_script();
  void count(std::size_t nodes);
  bool lose(Holder holder, NodeId node);  // to repair; whether a spare took over
  void drop_spare(NodeId node);
  void repair(NodeId node, std::optional<Duration> outage);
  void mended(std::uint64_t node);
  void use(Holder holder, NodeId node, int more);
  void note_levels();

  Engine& engine_;
  const FailurePlan& plan_;
  PoolListener& listener_;
  MaintenanceClock power_;
  std::unique_ptr<SpotLease> lease_;
  Superposition memoryless_;
  AgingParts aging_;
  Shocks shocks_;
  std::size_t script_next_ = 0;
  bool differ_;    // nodes, so that it matters which one fails
  Holder bench_;   // the holder of those that stand by: the one after the last
  Roster roster_;  // where they differ
  std::vector<std::uint32_t> troubles_;  // that keep each out, likewise
  Stream choice_;
  Stream checks_;  // when they find a slow node
  SlowNodes slow_;
  std::unique_ptr<RepairShop> shop_;
  std::unique_ptr<PartStore> parts_;
  std::vector<std::uint32_t> missing_;  // nodes by holder
  std::deque<Holder> waiting_;          // once for each missing node
  std::vector<NodeId> spares_;
  EventHandle next_;
  std::int64_t in_repair_ = 0, first_spares_;
  TimeAverage unfilled_, failed_, standing_in_, slow_now_, waiting_for_parts_, outage_;
  std::uint64_t failures_ = 0, blows_ = 0, together_ = 0, outages_ = 0;
};

}  // namespace fleetsim
