#pragma once
#include <vector>

#include "workloads/model.h"
#include "workloads/serving/config.h"

namespace fleetsim::serving {

// What the replicas did in a window, together.
struct FleetTally {
  QuantileSketch gaps{};
  Fine busy = 0, keys = 0, gap_sum = 0;
  std::int64_t replicas = 0, decoded = 0;
  double sequence_seconds = 0, page_share_seconds = 0;
  std::int64_t hit_blocks = 0, asked_blocks = 0, hit_tokens = 0, asked_tokens = 0;

  std::int64_t verified = 0, accepted = 0, swapped = 0, adapters_used = 0, adapters_loaded = 0;
  std::array<std::int64_t, most_tiers> tier_blocks{};

  void add(const Tallies& before, const Tallies& after, const QuantileSketch& between,
           const SchedulerConfig& scheduler);
  void report(double elapsed, const ServingConfig& config, std::vector<Measured>& out) const;

 private:
  void report_caches(const SchedulerConfig& scheduler, std::vector<Measured>& out) const;
  void report_speculation(const Speculation& speculation, std::vector<Measured>& out) const;
};

}  // namespace fleetsim::serving
