#pragma once
#include <memory>
#include <vector>

#include "sim/engine.h"
#include "sim/time_average.h"
#include "workloads/model.h"
#include "workloads/serving/config.h"
#include "workloads/shared_pools.h"

namespace fleetsim::serving {

// Who hears of replicas that stop and start, by number of the seat.
class Staff {
 public:
  virtual ~Staff() = default;
  virtual void stopped(std::uint32_t seat) = 0;      // what is there is stuck, caches are lost
  virtual void handed_back(std::uint32_t seat) = 0;  // what is stuck goes elsewhere
  virtual void closed(std::uint32_t seat) = 0;       // it takes no more requests
  virtual void opened(std::uint32_t seat) = 0;       // it takes requests
  virtual void slowed(std::uint32_t seat, double factor) = 0;
  virtual bool is_empty(std::uint32_t seat) const = 0;  // no request is on its way or there
};

// Which replicas are on, through failures of their nodes, upgrades, and as an autoscaler wishes.
//
//   open -> failed      a node breaks; requests are still sent there, for nobody knows
//   failed -> down      somebody knows
//   down -> open        its nodes are there, and its weights are loaded
//   open -> draining    an upgrade, or the autoscaler: it ends what it has
//   draining -> down    upgraded; or -> off, until the autoscaler wants it
//
// Replicas on one node, or the nodes of one replica, are a holder of the pool of their cluster.
class Keeper {
 public:
  // `pools`: which its replicas join; none: nothing breaks.
  Keeper(const ServingConfig& config, Engine& engine, SharedPools* pools, Staff& staff);

  void left(std::uint32_t seat);  // a request has; it may be drained
  // An autoscaler's wish. Those on are open, or will be by themselves.
  bool is_on(std::uint32_t seat) const;
  bool may_turn_off(std::uint32_t seat) const;
  void turn_on(std::uint32_t seat);   // REQUIRES: it is not on
  void turn_off(std::uint32_t seat);  // REQUIRES: it may be turned off

  // Mean number that took requests since restart(), and how often one was struck or turned on.
  struct Seen {
    double open = 0;
    std::uint64_t failures = 0, starts = 0;
  };
  void restart();
  Seen seen() const;
  // `cold`: starts from none; `arrived`: requests.
  static void report(const Seen& seen, std::uint64_t cold, std::uint64_t arrived,
                     std::vector<Measured>& out);

 private:
  enum class Stage : std::uint8_t { open, failed, down, draining, off };
  struct State {
    Stage stage = Stage::open;
    bool upgrading = false;
    ClusterId cluster{0};
    Holder holder = 0;  // in the pool of the cluster
    Duration wait{};    // beside its start, once its nodes are there
    Duration takes{};   // to load its weights
    Instant known{};    // when somebody knows that it failed
    EventHandle next{};
  };
  struct Hall final : PoolListener {
    Hall(Keeper& owner, ClusterId where) : keeper(owner), cluster(where) {}
    void struck(const Failure& failure, bool swapped) override;
    void filled(Holder holder) override;
    void slowed(Holder holder, double factor) override;
    void switched_off(std::uint32_t maintenance) override;
    void switched_on() override;
    Keeper& keeper;
    ClusterId cluster;
    std::vector<std::vector<std::uint32_t>> seats{};  // by holder
    std::vector<std::uint32_t> nodes{};               // by holder
  };

  void place();
  void strike(std::uint32_t seat, Duration known_after, Duration wait, bool loaded);
  void known(std::uint64_t);
  void start(std::uint32_t seat);
  void started(std::uint64_t seat);
  bool has_nodes(const State& state) const;
  void drain(std::uint32_t seat);
  void look_if_drained(std::uint64_t seat);
  void drained(std::uint32_t seat);
  void end_upgrade(State& state);
  void out_of_grace(std::uint64_t seat);
  void upgrade_next(std::uint64_t);
  void enter(std::uint32_t seat, Stage stage);
  const UpkeepConfig& upkeep() const { return *config_.upkeep; }

  const ServingConfig& config_;
  Engine& engine_;
  SharedPools* pools_;
  Staff& staff_;
  std::vector<State> states_;  // by seat
  std::vector<std::unique_ptr<Hall>> halls_;
  std::uint32_t next_upgrade_ = 0;
  TimeAverage open_;
  std::uint64_t failures_ = 0, starts_ = 0;
};

}  // namespace fleetsim::serving
