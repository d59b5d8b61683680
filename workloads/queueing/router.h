#pragma once
#include <memory>
#include <vector>

#include "sim/stream.h"
#include "workloads/queueing/config.h"
#include "workloads/queueing/station.h"

namespace fleetsim::queueing {

// Chooses one of its candidates for each customer by its policy. It reserves nothing itself.
class Router {
 public:
  // The candidates' stations, for the policies that look at them; empty for PROBABILITIES.
  Router(const RouterConfig& config, std::vector<Station*> stations, std::size_t candidates,
         Stream chance);
  std::uint32_t choose();  // the number of a candidate

 private:
  std::uint32_t any(std::uint32_t n);  // one of 0 .. n-1, alike
  std::uint32_t by_probability();
  std::uint32_t best_of_some();

  const RouterConfig& config_;
  std::vector<Station*> stations_;
  std::uint32_t candidates_, turn_ = 0;
  Stream chance_;
  std::unique_ptr<ShortestIndex> shortest_;  // only for SHORTEST; stays put
  std::vector<std::uint32_t> drawn_;
};

}  // namespace fleetsim::queueing
