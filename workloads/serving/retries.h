#pragma once
#include <optional>

#include "sim/stream.h"
#include "workloads/serving/config.h"

namespace fleetsim::serving {

// When one client tries again. The wait grows from try to try; jitter draws a share of it, so that
// those who failed together don't come back together. With a budget each request earns a share of
// a further try, for whoever needs it first; at most a hundred are saved up, so that a quiet day
// does not pay for a storm.
class Retries {
 public:
  Retries(const ClientConfig& config, const Chance& chance, std::uint32_t client);

  void sent();  // a request for the first time
  // After so many tries that failed; none: it is given up.
  std::optional<Duration> wait(std::uint32_t tries);

 private:
  const ClientConfig& config_;
  Stream chance_;
  double saved_ = 0;
};

}  // namespace fleetsim::serving
