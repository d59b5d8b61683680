#pragma once
#include <cstdint>
#include <vector>

#include "sim/results.h"
#include "workloads/serving/router.h"

namespace fleetsim::serving {

// How a run went over time, bin by bin. Sequences that take part in passes, and the share of pages
// in use, are means over a bin: replicas keep the areas under them in any case, so a bin costs two
// differences a replica and a pass nothing. Pages are counted as they grow, a token a pass, without
// the rounding to whole ones. Requests that wait, at the gateway and at replicas, are counted where
// a bin ends.
class Gauges {
 public:
  void bin_ended(Instant now, std::uint64_t at_gateway, const ServingConfig& config,
                 const std::vector<Seat>& seats);
  std::vector<Series> series() &&;

 private:
  struct Areas {
    double sequence_seconds = 0, page_seconds = 0;
  };
  std::vector<Areas> before_;  // by seat
  Instant last_{};
  Series queue_{.name = "serving.queue", .unit = "1"};
  Series batch_{.name = "serving.batch", .unit = "1"};
  Series kv_{.name = "serving.kv", .unit = "1"};
};

}  // namespace fleetsim::serving
