#pragma once
#include <map>
#include <string>
#include <vector>

#include "topology/meter.h"
#include "workloads/model.h"
#include "workloads/serving/config.h"
#include "workloads/serving/replica.h"

namespace fleetsim::serving {

// What the replicas, and the devices beside them in their clusters, draw. A pass draws as computing
// while arithmetic holds it up, as limited by memory while that does, and as communicating for the
// rest; between passes devices idle. Every quarter of an hour, over which utilities bill peaks, and
// wherever a figure of a site changes, the replicas are asked what they did and the site's meter is
// told: no pass is looked at by itself. A pass counts where it ends.
class ServingEnergy {
 public:
  explicit ServingEnergy(const ServingConfig& config);  // REQUIRES: config.energy; outlives it

  Instant next_look(Instant now) const;
  // Of one replica, since it was looked at last. REQUIRES: for all replicas, then looked().
  void look(std::uint32_t group, Instant now, const Tallies& before, const Tallies& after);
  void looked(Instant now);

  struct Answered {
    std::uint64_t tokens = 0, requests = 0;
  };
  void report(Instant from, Instant to, const Answered& answered, std::uint32_t windows,
              std::vector<Measured>& out) const;

 private:
  struct Draw {  // W of a replica
    double arithmetic = 0, memory = 0, rest = 0, idle = 0;
  };
  struct Hall {
    Meter meter;
    Meter::Part replicas{};
  };
  struct Bill {
    double it = 0, facility = 0, peak = 0;  // J, J, W
    std::map<std::string, double> parts = {{"replicas", 0}, {"standby", 0}, {"network", 0}};  // J
    double carbon = 0, water = 0, energy = 0, network = 0;  // kg, L, $, $
    OwnershipShare owned{};
  };
  Bill bill(Instant from, Instant to) const;
  Hall& hall_of(ClusterId cluster);
  void add_beside(ClusterId cluster);

  const ServingConfig& config_;
  std::vector<Draw> draws_;                 // by group
  std::map<std::uint32_t, Hall> halls_;     // by region
  std::map<std::uint32_t, double> joules_;  // by region, since the last look
  std::vector<std::uint32_t> clusters_;     // that have replicas
  Instant last_{};
};

// Lengthens what passes take where a cap holds devices back. REQUIRES: config.energy.
void heed_caps(ServingConfig& config);

}  // namespace fleetsim::serving
