#pragma once
#include <optional>
#include <vector>

#include "sim/time_average.h"
#include "topology/meter.h"
#include "workloads/training/draw.h"
#include "workloads/training/job.h"

namespace fleetsim::training {

// What a window showed of all nodes of the clusters that jobs run on, and what that comes to.
struct EnergyWindow {
  Duration length{};
  std::array<double, phases> phase{};   // J of IT of the jobs
  double overhead = 0, conversion = 0;  // J of that: beside devices, and lost in supplies
  double standby = 0;                   // J of IT of nodes without a job
  double fabric = 0;                    // J of IT of switches and cables
  double facility = 0, peak = 0;        // J; W
  double ramp = 0;                      // W of IT
  double carbon = 0, embodied = 0;      // kg
  double water = 0;                     // L
  double energy_cost = 0, capital = 0, maintenance = 0, network = 0;  // $
  double spot = 0, storage = 0;                                       // $
  double held = 0;    // share of the time in which rented nodes were held, of these
  double useful = 0;  // device-seconds
  double tokens = 0;
  double weights = 0;  // parameters, each by the share of its training that was done

  double of_jobs() const;  // J of IT, over all phases
  double accelerators() const { return of_jobs() - overhead - conversion; }
  double it() const { return of_jobs() + standby + fabric; }
};

// Energy of the jobs of a run and of nodes that stand by; nodes in repair, or of a cluster that is
// switched off, draw nothing. A job whose nodes are missing is taken for one that has them all, of
// which the missing ones idle and draw nothing.
//
// A job draws a power that depends on its phase alone, so over a span in which the figures of a
// site do not change the integral of power times figure is
//
//   figure * sum over phases of watts * time in the phase,
//
// and the ledger tells that time between any two instants exactly. This is the integral of a
// Meter that is told of every write; only that nothing is done write by write. Where figures never
// change, one span is a window; else it ends with each hour that passed: when a job is about to
// change, hours are caught up with, for up to then its ledger knows any instant. Hence O(hours +
// failures). What a ledger takes back (the last unsaved work before a pause, or of an elastic job
// that is short of replicas) counts in the hour in which it does.
//
// Peaks, and the demand charge on them, are those of a meter on which a job that runs draws all the
// time as much as it ever does. The ramp is that meter's largest step at one instant, or what a
// site's jobs would make of it that all go from the most to the least they draw: jobs do so in each
// step, though not as one. Switches and cables draw the same at all times.
//
// All is cut where the last of the jobs is (watch.h); a job that is done leaves nodes that idle.
class FleetEnergy {
 public:
  // REQUIRES: config.energy; all outlive it.
  FleetEnergy(const TrainingConfig& config, std::vector<const Job*> jobs);

  // The job is about to change.
  void pass(std::uint32_t job, Instant now);
  // It may have; of its nodes so many are missing on each of its clusters, by number of cluster.
  void changed(std::uint32_t job, Instant now, const std::vector<std::uint32_t>& missing);
  void standing_by(ClusterId cluster, Instant now, std::size_t nodes);
  // Whether the nodes of a cluster are held, which those that are rented are not always.
  void held(ClusterId cluster, Instant now, bool holds);

  void cut(Instant now);
  std::size_t cuts() const { return edges_.size(); }
  EnergyWindow window(std::size_t number) const;  // from a cut to the next

 private:
  struct Seat {  // of a job on a cluster
    ClusterId cluster;
    PhaseWatts watts{};             // of all its nodes
    Swing swing{};                  // of a node
    double idle = 0, overhead = 0;  // W of a node
    double conversion = 0;          // share of what it draws
    std::uint32_t lacks = 0;        // nodes
    TimeAverage missing{};          // the same until the job is done
    TimeAverage::Area counted = 0;  // of that
    Meter::Part most{}, standby{};
  };
  struct Counted {
    Ledger ledger{};
    PhaseWatts missing{};                 // J by phase that missing nodes would have drawn
    double overhead = 0, conversion = 0;  // J
    double facility = 0, carbon = 0, cost = 0, water = 0;
  };
  struct Account {
    const JobConfig& config;
    const Job& job;
    std::vector<Seat> seats{};
    Counted sum{};
    Ledger lacking{};  // until now what its nodes lack is in the books
    Instant since{};
    Instant next = end_of_time;  // when a figure of one of its sites changes next
  };
  struct Hall {  // the meters of a region
    Meter standby, most;
    double swing = 0;  // W, of all jobs at once
  };
  struct Spares {  // of a cluster
    Meter::Part standby{}, most{};
    double idle = 0;  // W of a node
    std::size_t nodes = 0;
    TimeAverage held{{}, 1};
    Meter::Part fabric{}, most_fabric{};  // of its network, while its nodes are held
    double fabric_watts = 0;
  };
  struct Edge {
    Instant at{};
    std::vector<Counted> jobs{};
    std::vector<TimeAverage::Area> held{};  // by cluster
  };
  const Site& site_of(ClusterId cluster) const;
  Hall& hall_of(ClusterId cluster);
  Seat seat_of(ClusterId cluster, const JobConfig& job);
  Instant next_change(const Account& account, Instant now) const;
  void count(Account& account, Instant until) const;
  static void book_missing(Account& account, Instant now);
  void show(Account& account, Instant now);
  void power_fabric(ClusterId cluster, Instant now, bool on);
  static PhaseWatts of_those_there(const Account& account, PhaseWatts joules, PhaseWatts missing);
  void add_job(const Account& account, const Counted& from, const Counted& to,
               EnergyWindow& out) const;
  void add_halls(Instant from, Instant to, EnergyWindow& out) const;
  void add_owned(const Edge& from, const Edge& to, EnergyWindow& out) const;

  const TrainingConfig& config_;
  const Sites& sites_;
  std::vector<Account> accounts_;              // by job
  std::vector<std::optional<Hall>> halls_;     // by region
  std::vector<std::optional<Spares>> spares_;  // by cluster with jobs
  std::vector<Edge> edges_;
};

}  // namespace fleetsim::training
