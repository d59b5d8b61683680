#pragma once
#include <array>
#include <vector>

#include "workloads/model.h"
#include "workloads/serving/config.h"
#include "workloads/serving/tallies.h"

namespace fleetsim::serving {

// How well devices were used in a window, all together and, where replicas differ, by what they do.
// The model's FLOPs (Chowdhery et al. 2022, without those of attention) are 2 x active parameters
// for each token that passes read or made; their share of all that the devices could have done in
// the window, idle or not, is the MFU.
class RoleTally {
 public:
  explicit RoleTally(const ServingConfig& config) : config_(config) {}
  void add(const GroupConfig& group, const Tallies& before, const Tallies& after);
  void report(double elapsed, std::vector<Measured>& out) const;

 private:
  struct Done {
    double devices = 0, busy = 0;  // busy: device seconds
    double flops = 0, peak = 0;    // FLOP, FLOP/s
    double mfu(double elapsed) const;
  };
  const ServingConfig& config_;
  std::array<Done, 3> done_{};  // by role
};

}  // namespace fleetsim::serving
