#pragma once
#include <memory>

#include "sim/stream.h"
#include "workloads/network/collective.h"

namespace fleetsim::network {

// Training by local updates (Douillard et al. 2023, DiLoCo): inner steps in each cluster, an outer
// exchange between them. Without overlap a cluster sends as soon as its inner steps are done and
// goes on when the exchange is; with it, a round lasts until both the exchange of the round before
// and its own inner steps are done.
class OuterSteps {
 public:
  OuterSteps(Engine& engine, Network& network, const Fleet& fleet, const OuterStepsConfig& config,
             const Chance& chance);
  OuterSteps(const OuterSteps&) = delete;
  OuterSteps& operator=(const OuterSteps&) = delete;

  std::uint32_t rounds_done() const { return rounds_; }
  Instant last() const { return ended_; }  // when the last round so far ended
  double efficiency() const;     // time in inner steps over all time, mean of the clusters
  double exchange_time() const;  // s, mean, from the last cluster's being ready

 private:
  void begin_round();
  void stepped(std::uint64_t rank);
  void exchanged(std::uint64_t);
  void end_round();

  Engine& engine_;
  const OuterStepsConfig& config_;
  std::vector<Stream> streams_;  // by cluster
  Collective exchange_;
  std::uint32_t stepping_ = 0, rounds_ = 0, exchanges_ = 0;
  bool exchanging_ = false;
  double computed_s_ = 0, exchanged_s_ = 0;
  Instant ready_, began_, ended_;
};

}  // namespace fleetsim::network
