#pragma once
#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "topology/failures.h"
#include "topology/fleet.h"
#include "topology/site.h"
#include "workloads/training/cadence.h"
#include "workloads/training/step.h"

namespace fleetsim::training {

// How silent corruption of the state is found (corruption.h): by a check before each `every`-th
// write, and before the last of a job.
struct Verification {
  std::uint32_t every = 0;   // writes; 0: the state is not verified
  Duration time{};           // of a check, which stops the work
  std::uint32_t retain = 0;  // checkpoints that are kept, the newest; 0: all
};

// When the state is saved: after each `interval` of useful work, for `write`, which stops the work.
// Where it also drains, it is safe only `drain` later, while the work goes on: SYNC is no drain.
// With deeper levels, each k-th write goes to one of those in place of the near one. A failure has
// a severity from 0 to 1, and a level survives those below its `survives`.
struct CheckpointConfig {
  // How the interval was chosen. The optima are those for the long-run rate of failures.
  enum class Rule : std::uint8_t { fixed, young, daly, exact, adaptive };
  Rule rule = Rule::fixed;
  Duration interval{};  // with adaptive: the first
  Duration write{};
  Duration restore{};  // added to a restart from it
  Duration drain{};    // at most the interval: the next write waits for it
  double survives = 1;
  std::vector<CheckpointLevel> deeper{};  // the last survives all
  double storage = 0;     // $/s for room for all checkpoints that are kept, of a cluster
  Verification verify{};  // REQUIRES, where there is any: one level, no drain, a rule that is kept

  std::size_t levels() const { return 1 + deeper.size(); }
  Duration restore_from(std::size_t level) const {
    return level == 0 ? restore : deeper[level - 1].restore;
  }
  double survival_of(std::size_t level) const {
    return level == 0 ? survives : deeper[level - 1].survives;
  }
};

// Replicas of which each is late by a share of its time, and the last one counts.
struct LateReplicas {
  Law jitter;
  std::uint32_t count = 1;
};

// A step that is told term by term, and what formulas make of it.
struct ModelledStep {
  StepTerms terms{};           // on the fleet's own links
  StepTerms at_full_power{};   // the same, were no device held back by a cap
  StepTerms by_ring{};         // by ring_times
  double use = 1;              // of a device, while it does arithmetic at full power
  double by_book = 0;          // s, by DistributedModel; 0 where it cannot tell
  bool flows_meet = false;     // on a link: ring_times knows only of ports
  bool experts_meet = false;   // some of those flows go to experts, or back
  bool straddles = false;      // nodes: what some groups of devices that share experts do
  std::string outer_broken{};  // why no formula tells what an outer exchange takes
  std::optional<LateReplicas> late{};
};

// What a step is, where a model is trained.
struct StepConfig {
  double parameters = 0;  // of the model
  double tokens = 0;      // that go into it
  double flops = 0;       // of the model, forward and backward
  double peak = 0;        // flop/s of all devices of the job
  double seconds = 0;     // it takes
  double stretch = 1;     // caps of its devices make it so many times longer
  std::optional<ModelledStep> model{};

  // Of the Iron Law: what a device reaches by itself, and what is left of it among others.
  double mfu() const { return flops / (peak * (model ? model->terms.compute : seconds)); }
  double scaling() const { return model ? model->terms.scaling() : 1; }
};

// A synchronous job on whole nodes of a cluster, or of several that train a replica each and
// average them now and then. What interrupts one of its nodes interrupts all. REQUIRES: its
// clusters are struck by the same causes, and mended alike.
struct JobConfig {
  std::string name;
  ClusterId cluster;
  std::vector<ClusterId> further{};  // clusters beside it
  std::uint32_t nodes = 1;           // of each
  std::uint32_t devices = 1;         // of a node
  std::optional<StepConfig> step;    // none: only time is counted
  std::optional<Duration> work;      // useful time until it is done; none: it goes on
  CheckpointConfig checkpoint;
  Duration restart{};          // from when it is known what broke until work goes on
  std::uint32_t replicas = 1;  // of the model
  std::optional<std::uint32_t> min_replicas{};  // with which it goes on where nodes are missing
  std::uint32_t redundancy = 1;  // nodes that do the same work: 2 for twins (pairs.h), else 1

  std::vector<ClusterId> clusters() const {
    std::vector<ClusterId> out = {cluster};
    out.insert(out.end(), further.begin(), further.end());
    return out;
  }
  bool is_on(ClusterId where) const {
    return cluster == where || std::find(further.begin(), further.end(), where) != further.end();
  }
  double all_nodes() const {
    return static_cast<double>(nodes) * static_cast<double>(1 + further.size());
  }
  double all_devices() const { return all_nodes() * devices; }
};

// What the fleet's power comes from, and what it costs to own; of its networks, $ where all parts
// are priced.
struct EnergyConfig {
  Sites sites{};
  std::optional<double> network_price{};
};

// Jobs on clusters that break. Without jobs, all nodes of each cluster are in use by somebody.
struct TrainingConfig {
  std::shared_ptr<const Fleet> fleet;
  std::vector<FailurePlan> failures;  // by cluster; one with spot is of jobs that save SYNC
  std::vector<JobConfig> jobs;
  std::vector<std::uint32_t> others{};   // nodes by cluster that somebody else uses; empty: none
  Duration warm_up{}, horizon{};         // of the run, which closed forms need to know
  std::optional<EnergyConfig> energy{};  // none: no energy is counted
};

std::uint32_t others_on(const TrainingConfig& config, ClusterId cluster);  // their nodes

// Failures a second that hit a job in the long run, on any of its clusters; and what may cause one,
// by number.
double failure_rate(const TrainingConfig& config, const JobConfig& job);
std::vector<std::string> causes(const TrainingConfig& config, const JobConfig& job);
std::size_t causes_counted(const TrainingConfig& config,
                           const JobConfig& job);  // 0: none interrupts

}  // namespace fleetsim::training
