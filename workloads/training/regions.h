#pragma once
#include <memory>
#include <string>
#include <vector>

#include "workloads/training/step.h"

namespace fleetsim::training {

// Clusters that train a replica each and average them after every so many inner steps (Douillard et
// al. 2023, DiLoCo). What the exchange takes is not a formula of this part: it is run once on the
// fleet's wide links, as the network's outer steps are (workloads/network/outer_steps.h), and
// beside it stands what is predicted there.
//
// Regions are taken to be ready for an exchange at once. Where replicas are late by chance the last
// of r regions is, by less than sd (r-1)/sqrt((2r-1) every) a step, sd that of a step (Hartley and
// David 1954): that is left out.
struct OuterExchange {
  double seconds = 0;
  double by_formula = 0;  // n.diloco
  std::string broken{};   // why that does not hold; empty: it does
};
Result<OuterExchange> outer_exchange(std::shared_ptr<const Fleet> fleet,
                                     const std::vector<ClusterId>& clusters, std::int64_t bytes);

// What the exchange adds to each of `every` steps of so many seconds, where a share of it may hide
// behind the steps after it (n.diloco): (X - min(overlap X, every T))/every.
double outer_part(double exchange, double step, std::uint32_t every, double overlap);

}  // namespace fleetsim::training
