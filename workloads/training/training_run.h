#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "sim/engine.h"
#include "workloads/shared_pools.h"
#include "workloads/training/energy.h"
#include "workloads/training/failure_log.h"
#include "workloads/training/metrics.h"
#include "workloads/training/pairs.h"
#include "workloads/training/watch.h"

namespace fleetsim::training {

class Run;

// A cluster whose nodes break, and the jobs on it in the order of their numbers as holders.
struct Site final : PoolListener {
  Site(Run& owner, ClusterId where) : run(owner), cluster(where) {}
  void struck(const Failure& failure, bool swapped) override;
  void filled(Holder holder) override;
  void slowed(Holder holder, double factor) override;
  void noticed(Instant end) override;
  void switched_off(std::uint32_t maintenance) override;
  void switched_on() override;
  void levels_changed() override;
  Run& run;
  ClusterId cluster;
  std::vector<std::uint32_t> jobs;
  Holder first = 0;  // of its jobs, in the pool
  const NodePool* pool = nullptr;
};

// One replication of the jobs, on an engine and nodes that others may use beside them.
class Run {
 public:
  Run(const TrainingConfig& config, Engine& engine, SharedPools& pools, const Chance& chance,
      const Plan& plan, RecordSink* sink);
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // Once the pools are built. Alone, it stops the engine when there is nothing left to see.
  void begin(bool alone);
  // Runs the engine as far as that takes, and sums up.
  Observation observe();
  void struck(const Site& site, const Failure& failure, bool swapped);
  void filled(const Site& site, Holder holder);
  void slowed(const Site& site, Holder holder, double factor);
  void noticed(const Site& site, Instant end);
  void switched_off(const Site& site, std::uint32_t maintenance);
  void switched_on(const Site& site);
  void levels_changed(const Site& site);

 private:
  struct Trainee {
    struct Seat {  // on a cluster
      const Site* site;
      Holder holder;         // of its nodes there
      NodeId first_node{0};  // where nodes are told apart, and none is replaced by another
      double slow_down = 1;  // of the slowest of them
    };
    Trainee(Run& run, std::uint32_t number, const Chance& chance);
    double severity_of(const FailurePlan& failures, std::uint32_t cause);
    bool survives(const Failure& failure);  // as a twin of the node goes on
    Job job;
    const JobConfig& config;
    Stream severity, choice;
    Pairs pairs;
    Watch watch;
    std::vector<Seat> seats{};
    EventHandle done{}, alarm{}, regroup{};
  };
  const FailurePlan& failures_of(const Site& site) const {
    return config_.failures[site.cluster.index];
  }
  void note(const Site& site, const Failure& failure);
  bool interrupt(const Site& site, std::uint32_t job, const Failure& failure);
  void corrupt(const Site& site, std::uint32_t job, const Failure& failure);
  void alarm(std::uint64_t job);
  void resume(std::uint32_t job, Duration swap);
  void regroup(std::uint64_t job);
  void save(std::uint64_t job);
  std::uint32_t replicas_for(std::uint32_t job) const;  // with the nodes it has; 0: it waits
  void plan_end(std::uint32_t job);
  void finish(std::uint64_t job);
  Job& change(std::uint64_t job);  // that is about to
  void show_power(std::uint32_t job);
  void cut(std::uint64_t);
  void fleet_edge(std::uint64_t);
  void tell(std::uint32_t job, const char* what);
  bool all_closed() const;
  bool goes_on() const;  // there is more to see

  const TrainingConfig& config_;
  const Chance chance_;
  const Plan plan_;
  RecordSink* sink_;
  Engine& engine_;
  SharedPools& pools_;
  std::vector<std::unique_ptr<Site>> sites_;
  std::vector<std::unique_ptr<Trainee>> trainees_;
  std::vector<FleetWindow> fleet_;  // totals at each edge of a window
  std::optional<FleetEnergy> energy_;
  std::vector<std::uint32_t> missing_;  // nodes of a job, by cluster
  FailureLog log_;
  bool may_stop_ = true;  // the engine
};

}  // namespace fleetsim::training
